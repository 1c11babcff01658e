import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { expect } from 'vitest';

/** A refusal: its tag, and a part of its message. */
export const expectRefused = (result: Either<unknown, unknown>, _tag: string, words: string | RegExp = ''): void => {
  const refusal = E.isLeft(result) ? result.left : undefined;
  expect(refusal).toHaveProperty('_tag', _tag);
  expect(refusal).toHaveProperty('message', expect.stringMatching(words));
};
