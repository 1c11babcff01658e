import { option as O } from 'fp-ts';
import { hashCodec, identityCodec } from './codec.ts';
import * as C from './codec.ts';
import { postQuantumSignatureCodec, type PostQuantumSignature } from './signature.ts';
import { readCommonVote } from './vote-reader.ts';
import { voteTypeCodec } from './vote-type.ts';
import { writeCommonVote } from './vote-writer.ts';

/** Longest vote extension (protocol.md, Messages). */
export const VOTE_EXTENSION_BYTES_MAX = 16_384;

const voteFields = C.struct('ConsensusVote', {
  /** Derived from the signed content; recomputed on receipt, never believed. */
  id: hashCodec,
  voter: identityCodec,
  /** The block id voted for; none is nil. */
  proposalId: C.option(hashCodec),
  voteType: voteTypeCodec,
  height: C.u64,
  round: C.u32,
  /** Always 0: a vote carries no time (protocol.md, "What is proposed and voted on"). */
  timestamp: C.u64,
  signature: postQuantumSignatureCodec,
  /** PreVote for a block: the highest earlier round in which the voter knows a polka for it. */
  polRound: C.option(C.u32),
  /** Commit only: the application hash after executing the block. */
  appHash: C.option(hashCodec),
  /** PreCommit for a block only, signed apart. */
  extension: C.option(C.bytes(VOTE_EXTENSION_BYTES_MAX)),
  extensionSignature: C.option(postQuantumSignatureCodec),
});

/** A vote of one validator in one slot (height, round, step). */
export type ConsensusVote = C.TypeOf<typeof voteFields>;

const bare = (signature: PostQuantumSignature): boolean => O.isNone(signature.publicKey);

/** Why no correct validator signs such a vote, or undefined when one might. */
export const malformedVoteContent = (
  vote: Pick<ConsensusVote, 'voteType' | 'proposalId' | 'round' | 'polRound' | 'appHash'>,
): string | undefined => {
  const isBlock = O.isSome(vote.proposalId);
  if (!isBlock && (vote.voteType === 'Commit' || vote.voteType === 'Against'))
    return `${vote.voteType} must name a proposal`;
  if (O.isSome(vote.polRound)) {
    if (vote.voteType !== 'PreVote' || !isBlock) return 'polRound belongs to a PreVote for a block';
    if (vote.polRound.value >= vote.round)
      return `polRound ${String(vote.polRound.value)} must be below round ${String(vote.round)}`;
  }
  if (O.isSome(vote.appHash) !== (vote.voteType === 'Commit'))
    return 'appHash belongs to every Commit and to nothing else';
  if (vote.voteType === 'Commit' && vote.round !== 0) return `Commit has round 0, got ${String(vote.round)}`;
  return undefined;
};

/** Why a vote is not in its one canonical form, or undefined when it is. */
const malformedVote = (vote: ConsensusVote): string | undefined => {
  const isBlock = O.isSome(vote.proposalId);
  if (vote.timestamp !== 0n) return `timestamp must be 0, got ${String(vote.timestamp)}`;
  if (!bare(vote.signature)) return 'signature.publicKey must be absent: the key comes from the validator set';
  const content = malformedVoteContent(vote);
  if (content !== undefined) return content;
  if (O.isSome(vote.extension) !== O.isSome(vote.extensionSignature))
    return 'extension and extensionSignature come together';
  if (O.isSome(vote.extension) && (vote.voteType !== 'PreCommit' || !isBlock))
    return 'extension belongs to a PreCommit for a block';
  if (O.isSome(vote.extensionSignature) && !bare(vote.extensionSignature.value))
    return 'extensionSignature.publicKey must be absent';
  return undefined;
};

const declared = C.refine(voteFields, 'ConsensusVote', malformedVote);

/** A vote in its one canonical form: id recomputed by whoever receives it, time 0, no public key. */
export const consensusVoteCodec: C.Codec<ConsensusVote> = {
  ...declared,
  bytes: {
    ...declared.bytes,
    read: (reader) => readCommonVote(reader) ?? declared.bytes.read(reader),
    write: (writer, vote) => {
      if (!writeCommonVote(writer, vote)) declared.bytes.write(writer, vote);
    },
  },
};
