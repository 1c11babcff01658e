import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { blockIdOf, checkBodyOfHeader, checkEnvelope, openProposal, type BlockError } from '@zhtp/chain';
import { blockCodec, decodeLent, encode, type Block, type ConsensusProposal } from '@zhtp/types';
import type { Body } from './bodies.ts';

const encodeBlock = encode(blockCodec);
/** The bytes are kept beside the block, so it may as well consist of views of them. */
const decodeBlock = decodeLent(blockCodec);

const bodyOf = (block: Block, bytes: Uint8Array): Either<BlockError, Body> => {
  const checked = checkBodyOfHeader(block);
  return E.isLeft(checked) ? checked : E.right({ id: blockIdOf(block.header), block, bytes });
};

/**
 * The body of a proposal, which is its candidate only: votes bind the id, so id and hashes are recomputed. Bytes that are
 * not the body of the signed id are whoever's who sent them, and never a reason to vote Against; whether the body that is
 * keeps the rules is asked when it is judged.
 */
export const bodyOfProposal = (proposal: ConsensusProposal): Either<BlockError, Body> => {
  const block = openProposal(proposal);
  return E.isLeft(block) ? block : bodyOf(block.right, proposal.blockData);
};

/** The same where the body was in hand before, read and checked: only what the envelope says of it is left to look at. */
export const knownBodyOfProposal = (proposal: ConsensusProposal, body: Body): Either<BlockError, Body> => {
  const checked = checkEnvelope(proposal, body.block);
  return E.isLeft(checked) ? checked : E.right(body);
};

/** The same for the canonical bytes of a block, to which nobody writes from here on. */
export const bodyOfBytes = (bytes: Uint8Array): Either<{ readonly message: string }, Body> => {
  const block = decodeBlock(bytes);
  return E.isLeft(block) ? block : bodyOf(block.right, bytes);
};

/**
 * The same for a block that came decoded, or was built here.
 * @param bytes its canonical bytes, when the caller has them
 */
export const bodyOfBlock = (block: Block, bytes: Uint8Array = encodeBlock(block)): Either<BlockError, Body> =>
  bodyOf(block, bytes);
