import { either as E } from 'fp-ts';
import type { Answer, ChainStateRow, ChainStateStore } from '@zhtp/types';
import { POOL_PREFIX } from './evidence-intake.ts';
import type { KeptPolkas } from './kept-polkas.ts';
import { PAST_PREFIX, type PastHeights } from './past-heights.ts';
import { POLKA_INDEX_PREFIX } from './polka-rows.ts';

const RESTORE = 'restore the data folder from a backup or sync it anew';

/**
 * Fills what is remembered of past heights and which polkas are kept, and answers with the rows of the evidence pool, which
 * has to wait for the head.
 */
export const loadRemembered = (
  chainStates: ChainStateStore,
  past: PastHeights,
  polkas: Pick<KeptPolkas, 'load'>,
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

  chainStates.rows(PAST_PREFIX, (heights) => {
    if (E.isLeft(heights)) {
      done(E.left(`what is remembered of past heights could not be read: ${heights.left.message}`));
      return;
    }
    const loaded = past.load(heights.right);
    if (E.isLeft(loaded)) done(E.left(`${loaded.left}; ${RESTORE}`));
    else loadPolkas();
  });
};
