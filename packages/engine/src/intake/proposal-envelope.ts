import { BODY_CHUNK_BYTES, type ConsensusProposal } from '@zhtp/types';

/** Bodies up to this size travel inside their proposal: fetching one piece would take longer than sending it along. */
const INLINE_BODY_BYTES_MAX = BODY_CHUNK_BYTES;

const NO_BODY = new Uint8Array(0);

/** Whether the body of this proposal has to be fetched by its id. */
export const isBodiless = ({ blockData }: ConsensusProposal): boolean => blockData.length === 0;

/** A proposal as it is sent: what is signed binds the block id, so a large body may travel apart (protocol.md). */
export const asSent = (proposal: ConsensusProposal): ConsensusProposal =>
  proposal.blockData.length <= INLINE_BODY_BYTES_MAX ? proposal : { ...proposal, blockData: NO_BODY };

export const withBody = (proposal: ConsensusProposal, blockData: Uint8Array): ConsensusProposal => ({
  ...proposal,
  blockData,
});
