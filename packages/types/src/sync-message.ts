import * as C from './codec.ts';
import { hashCodec } from './codec.ts';
import { BLOCK_EVIDENCE_MAX, commitCertificateCodec, committedBlockCodec, headerCodec } from './block.ts';
import { evidenceCodec } from './evidence.ts';
import { frozenValidatorsCodec } from './frozen-validator.ts';
import { chainParametersCodec } from './genesis.ts';

/** Most blocks of one sync answer; bytes are bounded by the frame beside it. */
export const SYNC_BLOCKS_MAX = 64;
/** Most headers of one answer. */
export const SYNC_HEADERS_MAX = 256;
/** Most snapshots that a peer offers at once. */
export const SYNC_SNAPSHOTS_MAX = 16;
/** Longest chunk of a snapshot as it travels: half a frame. */
export const SYNC_CHUNK_BYTES_MAX = 4 * 1024 * 1024;

/** Block sync and state sync: asked over request streams of their own. */
export const syncRequestCodec = C.union('SyncRequest', {
  Status: [1, {}],
  Blocks: [2, { fromHeight: C.u64, count: C.u16 }],
  Snapshots: [3, {}],
  SnapshotChunk: [4, { height: C.u64, chunk: C.u32 }],
  /** Headers with the evidence of their blocks: what is remembered of a height. */
  Headers: [5, { fromHeight: C.u64, count: C.u16 }],
  LightBlock: [6, { height: C.u64 }],
  /** A frozen set by what headers call it, of the evidence age. */
  ValidatorSet: [7, { validatorsHash: hashCodec }],
  Parameters: [8, { parametersHash: hashCodec }],
});
/** What a node asks another one that is ahead. */
export type SyncRequest = C.TypeOf<typeof syncRequestCodec>;

/** What `listSnapshots` of an application answers, as it travels. */
export const snapshotDescriptionCodec = C.struct('SnapshotDescription', {
  height: C.u64,
  format: C.u32,
  chunks: C.u32,
  hash: hashCodec,
});

/** A header and the evidence whose hash it holds. */
export const evidencedHeaderCodec = C.struct('EvidencedHeader', {
  header: headerCodec,
  evidence: C.array(evidenceCodec, BLOCK_EVIDENCE_MAX),
});
export type EvidencedHeader = C.TypeOf<typeof evidencedHeaderCodec>;

/** What a peer answers to a {@link SyncRequest}. */
export const syncResponseCodec = C.union('SyncResponse', {
  Status: [1, { baseHeight: C.u64, headHeight: C.u64 }],
  Blocks: [2, { blocks: C.array(committedBlockCodec, SYNC_BLOCKS_MAX) }],
  Snapshots: [3, { snapshots: C.array(snapshotDescriptionCodec, SYNC_SNAPSHOTS_MAX) }],
  SnapshotChunk: [4, { bytes: C.bytes(SYNC_CHUNK_BYTES_MAX) }],
  Headers: [5, { headers: C.array(evidencedHeaderCodec, SYNC_HEADERS_MAX) }],
  LightBlock: [6, { header: headerCodec, certificate: commitCertificateCodec }],
  ValidatorSet: [7, { validators: frozenValidatorsCodec }],
  Parameters: [8, { parameters: chainParametersCodec }],
});
export type SyncResponse = C.TypeOf<typeof syncResponseCodec>;
