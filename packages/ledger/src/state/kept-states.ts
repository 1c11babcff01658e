import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { StoredLedger } from '../stored-ledger.ts';

/**
 * The states after the last heights, newest last. States share what they have in common, so that keeping one costs what
 * its block changed.
 */
export type KeptStates = readonly StoredLedger[];

/** With one more; of more than `max` the oldest goes. */
export const withKept = (kept: KeptStates, stored: StoredLedger, max: number): KeptStates =>
  [...kept, stored].slice(-Math.max(1, max));

/** The state after a height, or which heights are kept. */
export const keptAt = (kept: KeptStates, height: bigint): Either<string, StoredLedger> => {
  const found = kept.find(({ meta }) => meta.height === height);
  if (found !== undefined) return E.right(found);
  const [oldest, newest] = [kept[0]?.meta.height, kept.at(-1)?.meta.height];
  const which =
    oldest === undefined
      ? 'none is kept yet'
      : `kept are the states after heights ${String(oldest)} to ${String(newest)}`;
  return E.left(`the state after height ${String(height)} is not kept: ${which}`);
};
