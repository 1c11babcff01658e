import {
  blockCodec,
  decodeLent,
  encode,
  type Block,
  type ConsensusProposal,
  type IdentityId,
  type PostQuantumSignature,
  type SignedProposal,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { blockError, type BlockError } from './block-error.ts';
import { isSameNoProof, secondsOf } from './block.ts';
import { blockIdOf, proofHashOf } from './header.ts';
import type { ProposalContent } from './sign-bytes.ts';

const writeBlock = encode(blockCodec);
/** A block consists of these bytes and little else, and each signature of its certificate would be an array of its own. */
const readBlock = decodeLent(blockCodec);

/** A round's offer of a block. */
export interface Offer {
  readonly block: Block;
  readonly round: number;
  /** The earlier round whose polka lets the block be proposed again; none for a fresh one. */
  readonly validRound: Option<number>;
  /** proposer(height, round), who need not be `header.proposer`. */
  readonly proposer: IdentityId;
}

/** What the proposer of a round signs for an offer. */
export const proposalContentOf = ({ block, round, validRound, proposer }: Offer): ProposalContent => ({
  id: blockIdOf(block.header),
  height: block.header.height,
  round,
  validRound,
  protocolVersion: block.header.version.protocol,
  proposer,
});

/**
 * The message of an offer, with the signature over {@link proposalContentOf} it.
 * @param blockData canonical bytes of the block, when the caller has them
 */
export const sealProposal = (
  offer: Offer,
  signature: PostQuantumSignature,
  blockData: Uint8Array = writeBlock(offer.block),
): ConsensusProposal => ({
  ...proposalContentOf(offer),
  previousHash: offer.block.header.lastBlockId,
  blockData,
  timestamp: secondsOf(offer.block.header.time),
  signature,
  consensusProof: offer.block.proof,
});

/** A proposal without its body, as evidence carries it: exactly what was signed, and the signature. */
export const signedProposalOf = (proposal: SignedProposal): SignedProposal => ({
  id: proposal.id,
  proposer: proposal.proposer,
  height: proposal.height,
  round: proposal.round,
  validRound: proposal.validRound,
  protocolVersion: proposal.protocolVersion,
  signature: proposal.signature,
});

const differs = (
  field: string,
  inEnvelope: bigint | number | string,
  inBlock: bigint | number | string,
): BlockError | undefined =>
  inEnvelope === inBlock
    ? undefined
    : blockError('WrongEnvelope', `proposal.${field}`, String(inEnvelope), `${String(inBlock)} as in its block`);

/**
 * Whether a proposal is about this block: its id is recomputed, never believed, and what occurs in both places must be
 * equal (protocol.md, "What is proposed and voted on"). Says nothing of signature and proposer.
 */
export const checkEnvelope = (proposal: ConsensusProposal, { header, proof }: Block): Either<BlockError, void> => {
  const wrong =
    differs('id', proposal.id, blockIdOf(header)) ??
    differs('height', proposal.height, header.height) ??
    differs('previousHash', proposal.previousHash, header.lastBlockId) ??
    differs('timestamp', proposal.timestamp, secondsOf(header.time)) ??
    differs('protocolVersion', proposal.protocolVersion, header.version.protocol) ??
    (isSameNoProof(proposal.consensusProof, proof)
      ? undefined
      : differs('consensusProof', proofHashOf(proposal.consensusProof), proofHashOf(proof)));
  return wrong === undefined ? E.right(undefined) : E.left(wrong);
};

/**
 * The block that a proposal carries, if it is about that block: {@link checkEnvelope}. The block may hold views of
 * `blockData`, which nobody may write to from here on.
 */
export const openProposal = (proposal: ConsensusProposal): Either<BlockError, Block> => {
  const read = readBlock(proposal.blockData);
  if (E.isLeft(read))
    return E.left({
      _tag: 'Undecodable',
      field: 'blockData',
      message: `block of proposal ${proposal.id}: ${read.left.message}`,
    });
  const fits = checkEnvelope(proposal, read.right);
  return E.isRight(fits) ? read : fits;
};
