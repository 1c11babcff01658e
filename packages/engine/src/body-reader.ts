import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { blockIdOf, checkBlockBody, openProposal, type BlockError } from '@zhtp/chain';
import { blockCodec, encode, type Block, type ChainParameters, type ConsensusProposal } from '@zhtp/types';
import type { Body } from './bodies.ts';

const encodeBlock = encode(blockCodec);

const bodyOf = (block: Block, bytes: Uint8Array, parameters: ChainParameters): Either<BlockError, Body> =>
  pipe(
    checkBlockBody(block, parameters, bytes.length),
    E.map(() => ({ id: blockIdOf(block.header), block, bytes })),
  );

/** The body of a proposal, which is its candidate only: votes bind the id, so id and hashes are recomputed. */
export const bodyOfProposal = (proposal: ConsensusProposal, parameters: ChainParameters): Either<BlockError, Body> =>
  pipe(
    openProposal(proposal),
    E.chain((block) => bodyOf(block, proposal.blockData, parameters)),
  );

/** The same for a block that came decoded, or was built here. */
export const bodyOfBlock = (block: Block, parameters: ChainParameters): Either<BlockError, Body> =>
  bodyOf(block, encodeBlock(block), parameters);
