import { either as E } from 'fp-ts';
import type { Answer, ChainStateRow, ChainStateStore } from '@zhtp/types';
import { POOL_PREFIX } from './evidence-intake.ts';
import { PAST_PREFIX, type PastHeights } from './past-heights.ts';

/** Fills what is remembered of past heights, and answers with the rows of the evidence pool, which has to wait for the head. */
export const loadRemembered = (
  chainStates: ChainStateStore,
  past: PastHeights,
  done: Answer<string, readonly ChainStateRow[]>,
): void => {
  chainStates.rows(PAST_PREFIX, (heights) => {
    if (E.isLeft(heights)) {
      done(E.left(`what is remembered of past heights could not be read: ${heights.left.message}`));
      return;
    }
    const loaded = past.load(heights.right);
    if (E.isLeft(loaded)) {
      done(E.left(`${loaded.left}; restore the data folder from a backup or sync it anew`));
      return;
    }
    chainStates.rows(POOL_PREFIX, (pool) => {
      done(
        E.mapLeft(({ message }: { readonly message: string }) => `the evidence pool could not be read: ${message}`)(
          pool,
        ),
      );
    });
  });
};
