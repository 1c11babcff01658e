import type { ConsensusVote, Hash, PostQuantumSignature } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { VoteContent } from './sign-bytes.ts';
import { writeVote } from './vote-bytes.ts';

/**
 * A vote's id: the tagged hash of its signed content. Signatures are not in it, because hedged signing gives one vote
 * many valid signatures (protocol.md); two votes have one id exactly when they say the same.
 */
export const voteIdOf = (vote: VoteContent): Hash => writeVote(vote).id();

/** An extension with its own signature, as a precommit for a block may carry it. */
export interface SealedExtension {
  readonly extension: Uint8Array;
  readonly signature: PostQuantumSignature;
}

/** A vote from what was signed and the signature: the derived and constant fields filled in. */
export const sealVote = (
  content: VoteContent,
  signature: PostQuantumSignature,
  sealed: O.Option<SealedExtension> = O.none,
): ConsensusVote => ({
  id: voteIdOf(content),
  voter: content.voter,
  proposalId: content.proposalId,
  voteType: content.voteType,
  height: content.height,
  round: content.round,
  timestamp: 0n,
  signature,
  polRound: content.polRound,
  appHash: content.appHash,
  extension: O.isSome(sealed) ? O.some(sealed.value.extension) : O.none,
  extensionSignature: O.isSome(sealed) ? O.some(sealed.value.signature) : O.none,
});

/** The vote without its extension, which has a signature of its own: what certificates, tallies and evidence are about. */
export const withoutExtension = (vote: ConsensusVote): ConsensusVote =>
  O.isNone(vote.extension) && O.isNone(vote.extensionSignature)
    ? vote
    : { ...vote, extension: O.none, extensionSignature: O.none };

export const wrongVoteId = (vote: ConsensusVote, id: Hash): string => `vote id is ${vote.id}, its content gives ${id}`;

/** Ids are recomputed on receipt, never believed. */
export const checkVoteId = (vote: ConsensusVote): Either<string, void> => {
  const id = voteIdOf(vote);
  return id === vote.id ? E.right(undefined) : E.left(wrongVoteId(vote, id));
};
