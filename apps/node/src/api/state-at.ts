import type { LedgerState } from '@zhtp/ledger';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { WiredNode } from '../wiring.ts';
import { heightIn } from './height-text.ts';
import { internal, notReady, problem, type Problem } from './problem.ts';

/** What a path about committed state takes after its question mark. */
export interface HeightQuery {
  readonly height?: string | readonly string[];
}

const badHeight = problem(
  400,
  'BadHeight',
  'height must be one decimal number',
  'ask with ?height=42, or without it for the state after the last block',
);

/** The state after the height that was asked for; the committed one when none was. */
export const stateAt = async (
  { application }: WiredNode,
  { height: asked }: HeightQuery,
): Promise<Either<Problem, LedgerState>> => {
  const committed = application.committedState();
  const range = application.keptRange();
  if (O.isNone(committed) || O.isNone(range)) return E.left(notReady);
  if (asked === undefined) return E.right(committed.value);
  const height = heightIn(asked);
  if (height === undefined) return E.left(badHeight);
  const state = await application.stateAt(height)();
  if (E.isRight(state)) return state;
  const last = committed.value.previous?.height ?? range.value.statesFrom;
  return E.left(
    height < range.value.statesFrom || height > last
      ? problem(
          404,
          'HeightNotKept',
          state.left.message.replace(/^ledger: /, ''),
          'ask for one that is, or without a height for the state after the last block',
        )
      : internal(state.left.message),
  );
};
