export type { Certificate } from './certificate.ts';
export type { Counters, DropReason } from './counters.ts';
export type { Effect, EvidenceFound } from './effect.ts';
export type { CoreOptions, HeightParams, Input, OwnMessage, Verdict } from './input.ts';
export { type Proposal, type SignedProposal, sameProposal } from './proposal.ts';
export type { Step } from './round-state-machine.ts';
export { type TimeoutKind, type TimeoutParams, timeoutMs } from './timeouts.ts';
export { type SignedVote, type ValueId, type Vote, type VoteKind, sameContent, sameSlot } from './vote.ts';
export { type ValidatorId, type VotingSet, votingSet } from './voting-set.ts';
