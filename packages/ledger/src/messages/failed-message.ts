import type { ConsensusError } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { MessageFailure } from '../receipt.ts';

/** A message that could not be applied: the code that is hashed, and a sentence for people. */
export interface FailedMessage {
  readonly reason: MessageFailure;
  readonly sentence: string;
}

export const failed = (reason: MessageFailure, sentence: string): Option<FailedMessage> => O.some({ reason, sentence });

/** What a package refused, under this code. */
export const refusedAs = (reason: MessageFailure, step: Either<ConsensusError, unknown>): Option<FailedMessage> =>
  E.isLeft(step) ? failed(reason, step.left.message) : O.none;
