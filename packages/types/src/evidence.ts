import * as C from './codec.ts';
import { signedProposalCodec } from './proposal.ts';
import { postQuantumSignatureCodec } from './signature.ts';
import { consensusVoteCodec } from './vote.ts';

/** One Against vote per validator of the largest set (`VALIDATORS_MAX`; blocks are declared above evidence). */
const AGAINST_VOTES_MAX = 1_000;

/** Longest body kept as it was signed; a vote or proposal takes about half of it. Longer ones convict nobody on chain. */
export const SIGNED_BYTES_MAX = 256;

const signedBytes = {
  /** Whose key made the signature, by the set of the height that the bytes name. */
  signer: C.identityCodec,
  /** What was signed, after the genesis hash. */
  signed: C.bytes(SIGNED_BYTES_MAX),
  signature: postQuantumSignatureCodec,
};

/** Signed messages that convict their signer without any other context (protocol.md, Evidence and accountability). */
export const evidenceCodec = C.union('Evidence', {
  /** Two different contents in one vote slot, or two different Commit attestations of one height. */
  DuplicateVote: [1, { voteA: consensusVoteCodec, voteB: consensusVoteCodec }],
  /** Two proposals of one proposer in one round. */
  DuplicateProposal: [2, { proposalA: signedProposalCodec, proposalB: signedProposalCodec }],
  /** A precommit for X at round p and a later prevote for Y ≠ X of the same height with polRound none or below p. */
  Amnesia: [3, { precommit: consensusVoteCodec, prevote: consensusVoteCodec }],
  /** A proposal whose signed bytes refute themselves, or with the Against votes of more than two thirds of the power. */
  InvalidProposal: [4, { proposal: signedProposalCodec, against: C.array(consensusVoteCodec, AGAINST_VOTES_MAX) }],
  /** Bytes signed as a vote that no correct validator signs as one: they cannot be carried as a vote (economics.md, Faults). */
  InvalidVote: [5, signedBytes],
  /** Likewise bytes signed as a proposal. */
  InvalidProposalBytes: [6, signedBytes],
});
export type Evidence = C.TypeOf<typeof evidenceCodec>;
