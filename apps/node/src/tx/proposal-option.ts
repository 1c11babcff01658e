import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { hash, type Hash } from '@zhtp/types';
import { failure, type Failure } from '../outcome.ts';

export const proposalOption = (text: string): Either<Failure, Hash> =>
  E.mapLeft((reason: string) => failure(`the proposal id: ${reason}; \`zhtp query proposals\` lists them`))(hash(text));
