import type { Breach } from './breach.ts';
import { isThird, isTwoThirds, nameOf, type BoundedWorld } from './bounded-world.ts';
import type { SentLog } from './sent-log.ts';

/** Who said what: a correct node's position and its log. */
export type NodeLog = readonly [position: number, log: SentLog];

/** The properties that only several nodes together can break, read from what they said and decided. */
export const brokenTogether = (world: BoundedWorld, logs: readonly NodeLog[]): readonly Breach[] => [
  ...disagreement(logs),
  ...lockedValueLost(world, logs),
];

const disagreement = (logs: readonly NodeLog[]): readonly Breach[] => {
  const decided = logs.flatMap(([position, log]) =>
    log.decided === null ? [] : [[position, log.decided.value] as const],
  );
  const values = new Set(decided.map(([, value]) => value));
  return values.size <= 1
    ? []
    : [
        {
          property: 'S1',
          detail: decided.map(([position, value]) => `${nameOf(position)} decides ${value}`).join(', '),
        },
      ];
};

/** S14. What liars can add to a later polka they can add at any time, so their whole power counts. */
const lockedValueLost = (world: BoundedWorld, logs: readonly NodeLog[]): readonly Breach[] => {
  const votes = logs.flatMap(([, { sent }]) => sent.filter(({ kind, value }) => kind !== 'proposal' && value !== null));
  const supporters = (kind: 'prevote' | 'precommit', round: number, value: string | null): readonly number[] =>
    votes.filter((v) => v.kind === kind && v.round === round && v.value === value).map(({ from }) => from);
  const breaches: Breach[] = [];
  for (const lock of votes) {
    if (lock.kind !== 'precommit' || !isThird(world, supporters('precommit', lock.round, lock.value))) continue;
    const later = votes.find(
      ({ kind, round, value }) =>
        kind === 'prevote' &&
        round > lock.round &&
        value !== lock.value &&
        isTwoThirds(world, [...supporters('prevote', round, value), ...world.byzantine]),
    );
    if (later !== undefined)
      breaches.push({
        property: 'S14',
        detail: `${lock.value ?? ''} was precommitted by more than a third in round ${String(lock.round)}, yet round ${String(later.round)} can show a polka for ${later.value ?? ''}`,
      });
  }
  return breaches;
};
