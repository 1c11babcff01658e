import { enabledRule, fatalQuorum, wantedValues } from './driver-rules.ts';
import { signOwnProposal, signOwnVote } from './driver-own.ts';
import { commitCertificateOf, polkaCertificateOf } from './height-certificates.ts';
import { assertInvariant } from './invariant.ts';
import { transition, type RoundInput, type RoundOutput, type RoundState } from './round-state-machine.ts';
import { startOfRound, type HeightState, type RoundProgress } from './state.ts';
import { timeoutMs, type TimeoutKind } from './timeouts.ts';
import { emit, type Turn } from './turn.ts';

/** No input can make more rules fire in a row: each one moves the step, the round, the valid round or a once-per-round flag. */
const RULES_PER_INPUT_MAX = 1_000;

/** Fires rules until none holds, then asks for the bodies that rules wait for. */
export const settle = <S, P>(turn: Turn<S, P>): void => {
  for (let fired = 0; ; fired++) {
    assertInvariant(fired < RULES_PER_INPUT_MAX, `rules fired ${fired} times on one input`);
    if (haltOnFatalQuorum(turn)) return;
    const rule = enabledRule(turn.height);
    if (rule === null) break;
    const accepted = applyRule(turn, rule);
    assertInvariant(accepted, `rule ${rule._tag} holds but has no effect in step ${turn.height.machine.step}`);
  }
  for (const { round, value } of wantedValues(turn.height)) {
    if (turn.height.values.askToFetch(value))
      emit(turn, { _tag: 'FetchValue', height: turn.height.params.height, round, value });
  }
};

/** Hands one input to the round state machine and carries out what it says; false when it has no effect. */
export const applyRule = <S, P>(turn: Turn<S, P>, input: RoundInput): boolean => {
  const before = turn.height.machine;
  const result = transition(before, input);
  if (result === null) return false;
  turn.height = { ...turn.height, machine: result.state, progress: progressAfter(turn.height.progress, input) };
  if (result.state.step !== before.step) announceStep(turn, before, input);
  if (result.output !== null) carryOut(turn, result.output, input);
  return true;
};

/** Line 11. Everything about the round before ends here, except what the height's books hold. */
export const startRound = <S, P>(turn: Turn<S, P>, round: number, enteredBy: RoundProgress['enteredBy']): void => {
  const { params, machine, self } = turn.height;
  turn.height = { ...turn.height, progress: startOfRound(enteredBy) };
  sendValidCertificate(turn);
  const accepted = applyRule(turn, {
    _tag: 'NewRound',
    round,
    proposer: self >= 0 && params.proposer(round) === params.self,
  });
  assertInvariant(accepted, `round ${round} must follow round ${machine.round}`);
  schedule(turn, 'repeat');
  askToJudge(turn, round);
};

/** Has the proposed values of this round judged, unless they were; future rounds wait until they begin. */
export const askToJudge = <S, P>(turn: Turn<S, P>, round: number): void => {
  const known = turn.height.proposals.round(round);
  if (known === undefined) return;
  for (const signed of [known.first, known.second]) {
    if (signed === null) continue;
    const { height, value, validRound } = signed.proposal;
    if (turn.height.values.askToJudge(value))
      emit(turn, { _tag: 'JudgeValue', height, round, value, fresh: validRound === null });
  }
};

export const schedule = <S, P>(turn: Turn<S, P>, kind: TimeoutKind): void => {
  const { params, machine } = turn.height;
  const afterMs = timeoutMs(params.timeouts, kind, machine.round);
  emit(turn, { _tag: 'ScheduleTimeout', kind, height: params.height, round: machine.round, afterMs });
};

const carryOut = <S, P>(turn: Turn<S, P>, output: RoundOutput, input: RoundInput): void => {
  const { height, round } = turn.height.machine;
  switch (output._tag) {
    case 'GetValueAndScheduleTimeout':
      schedule(turn, 'propose');
      return emit(turn, { _tag: 'BuildValue', height, round });
    case 'Propose':
      // The paper's proposer waits for its own message; ours also has a timeout, since its signer may refuse.
      if (input._tag === 'NewRound') schedule(turn, 'propose');
      return signOwnProposal(turn, output.value, output.validRound);
    case 'ScheduleTimeout':
      return schedule(turn, output.kind);
    case 'Vote':
      return signOwnVote(turn, output);
    case 'SkipTo':
      return startRound(turn, output.round, input._tag === 'RoundSkip' ? 'skip' : 'timeout');
    case 'Decided':
      return decide(turn, output.round, output.value);
  }
};

const decide = <S, P>(turn: Turn<S, P>, round: number, value: string): void => {
  const { height } = turn.height.params;
  turn.height = { ...turn.height, decision: { round, value } };
  const certificate = commitCertificateOf(turn.height);
  assertInvariant(certificate !== null, `height ${height} is decided for ${value} without a precommit quorum`);
  emit(turn, { _tag: 'Decide', height, round, value, certificate });
};

const haltOnFatalQuorum = <S, P>(turn: Turn<S, P>): boolean => {
  if (turn.height.halted) return true;
  const fatal = fatalQuorum(turn.height);
  if (fatal === null) return false;
  turn.height = { ...turn.height, halted: true };
  emit(turn, { _tag: 'Halt', height: turn.height.params.height, ...fatal, reason: 'QuorumForInvalidValue' });
  return true;
};

/** `protocol.md` § The pure core: a node with a valid value sends its certificate on entering a round. */
const sendValidCertificate = <S, P>(turn: Turn<S, P>): void => {
  const { valid } = turn.height.machine;
  const certificate = valid === null ? null : polkaCertificateOf(turn.height, valid.round, valid.value);
  if (certificate !== null) emit(turn, { _tag: 'SendCertificate', certificate });
};

const progressAfter = (progress: RoundProgress, { _tag }: RoundInput): RoundProgress => {
  if (_tag === 'PolkaAny') return { ...progress, prevoteTimeoutScheduled: true };
  if (_tag === 'PrecommitAny') return { ...progress, precommitTimeoutScheduled: true };
  return _tag === 'ProposalAndPolka' ? { ...progress, polkaObeyed: true } : progress;
};

/** Tells observers the new step and puts the timeouts of the old one away. */
const announceStep = <S, P>(turn: Turn<S, P>, before: RoundState, input: RoundInput): void => {
  const { machine } = turn.height;
  for (const kind of pendingTimeouts(turn.height, before)) {
    if (!isTimeoutOf(input, kind))
      emit(turn, { _tag: 'CancelTimeout', kind, height: machine.height, round: before.round });
  }
  if (machine.step !== 'unstarted')
    emit(turn, { _tag: 'StepChanged', height: machine.height, round: machine.round, step: machine.step });
};

/** Timeouts that the step being left, or the round being left, may still have running. The repetition goes on after a decision. */
const pendingTimeouts = (
  { machine, progress }: HeightState<unknown, unknown>,
  before: RoundState,
): readonly TimeoutKind[] => {
  const leavesRound = machine.step === 'unstarted';
  const kinds: TimeoutKind[] = [];
  if (before.step === 'propose') kinds.push('propose');
  if (before.step === 'prevote' && progress.prevoteTimeoutScheduled) kinds.push('prevote');
  if ((leavesRound || machine.step === 'commit') && progress.precommitTimeoutScheduled) kinds.push('precommit');
  if (leavesRound) kinds.push('repeat');
  return kinds;
};

const isTimeoutOf = (input: RoundInput, kind: TimeoutKind): boolean =>
  (kind === 'propose' && input._tag === 'TimeoutPropose') ||
  (kind === 'prevote' && input._tag === 'TimeoutPrevote') ||
  (kind === 'precommit' && input._tag === 'TimeoutPrecommit');
