import { either as E } from 'fp-ts';
import type { Answer } from '@zhtp/types';

/** One thing every implementation of a port does. Throws when this one does not; any test runner can run it. */
export interface ComplianceCase<Subject> {
  readonly title: string;
  readonly run: (subject: Subject) => Promise<void>;
}

export const assert = (holds: boolean, message: string): void => {
  if (!holds) throw new Error(message);
};

export const assertEqual = (found: unknown, expected: unknown, what: string): void => {
  const [a, b] = [show(found), show(expected)];
  assert(a === b, `${what}: expected ${b.slice(0, 400)}, found ${a.slice(0, 400)}`);
};

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) =>
    typeof v === 'bigint' ? `${String(v)}n` : v instanceof Uint8Array ? `bytes ${Array.from(v).join(' ')}` : v,
  ) ?? 'undefined';

/** Makes a port call; fails when it answers inside the call. A second answer fails loudly wherever it comes. */
export const ask = <L, A>(call: (done: Answer<L, A>) => void): Promise<E.Either<L, A>> =>
  new Promise((resolve, reject) => {
    let returned = false;
    let answers = 0;
    call((result) => {
      answers++;
      if (!returned) reject(new Error('answered inside the call'));
      if (answers > 1) throw new Error('answered more than once');
      resolve(result);
    });
    returned = true;
  });

/** The answer of a call that succeeds. */
export const succeed = async <L, A>(call: (done: Answer<L, A>) => void): Promise<A> => {
  const result = await ask(call);
  if (E.isLeft(result)) throw new Error(`failed: ${show(result.left)}`);
  return result.right;
};

/** The error of a call that fails. */
export const fail = async <L extends { readonly message: string }, A>(
  call: (done: Answer<L, A>) => void,
): Promise<L> => {
  const result = await ask(call);
  if (E.isRight(result)) throw new Error(`expected an error, found ${show(result.right)}`);
  assert(result.left.message.length > 0, 'an error needs a message');
  return result.left;
};
