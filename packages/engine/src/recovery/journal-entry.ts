import {
  blockCodec,
  boolean,
  BLOCK_BYTES_MAX,
  bytes,
  committedBlockCodec,
  FRAME_PAYLOAD_BYTES_MAX,
  hashCodec,
  literals,
  u32,
  u64,
  union,
  VOTE_EXTENSION_BYTES_MAX,
  type Codec,
  type TypeOf,
} from '@zhtp/types';

const timeoutKindCodec = literals('TimeoutKind', { propose: 1, prevote: 2, precommit: 3, repeat: 4 });

/** The tag of a received message. */
const RECEIVED_CODE = 2;
/** Tag and length in front of the payload, the flag behind it. */
const RECEIVED_OVERHEAD_BYTES = 1 + 4 + 1;

const ownStepCodec = literals('OwnStep', { proposal: 1, prevote: 2, precommit: 3 });

/**
 * One record of the journal: an input of the core, written before the core sees it. Feeding the records of a height to
 * the core in order gives the state the node had; replaying asks nobody and verifies nothing again.
 */
const declared = union('JournalEntry', {
  HeightStarted: [1, { height: u64 }],
  /** A verified message as it came, in canonical bytes of a PeerMessage: Vote, Propose or Polka. */
  Received: [RECEIVED_CODE, { payload: bytes(FRAME_PAYLOAD_BYTES_MAX), timely: boolean }],
  /** What this node signed: Vote or Propose. Synced before it is sent. */
  Own: [3, { payload: bytes(FRAME_PAYLOAD_BYTES_MAX) }],
  /** The block this node built as proposer. */
  Built: [4, { height: u64, round: u32, block: bytes(BLOCK_BYTES_MAX) }],
  /** The verdict on a body in hand. */
  Judged: [5, { height: u64, blockId: hashCodec, valid: boolean }],
  /** A body that was asked for by its id. */
  Body: [6, { block: blockCodec }],
  /** A verified decision from sync or a peer ahead. */
  Committed: [7, { committed: committedBlockCodec }],
  TimeoutElapsed: [8, { kind: timeoutKindCodec, height: u64, round: u32 }],
  /** The block of this height is in the block store. */
  HeightEnded: [9, { height: u64 }],
  /** What the application attached to our precommit of a slot: chosen once, synced before it is signed. */
  Extended: [10, { height: u64, round: u32, blockId: hashCodec, extension: bytes(VOTE_EXTENSION_BYTES_MAX) }],
  /** Here the core took the own message of this slot: what stands between the two came first. */
  OwnCounted: [11, { height: u64, round: u32, step: ownStepCodec }],
});
export type JournalEntry = TypeOf<typeof declared>;

export const journalEntryCodec: Codec<JournalEntry> = {
  ...declared,
  bytes: {
    ...declared.bytes,
    /** Nearly every record is a received vote: written by code for this one variant, as the declaration says. */
    write: (writer, entry) => {
      if (entry._tag !== 'Received' || entry.payload.length > FRAME_PAYLOAD_BYTES_MAX) {
        declared.bytes.write(writer, entry);
        return;
      }
      const { payload, timely } = entry;
      const at = writer.room(RECEIVED_OVERHEAD_BYTES + payload.length);
      writer.bytes[at] = RECEIVED_CODE;
      writer.view.setUint32(at + 1, payload.length);
      writer.bytes.set(payload, at + 5);
      writer.bytes[at + 5 + payload.length] = timely ? 1 : 0;
    },
  },
};
