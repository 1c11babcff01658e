export { type Certificate, type CertificateFault, certificateFault, voteKindOf } from './certificate.ts';
export { step, type StepResult } from './core.ts';
export type { Counters, DropReason } from './counters.ts';
export type { Effect, EvidenceFound } from './effect.ts';
export type { CoreOptions, HeightParams, Input, OwnMessage, Verdict } from './input.ts';
export { type Proposal, type SignedProposal, isWellFormedProposal, sameProposal } from './proposal.ts';
export {
  commitCertificate,
  counters,
  decision,
  holdsProposal,
  holdsVote,
  knownPolkas,
  polkaCertificate,
  roundCertificate,
  roundState,
  verdictOf,
} from './queries.ts';
export { byzantineThreshold, isBlocking, isQuorum, isSkip, stallThreshold } from './quorum.ts';
export {
  initialRoundState,
  type RoundInput,
  type RoundOutput,
  type RoundState,
  type RoundTransition,
  type Step,
  transition,
  type ValueAtRound,
} from './round-state-machine.ts';
export { cloneState, type CoreState, fingerprint, initialState } from './state.ts';
export { type TimeoutKind, type TimeoutParams, timeoutMs } from './timeouts.ts';
export { isTrusted, isTrustLevel, type PowerShare, TRUST_LEVEL_ONE_THIRD, type TrustLevel } from './trust-level.ts';
export {
  isWellFormedVote,
  sameContent,
  sameSlot,
  type SignedVote,
  type ValueId,
  type Vote,
  type VoteKind,
} from './vote.ts';
export { type Threshold, VoteKeeper, type VoteOutcome } from './vote-keeper.ts';
export { type NumberedSet, numberedSet, type ValidatorId, type VotingSet, votingSet } from './voting-set.ts';
