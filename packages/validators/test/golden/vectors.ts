import type { Json } from '@zhtp/types';
import { makeValidatorSet, nextRotation, startRotation } from '@zhtp/validators';
import { frozen, range, right } from '../support.ts';

/** Hashes of fixed sets and a rotation over changing ones. */
export const goldenVectors = (): Json => {
  const sets = [1, 2, 3, 4, 7, 8, 100].map((size) =>
    right(makeValidatorSet(range(size).map((i) => frozen(`v${String(i)}`, BigInt(i * i + 1))))),
  );
  const hashes = Object.fromEntries(sets.map(({ hash, ids }) => [String(ids.length), hash]));
  const small = sets.slice(0, 6);
  let rotation = small[0] === undefined ? undefined : startRotation(small[0].validators);
  const proposers = range(60).map((height) => {
    const next = small[height % small.length];
    if (rotation === undefined || next === undefined) return 'nobody';
    rotation = nextRotation(rotation, next.validators);
    return rotation?.proposer ?? 'nobody';
  });
  return { hashes, proposers };
};
