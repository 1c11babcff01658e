import type { CounterBook, DropReason } from './counters.ts';
import type { Effect } from './effect.ts';
import type { HeightState } from './state.ts';

/** One call of `step` while it runs: the height as changed so far and the effects so far. Lives no longer than the call. */
export interface Turn<S, P> {
  height: HeightState<S, P>;
  readonly effects: Effect<S, P>[];
  readonly counters: CounterBook;
}

export const emit = <S, P>(turn: Turn<S, P>, effect: Effect<S, P>): void => {
  turn.effects.push(effect);
};

/** An input, or a part of one, without effect. */
export const drop = <S, P>(
  turn: Pick<Turn<S, P>, 'effects' | 'counters'>,
  reason: DropReason,
  at: { readonly height: bigint; readonly round: number },
): void => {
  turn.counters.count(reason);
  turn.effects.push({ _tag: 'Dropped', reason, height: at.height, round: at.round });
};
