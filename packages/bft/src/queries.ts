import type { Certificate } from './certificate.ts';
import type { Counters } from './counters.ts';
import { commitCertificateOf, polkaCertificateOf, polkasOf, roundCertificateOf } from './height-certificates.ts';
import type { Verdict } from './input.ts';
import type { SignedProposal } from './proposal.ts';
import type { RoundState, ValueAtRound } from './round-state-machine.ts';
import type { CoreState } from './state.ts';
import { sameContent, type SignedVote, type ValueId } from './vote.ts';

/** The round state machine of the current height; `null` before the first. */
export const roundState = (state: CoreState<unknown, unknown>): RoundState | null => state.height?.machine ?? null;

/** The decision of the current height and the round of its quorum. */
export const decision = (state: CoreState<unknown, unknown>): ValueAtRound | null => state.height?.decision ?? null;

/** All known precommits for the decision, in validator order; grows until the next height starts. */
export const commitCertificate = <S>(state: CoreState<S, unknown>): Certificate<S> | null =>
  state.height === null ? null : commitCertificateOf(state.height);

/** The polka known for this value in this round of the current height. */
export const polkaCertificate = <S>(
  state: CoreState<S, unknown>,
  round: number,
  value: ValueId,
): Certificate<S> | null => (state.height === null ? null : polkaCertificateOf(state.height, round, value));

/** Every polka known at the current height, by round: to be kept for the evidence age. */
export const knownPolkas = <S>(state: CoreState<S, unknown>): readonly Certificate<S>[] =>
  state.height === null ? [] : polkasOf(state.height);

/** The votes that moved this node into its round, for whoever asks. */
export const roundCertificate = <S>(state: CoreState<S, unknown>): readonly SignedVote<S>[] =>
  state.height === null ? [] : roundCertificateOf(state.height);

export const verdictOf = (state: CoreState<unknown, unknown>, value: ValueId): Verdict | null =>
  state.height?.values.verdict(value) ?? null;

/** Whether this very content is counted or buffered already, so that its signature need not be verified. */
export const holdsVote = (state: CoreState<unknown, unknown>, signed: SignedVote<unknown>): boolean => {
  const { height, next } = state;
  if (height === null) return false;
  const { vote } = signed;
  if (vote.height === height.params.height + 1n) return next.hasVote(signed);
  if (vote.height !== height.params.height) return false;
  const counted = height.votes.voteOf(vote.kind, vote.round, height.set.indexOf(vote.voter));
  return counted !== undefined && sameContent(counted.vote, vote);
};

export const holdsProposal = (state: CoreState<unknown, unknown>, signed: SignedProposal<unknown>): boolean => {
  const { height, next } = state;
  if (height === null) return false;
  const { proposal } = signed;
  if (proposal.height === height.params.height + 1n) return next.hasProposal(signed);
  return proposal.height === height.params.height && height.proposals.has(signed);
};

/** How often each reason dropped something since the core was created. */
export const counters = (state: CoreState<unknown, unknown>): Counters => state.counters.read();
