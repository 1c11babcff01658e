import type { CoreState } from '@zhtp/bft';
import type { BoundedWorld } from './bounded-world.ts';

type Height = NonNullable<CoreState<null, null>['height']>;

/*
 * Point 5 of the reduction (`just-in-time.ts`): local states that differ only in what cannot make a difference any more
 * are one. A tally is settled when every rule that still reads it asks only whether some value has a quorum in it:
 *
 * - of an earlier round: line 28 (and addition (a)) ask for polkas, line 49 for precommit quorums;
 * - prevotes of the current round once the node has precommitted in it: lines 36 and 42 ask for a polka;
 * - precommits of the current round once the node has precommitted and timeoutPrecommit runs: line 49 asks for a quorum.
 *   With addition (b) they still count.
 *
 * Such rules hold for good once they hold, the node itself votes no more in a settled tally, and the votes for a quorum
 * stay in the pool, to be delivered whole, as a certificate. So it makes no difference which single votes of a settled
 * tally are in hand, and none is delivered.
 */

export const isSettled = (
  { params, machine, progress }: Height,
  kind: 'prevote' | 'precommit',
  round: number,
): boolean => {
  if (round !== machine.round) return round < machine.round;
  if (kind === 'prevote') return machine.step === 'precommit' || machine.step === 'commit';
  return machine.step === 'precommit' && progress.precommitTimeoutScheduled && !params.options.endStepEarly;
};

/** A lock or valid value. */
export const pointKey = (point: { readonly value: string; readonly round: number } | null): string =>
  point === null ? '-' : `${point.value}${String(point.round)}`;

/** Quorums known in a round, and the votes counted in its tallies that are not settled. */
export const talliesKey = (world: BoundedWorld, height: Height, round: number): readonly string[] => {
  const { votes } = height;
  return (['prevote', 'precommit'] as const).flatMap((kind) => {
    const quorums = [...votes.quorumValues(kind, round)].sort().join('.');
    if (isSettled(height, kind, round)) return [quorums];
    const counted = world.powers.map((_power, voter) => {
      const vote = votes.voteOf(kind, round, voter)?.vote;
      return vote === undefined ? '' : (vote.value ?? 'nil');
    });
    return [quorums, counted.join('.')];
  });
};

/** The proposals held of a round. */
export const proposalsKey = ({ proposals }: Height, round: number): readonly string[] => {
  const held = proposals.round(round);
  return [held?.first, held?.second].flatMap((signed) =>
    signed === undefined || signed === null ? [] : [`${signed.proposal.value}@${String(signed.proposal.validRound)}`],
  );
};

/** Equal for local states with one future. */
export const futureKey =
  (world: BoundedWorld) =>
  (core: CoreState<null, null>): string => {
    const { height } = core;
    if (height === null) return '';
    const { machine, progress, values, decision } = height;
    if (decision !== null) return 'decided';
    const flags = [
      progress.prevoteTimeoutScheduled,
      progress.precommitTimeoutScheduled,
      progress.polkaObeyed,
      progress.proposed,
    ];
    const parts = [
      `${String(machine.round)}${machine.step}`,
      pointKey(machine.locked),
      pointKey(machine.valid),
      flags.map(Number).join(''),
      values.describe(),
    ];
    for (let round = 0; round < world.proposers.length; round++) {
      parts.push(...talliesKey(world, height, round));
      if (round >= machine.round) parts.push(...proposalsKey(height, round));
    }
    return parts.join('|');
  };
