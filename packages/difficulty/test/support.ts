import type { DifficultyError } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';

/** The value; fails the test where there is none. */
export const right = <A>(result: Either<DifficultyError, A>): A => {
  if (E.isLeft(result)) throw new Error(`${result.left._tag}: ${result.left.message}`);
  return result.right;
};

/** Tag and message of a refusal. */
export const refusal = (result: Either<DifficultyError, unknown>): string =>
  E.isLeft(result) ? `${result.left._tag}: ${result.left.message}` : 'accepted';

/** Compact values as the vectors write them. */
export const fromHex = (bits: string): number => Number.parseInt(bits, 16);
export const toHex = (bits: number): string => bits.toString(16).padStart(8, '0');
