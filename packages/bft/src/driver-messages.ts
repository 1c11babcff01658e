import { certificateFault, voteKindOf, type Certificate } from './certificate.ts';
import { applyRule, askToJudge, schedule, settle } from './driver.ts';
import { askForRound, repeatOwn } from './driver-own.ts';
import type { Input, Verdict } from './input.ts';
import { isWellFormedProposal, type SignedProposal } from './proposal.ts';
import type { RoundInput } from './round-state-machine.ts';
import { drop, emit, type Turn } from './turn.ts';
import { isWellFormedVote, type SignedVote, type ValueId, type Vote } from './vote.ts';

/** A vote of this height, own or received. */
export const receiveVote = <S, P>(turn: Turn<S, P>, signed: SignedVote<S>): void => {
  if (countVote(turn, signed, true)) settle(turn);
};

/** Tallies one vote; true when a rule may hold now that did not hold before. */
const countVote = <S, P>(turn: Turn<S, P>, signed: SignedVote<S>, reportDuplicate: boolean): boolean => {
  const { vote } = signed;
  const { machine, set, votes } = turn.height;
  if (!isWellFormedVote(vote)) {
    drop(turn, 'MalformedVote', vote);
    return false;
  }
  const voter = set.indexOf(vote.voter);
  const outcome = votes.add(signed, machine.round, voter);
  switch (outcome._tag) {
    case 'Counted':
      if (outcome.displaced !== null) forgetRound(turn, vote.voter, outcome.displaced);
      watchForAmnesia(turn, voter, signed);
      if (vote.against !== null) accuseProposer(turn, vote.round, vote.against);
      return outcome.threshold !== null || mayEndStep(turn, vote);
    case 'Duplicate':
      if (reportDuplicate) drop(turn, 'DuplicateVote', vote);
      return false;
    case 'Conflict':
      if (outcome.again) drop(turn, 'ConflictingVote', vote);
      else emit(turn, { _tag: 'Evidence', evidence: { _tag: 'Equivocation', first: outcome.first, second: signed } });
      return false;
    case 'UnknownVoter':
      drop(turn, 'UnknownVoter', vote);
      return false;
    case 'FarRoundFull':
      drop(turn, 'FarRoundFull', vote);
      return false;
  }
};

/** Only addition (b) can act on a vote that reaches no threshold. */
const mayEndStep = <S, P>({ height }: Turn<S, P>, vote: Vote): boolean =>
  height.params.options.endStepEarly &&
  vote.round === height.machine.round &&
  (height.votes.round(vote.round)?.tally(vote.kind).hasQuorumAny() ?? false);

const watchForAmnesia = <S, P>(turn: Turn<S, P>, voter: number, signed: SignedVote<S>): void => {
  if (signed.vote.value === null) return;
  const { amnesia, votes } = turn.height;
  const pair = amnesia.observe(voter, signed, votes);
  if (pair !== null) emit(turn, { _tag: 'Evidence', evidence: { _tag: 'Amnesia', ...pair } });
};

/** Against votes that name a proposal in hand, from more than two thirds of the power: evidence, once per proposal. */
const accuseProposer = <S, P>(turn: Turn<S, P>, round: number, value: ValueId): void => {
  const { proposals, votes } = turn.height;
  const against = votes.quorumAgainst(round, value);
  const known = proposals.round(round);
  if (against === null || known === undefined) return;
  const proposal = [known.first, known.second].find((signed) => signed?.proposal.value === value) ?? null;
  if (proposal === null || votes.round(round)?.raise('Against', value) !== true) return;
  emit(turn, { _tag: 'Evidence', evidence: { _tag: 'InvalidProposal', proposal, against } });
};

const forgetRound = <S, P>(turn: Turn<S, P>, signer: string, round: number): void => {
  const { amnesia, params, proposals, set } = turn.height;
  amnesia.forget(set.indexOf(signer), round);
  if (params.proposer(round) === signer) proposals.forget(round);
  drop(turn, 'FarRoundDisplaced', { height: params.height, round });
};

/** A proposal of this height, own or received. Which value counts is never open: the round's first one. */
export const receiveProposal = <S, P>(turn: Turn<S, P>, signed: SignedProposal<P>, timely: boolean): void => {
  const { proposal } = signed;
  const { params, machine, proposals, votes } = turn.height;
  if (turn.height.decision !== null) return drop(turn, 'Decided', proposal);
  if (!isWellFormedProposal(proposal)) return drop(turn, 'MalformedProposal', proposal);
  if (proposal.proposer !== params.proposer(proposal.round)) return drop(turn, 'NotProposer', proposal);
  const admission = votes.hearProposer(proposal.proposer, proposal.round, machine.round);
  if (admission._tag === 'UnknownVoter') return drop(turn, 'NotProposer', proposal);
  if (admission._tag === 'Full') return drop(turn, 'FarRoundFull', proposal);
  if (admission._tag === 'Displaces') forgetRound(turn, proposal.proposer, admission.round);
  const outcome = proposals.add(signed, timely);
  if (outcome._tag === 'Duplicate') return drop(turn, 'DuplicateProposal', proposal);
  if (outcome._tag === 'Conflict') {
    if (outcome.again) return drop(turn, 'ConflictingProposal', proposal);
    emit(turn, { _tag: 'Evidence', evidence: { _tag: 'TwoProposals', first: outcome.first, second: signed } });
  }
  accuseProposer(turn, proposal.round, proposal.value);
  if (proposal.round <= machine.round) askToJudge(turn, proposal.round);
  settle(turn);
};

/** A certificate of this height: judged whole, obeyed whole; its votes then also join the tallies, where they may convict. */
export const receiveCertificate = <S, P>(turn: Turn<S, P>, certificate: Certificate<S>): void => {
  const { decision, params, set, votes } = turn.height;
  if (certificateFault(certificate, set, params.height) !== null) return drop(turn, 'BadCertificate', certificate);
  if (votes.hasQuorum(voteKindOf(certificate), certificate.round, certificate.value))
    drop(turn, 'DuplicateCertificate', certificate);
  else if (decision !== null) drop(turn, 'Decided', certificate);
  else if (votes.certify(certificate) === 'Full') return drop(turn, 'CertificatesFull', certificate);
  settle(turn);
  for (const signed of certificate.votes) countVote(turn, signed, false);
  settle(turn);
};

export const receiveVerdict = <S, P>(turn: Turn<S, P>, value: ValueId, verdict: Verdict): void => {
  const { params, machine, values } = turn.height;
  const at = { height: params.height, round: machine.round };
  switch (values.judge(value, verdict)) {
    case 'Known':
      return drop(turn, 'DuplicateVerdict', at);
    case 'Full':
      return drop(turn, 'UnaskedVerdicts', at);
    case 'Kept':
      return settle(turn);
  }
};

/** Line 18: the application's value, if it is still wanted. */
export const receiveBuiltValue = <S, P>(
  turn: Turn<S, P>,
  built: Extract<Input<S, P>, { readonly _tag: 'ValueBuilt' }>,
): void => {
  const { machine, params, progress, self, values } = turn.height;
  const wanted =
    built.round === machine.round &&
    machine.step === 'propose' &&
    !progress.proposed &&
    self >= 0 &&
    params.proposer(machine.round) === params.self;
  if (!wanted) return drop(turn, 'Stale', built);
  // Asked for by `BuildValue`, so that it does not count against the bound on unasked verdicts.
  values.askToJudge(built.value);
  values.judge(built.value, 'valid');
  applyRule(turn, { _tag: 'ProposeValue', value: built.value });
  settle(turn);
};

/** Lines 57, 61, 65, and the repetition. Timeouts that lines 34 and 47 did not schedule have no effect: rounds never run on timers alone. */
export const receiveTimeout = <S, P>(
  turn: Turn<S, P>,
  elapsed: Extract<Input<S, P>, { readonly _tag: 'TimeoutElapsed' }>,
): void => {
  const { machine, progress, values } = turn.height;
  const scheduled =
    (elapsed.kind !== 'prevote' || progress.prevoteTimeoutScheduled) &&
    (elapsed.kind !== 'precommit' || progress.precommitTimeoutScheduled);
  if (elapsed.round !== machine.round || !scheduled) return drop(turn, 'Stale', elapsed);
  if (elapsed.kind === 'repeat') {
    repeatOwn(turn);
    askForRound(turn);
    schedule(turn, 'repeat');
    values.allowFetchAgain();
    return settle(turn);
  }
  if (!applyRule(turn, timeoutRule(elapsed.kind, elapsed.height, elapsed.round))) return drop(turn, 'Stale', elapsed);
  settle(turn);
};

const timeoutRule = (kind: 'propose' | 'prevote' | 'precommit', height: bigint, round: number): RoundInput => {
  switch (kind) {
    case 'propose':
      return { _tag: 'TimeoutPropose', height, round };
    case 'prevote':
      return { _tag: 'TimeoutPrevote', height, round };
    case 'precommit':
      return { _tag: 'TimeoutPrecommit', height, round };
  }
};
