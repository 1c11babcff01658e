import { either as E } from 'fp-ts';
import type { Answer, ChainStateRow, ChainStateStore } from '@zhtp/types';
import { PARAMETERS_PREFIX, type KeptParameters } from '../height/kept-parameters.ts';
import { SET_PREFIX, type KeptSets } from '../height/kept-sets.ts';
import { POOL_PREFIX } from './evidence-intake.ts';
import type { KeptPolkas } from './kept-polkas.ts';
import { PAST_PREFIX, type PastHeights } from './past-heights.ts';
import { POLKA_INDEX_PREFIX } from './polka-rows.ts';

const RESTORE = 'restore the data folder from a backup or sync it anew';

/** What a node remembers for longer than a height. */
export interface Remembered {
  readonly sets: KeptSets;
  readonly past: PastHeights;
  readonly parameters: KeptParameters;
}

/**
 * Fills which sets, parameters and polkas are kept and what is remembered of past heights, and answers with the rows of the evidence
 * pool, which has to wait for the head.
 * @param head the last decided height
 */
export const loadRemembered = (
  chainStates: ChainStateStore,
  { sets, past, parameters }: Remembered,
  polkas: Pick<KeptPolkas, 'load'>,
  head: bigint,
  done: Answer<string, readonly ChainStateRow[]>,
): void => {
  const loadPool = (): void => {
    chainStates.rows(POOL_PREFIX, (pool) => {
      done(
        E.mapLeft(({ message }: { readonly message: string }) => `the evidence pool could not be read: ${message}`)(
          pool,
        ),
      );
    });
  };

  const loadPolkas = (): void => {
    chainStates.rows(POLKA_INDEX_PREFIX, (index) => {
      if (E.isLeft(index)) {
        done(E.left(`which polkas are kept could not be read: ${index.left.message}`));
        return;
      }
      const loaded = polkas.load(index.right);
      if (E.isLeft(loaded)) done(E.left(`${loaded.left}; ${RESTORE}`));
      else loadPool();
    });
  };

  const loadPast = (): void => {
    chainStates.rows(PAST_PREFIX, (heights) => {
      if (E.isLeft(heights)) {
        done(E.left(`what is remembered of past heights could not be read: ${heights.left.message}`));
        return;
      }
      const loaded = past.load(heights.right, head);
      if (E.isLeft(loaded)) done(E.left(`${loaded.left}; ${RESTORE}`));
      else loadPolkas();
    });
  };

  const loadParameters = (): void => {
    chainStates.rows(PARAMETERS_PREFIX, (rows) => {
      if (E.isLeft(rows)) {
        done(E.left(`the chain parameters could not be read: ${rows.left.message}`));
        return;
      }
      const loaded = parameters.load(rows.right);
      if (E.isLeft(loaded)) done(E.left(`${loaded.left}; ${RESTORE}`));
      else loadPast();
    });
  };

  chainStates.rows(SET_PREFIX, (rows) => {
    if (E.isLeft(rows)) {
      done(E.left(`the validator sets could not be read: ${rows.left.message}`));
      return;
    }
    const loaded = sets.load(rows.right, head);
    if (E.isLeft(loaded)) done(E.left(`${loaded.left}; ${RESTORE}`));
    else loadParameters();
  });
};
