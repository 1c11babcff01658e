import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** The only source of chance in a world: everything that varies between two runs comes from its seed. */
export interface SeededRandom {
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** True with a probability of `perMille` in 1000. */
  chance(perMille: number): boolean;
  pick<A>(from: readonly A[]): A | undefined;
  /** A source of its own, so that what one part draws does not shift the draws of another. */
  fork(label: number): SeededRandom;
}

/** A source whose every draw follows from its seed. */
export const createSeededRandom = (seed: number): SeededRandom => {
  const generator = xoroshiro128plus(seed);
  const int = (low: number, high: number): number => uniformInt(generator, low, high);
  return {
    int,
    chance: (perMille) => perMille > 0 && int(0, 999) < perMille,
    pick: (from) => from[int(0, Math.max(0, from.length - 1))],
    fork: (label) => createSeededRandom((Math.imul(seed, 0x9e37_79b1) ^ Math.imul(label + 1, 0x85eb_ca6b)) | 0),
  };
};
