import type { Clock } from '@zhtp/types';
import type { CoreEffect } from '../effects/effects.ts';

/** When the round in progress began here, and whether a step of it ran out of time: for observers only. */
export interface RoundTimes {
  readonly round: number;
  /** Unix milliseconds. */
  readonly startTime: bigint;
  readonly timedOut: boolean;
}

type Change = Extract<CoreEffect, { readonly _tag: 'StepChanged' }>;
type TimeoutKind = Extract<CoreEffect, { readonly _tag: 'ScheduleTimeout' }>['kind'];

export interface RoundClock {
  stepChanged(change: Change): void;
  elapsed(kind: TimeoutKind, round: number): void;
  read(): RoundTimes;
}

export const createRoundClock = (clock: Clock): RoundClock => {
  let times: RoundTimes = { round: -1, startTime: 0n, timedOut: false };
  return {
    stepChanged: ({ round, step }) => {
      if (round !== times.round || step === 'propose') times = { round, startTime: clock.nowMs(), timedOut: false };
    },
    elapsed: (kind, round) => {
      if (kind !== 'repeat' && round === times.round) times = { ...times, timedOut: true };
    },
    read: () => times,
  };
};
