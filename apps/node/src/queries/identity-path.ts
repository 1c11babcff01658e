import { either as E } from 'fp-ts';
import type { Outcome } from '../outcome.ts';
import { identityArgument } from '../recipient.ts';

/** The path of a question about an account: an identity, a key file or a home. */
export const identityPath =
  (before: string, after = '') =>
  async (argument: string): Outcome<string> => {
    const identity = await identityArgument(argument);
    return E.isLeft(identity) ? identity : E.right(`${before}${identity.right}${after}`);
  };

/** The path of a question without argument. */
export const fixedPath = (path: string) => async (): Outcome<string> => E.right(path);
