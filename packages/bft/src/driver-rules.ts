import type { RoundInput } from './round-state-machine.ts';
import type { HeightState } from './state.ts';
import type { ValueId } from './vote.ts';

/*
 * The guards of the "upon" rules over the message log. Each asks what is known now, not what arrived last, so a rule that
 * was missed because something else came first holds as soon as it can. The order of the functions' calls is the order of
 * precedence when several rules hold at once.
 */

/** The rule that fires next; `null` when none holds. */
export const enabledRule = (height: HeightState<unknown, unknown>): RoundInput | null => {
  if (height.decision !== null || height.halted) return null;
  return commitRule(height) ?? oldPolkaRule(height) ?? skipRule(height) ?? stepRule(height) ?? precommitAnyRule(height);
};

/** Lines 49–54, for every round of the height, as soon as the value is judged valid. The quorum itself speaks for the proposal. */
const commitRule = ({ votes, values }: HeightState<unknown, unknown>): RoundInput | null => {
  for (const round of votes.quorumRounds('precommit')) {
    const value = votes.quorumValues('precommit', round).find((candidate) => values.verdict(candidate) === 'valid');
    if (value !== undefined) return { _tag: 'ProposalAndCommit', round, value };
  }
  return null;
};

/** Addition (a): line 36 for an earlier round, without the lock. */
const oldPolkaRule = ({ params, machine, votes, values }: HeightState<unknown, unknown>): RoundInput | null => {
  if (!params.options.raiseValidOnOldPolka) return null;
  const validRound = machine.valid?.round ?? -1;
  const rounds = votes.quorumRounds('prevote');
  for (let i = rounds.length - 1; i >= 0; i--) {
    const round = rounds[i] ?? -1;
    if (round <= validRound) return null;
    if (round >= machine.round) continue;
    const value = votes.quorumValues('prevote', round).find((candidate) => values.verdict(candidate) === 'valid');
    if (value !== undefined) return { _tag: 'OldPolka', round, value };
  }
  return null;
};

/** Lines 55–56. The highest such round, so that a node that was away needs one jump. */
const skipRule = ({ machine, votes }: HeightState<unknown, unknown>): RoundInput | null => {
  const round = votes.highestAboveThird();
  return round > machine.round ? { _tag: 'RoundSkip', round } : null;
};

const stepRule = (height: HeightState<unknown, unknown>): RoundInput | null => {
  switch (height.machine.step) {
    case 'propose':
      return proposalRule(height);
    case 'prevote':
      return polkaRule(height) ?? polkaNilRule(height) ?? prevotesSpentRule(height) ?? polkaAnyRule(height);
    case 'precommit':
      return polkaRule(height) ?? precommitsSpentRule(height);
    case 'unstarted':
    case 'commit':
      return null;
  }
};

/** Lines 22 and 28: the first proposal of the round's proposer counts. Untimely only matters for a fresh value. */
const proposalRule = ({ machine, proposals, values, votes }: HeightState<unknown, unknown>): RoundInput | null => {
  const known = proposals.round(machine.round);
  if (known === undefined) return null;
  const { value, validRound } = known.first.proposal;
  const verdict = values.verdict(value);
  if (verdict === 'invalid') return { _tag: 'RefusedProposal', against: value };
  if (validRound === null) {
    if (!known.timely) return { _tag: 'RefusedProposal', against: null };
    return verdict === 'valid' ? { _tag: 'FreshProposal', value } : null;
  }
  return verdict === 'valid' && votes.hasQuorum('prevote', validRound, value)
    ? { _tag: 'ProposalAndOldPolka', value, validRound }
    : null;
};

/** Line 36. */
const polkaRule = (height: HeightState<unknown, unknown>): RoundInput | null => {
  if (height.progress.polkaObeyed) return null;
  const value = height.votes
    .quorumValues('prevote', height.machine.round)
    .find(
      (candidate) =>
        height.values.verdict(candidate) === 'valid' && isProposed(height, height.machine.round, candidate),
    );
  return value === undefined ? null : { _tag: 'ProposalAndPolka', value };
};

/** With addition (a) a polka stands for the proposal: some correct validator prevoted it, so its proposer proposed it. */
const isProposed = ({ params, proposals }: HeightState<unknown, unknown>, round: number, value: ValueId): boolean =>
  params.options.raiseValidOnOldPolka || proposals.proposes(round, value);

/** Line 44. */
const polkaNilRule = ({ machine, votes }: HeightState<unknown, unknown>): RoundInput | null =>
  votes.round(machine.round)?.tally('prevote').majority() === null ? { _tag: 'PolkaNil' } : null;

/** Line 34. A polka certificate counts as votes of a quorum too. */
const polkaAnyRule = ({ machine, progress, votes }: HeightState<unknown, unknown>): RoundInput | null =>
  !progress.prevoteTimeoutScheduled && hasQuorumAny(votes.round(machine.round), 'prevote')
    ? { _tag: 'PolkaAny' }
    : null;

/** Line 47, in any step. */
const precommitAnyRule = ({ machine, progress, votes }: HeightState<unknown, unknown>): RoundInput | null =>
  machine.step !== 'unstarted' &&
  !progress.precommitTimeoutScheduled &&
  hasQuorumAny(votes.round(machine.round), 'precommit')
    ? { _tag: 'PrecommitAny' }
    : null;

const hasQuorumAny = (
  votes: ReturnType<HeightState<unknown, unknown>['votes']['round']>,
  kind: 'prevote' | 'precommit',
): boolean => votes !== undefined && (votes.tally(kind).hasQuorumAny() || votes.quorumValues(kind).length > 0);

/** Addition (b) for line 61: neither a value nor nil can still reach a quorum. */
const prevotesSpentRule = ({ params, machine, votes }: HeightState<unknown, unknown>): RoundInput | null => {
  const round = votes.round(machine.round);
  return params.options.endStepEarly &&
    round !== undefined &&
    round.quorumValues('prevote').length === 0 &&
    round.tally('prevote').isSpent(() => true)
    ? { _tag: 'TimeoutPrevote', height: machine.height, round: machine.round }
    : null;
};

/** Addition (b) for line 65: no value can still reach a quorum, so this round decides nothing, whatever becomes of nil. */
const precommitsSpentRule = ({ params, machine, votes }: HeightState<unknown, unknown>): RoundInput | null => {
  const round = votes.round(machine.round);
  return params.options.endStepEarly &&
    round !== undefined &&
    round.quorumValues('precommit').length === 0 &&
    round.tally('precommit').isSpent((value) => value !== null)
    ? { _tag: 'TimeoutPrecommit', height: machine.height, round: machine.round }
    : null;
};

/** A value with a quorum that some rule waits for, and the round of that quorum. */
export interface WantedValue {
  readonly round: number;
  readonly value: ValueId;
}

const NOTHING_WANTED: readonly WantedValue[] = [];

/** Values whose body the rules above wait for although no proposal may ever bring it. Asked after every vote that may matter. */
export const wantedValues = (height: HeightState<unknown, unknown>): readonly WantedValue[] => {
  const { params, machine, votes, values } = height;
  if (height.decision !== null || height.halted) return NOTHING_WANTED;
  let wanted: WantedValue[] | undefined;
  const want = (kind: 'prevote' | 'precommit', round: number): void => {
    for (const value of votes.quorumValues(kind, round))
      if (values.verdict(value) === null && (kind === 'precommit' || isProposed(height, round, value)))
        (wanted ??= []).push({ round, value });
  };
  for (const round of votes.quorumRounds('precommit')) want('precommit', round);
  const validRound = machine.valid?.round ?? -1;
  for (const round of votes.quorumRounds('prevote')) {
    if (round > machine.round) continue;
    if (params.options.raiseValidOnOldPolka ? round > validRound : round === machine.round) want('prevote', round);
  }
  return wanted ?? NOTHING_WANTED;
};

/** A precommit quorum for a value that this node judged invalid. */
export const fatalQuorum = ({ decision, votes, values }: HeightState<unknown, unknown>): WantedValue | null => {
  if (decision !== null) return null;
  for (const round of votes.quorumRounds('precommit')) {
    const value = votes.quorumValues('precommit', round).find((candidate) => values.verdict(candidate) === 'invalid');
    if (value !== undefined) return { round, value };
  }
  return null;
};
