import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';

/** What was asked for cannot be signed: which field, and what it must be. */
export interface InvalidRequest {
  readonly _tag: 'InvalidRequest';
  /** Path into the request, `messages.0.amount` for the amount of the first message. */
  readonly field: string;
  /** One line that begins with the field. */
  readonly message: string;
}

export const invalidRequest = (field: string, reason: string): Either<InvalidRequest, never> =>
  E.left({ _tag: 'InvalidRequest', field, message: `${field}: ${reason}` });
