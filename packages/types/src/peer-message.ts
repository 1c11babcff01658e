import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { BLOCK_TRANSACTIONS_MAX, committedBlockCodec, TRANSACTION_BYTES_MAX, VALIDATORS_MAX } from './block.ts';
import type { ByteReader } from './byte-coder.ts';
import { evidenceCodec } from './evidence.ts';
import { BODY_CHUNK_BYTES, consensusProposalCodec } from './proposal.ts';
import { heartbeatMessageCodec } from './validator-message.ts';
import { readTaggedVote } from './vote-reader.ts';
import { consensusVoteCodec } from './vote.ts';

/** The tag of a vote. */
const VOTE_CODE = 2;

/** Everything that travels on a peer's direct stream: one union, one byte of tag. */
const declared = C.union('PeerMessage', {
  Propose: [1, { proposal: consensusProposalCodec }],
  Vote: [VOTE_CODE, { vote: consensusVoteCodec }],
  Heartbeat: [3, { message: heartbeatMessageCodec }],
  /** Prevotes of one round for one block whose power is a quorum: lets a laggard follow validRound and locks. */
  Polka: [4, { votes: C.array(consensusVoteCodec, VALIDATORS_MAX) }],
  /** The decision of a height a laggard is still voting in. */
  Decision: [5, { committed: committedBlockCodec }],
  /** Sent on connecting and after every block: the head the sender can serve. */
  Status: [6, { height: C.u64 }],
  /** Asks for one piece of the body of a block known only by its id. */
  BodyRequest: [7, { height: C.u64, blockId: hashCodec, chunk: C.u16 }],
  /** Piece `chunk` of `chunks` of the block's canonical bytes: all but the last are of full size. */
  BodyChunk: [8, { blockId: hashCodec, chunk: C.u16, chunks: C.u16, bytes: C.bytes(BODY_CHUNK_BYTES) }],
  /** Asks for the votes that moved the answerer into its round. */
  RoundRequest: [9, { height: C.u64, round: C.u32 }],
  Round: [10, { votes: C.array(consensusVoteCodec, VALIDATORS_MAX) }],
  /** The validators the sender holds a direct stream to: it hears them itself, nobody need pass them on. Sent whenever it changes. */
  Neighbours: [11, { validators: C.array(identityCodec, VALIDATORS_MAX) }],
});
export type PeerMessage = C.TypeOf<typeof declared>;

/** A vote that stands behind its tag is read without walking the declaration, which says all else. */
const readMessage = (reader: ByteReader): PeerMessage => {
  const vote = readTaggedVote(reader, VOTE_CODE);
  return vote === undefined ? declared.bytes.read(reader) : { _tag: 'Vote', vote };
};

export const peerMessageCodec: C.Codec<PeerMessage> = { ...declared, bytes: { ...declared.bytes, read: readMessage } };

/** What gossip carries. */
export const gossipMessageCodec = C.union('GossipMessage', {
  Transactions: [1, { transactions: C.array(C.bytes(TRANSACTION_BYTES_MAX), BLOCK_TRANSACTIONS_MAX) }],
  Evidence: [2, { evidence: evidenceCodec }],
});
export type GossipMessage = C.TypeOf<typeof gossipMessageCodec>;
