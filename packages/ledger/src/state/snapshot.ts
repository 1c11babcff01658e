import { merkleLeafHash, merkleProof, merkleRoot, precomputedLeaf, verifyMerkleProof } from '@zhtp/crypto';
import {
  array,
  bytes,
  decode,
  encode,
  equalBytes,
  hashCodec,
  struct,
  u32,
  u64,
  type SnapshotDescription,
  type TypeOf,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { ledgerMetaCodec, type StoredLedger } from '../stored-ledger.ts';
import { entryKeyCodec, entryValueCodec, mapNameCodec } from './map-bounds.ts';
import { STATE_MAPS } from './state-maps.ts';

/** Format of snapshots; another one is refused by name. */
export const SNAPSHOT_FORMAT = 1;
/** Longest chunk as it travels. */
export const SNAPSHOT_CHUNK_BYTES_MAX = 1024 * 1024;
/** Most chunks of a snapshot: 64 GiB. */
export const SNAPSHOT_CHUNKS_MAX = 65_536;

const HASH_BYTES = 32;
const PATH_MAX = 16;
/** Room for index, path and lengths. */
const BODY_BYTES_MAX = SNAPSHOT_CHUNK_BYTES_MAX - 4_096;

/** A part of the snapshot, with the way from it to the snapshot's hash. */
const chunkCodec = struct('SnapshotChunk', {
  index: u32,
  path: array(hashCodec, PATH_MAX),
  body: bytes(BODY_BYTES_MAX),
});

/** An entry of the state; the first record has no map and holds the meta. */
export const snapshotRecordCodec = struct('SnapshotRecord', {
  map: mapNameCodec,
  key: entryKeyCodec,
  value: entryValueCodec,
});

const encodeRecord = encode(snapshotRecordCodec);
const encodeLength = encode(u32);

/** Records one after the other, each behind its length. */
function* recordsOf({ meta, state }: StoredLedger): Generator<Uint8Array, void> {
  const record = (map: string, key: string, value: Uint8Array): Uint8Array => encodeRecord({ map, key, value });
  const withLength = function* (encoded: Uint8Array): Generator<Uint8Array, void> {
    yield encodeLength(encoded.length);
    yield encoded;
  };
  yield* withLength(record('', '', encode(ledgerMetaCodec)(meta)));
  for (const map of STATE_MAPS)
    for (const [key, value] of map.entries(state)) yield* withLength(record(map.name, key, value));
}

/**
 * The same bytes in bodies of one length, the last one shorter: what chunks are made of. They depend on the state alone, so
 * every node has the same. No more than one is held beside the state.
 */
export function* snapshotBodies(stored: StoredLedger): Generator<Uint8Array, void> {
  let body = new Uint8Array(BODY_BYTES_MAX);
  let used = 0;
  for (const piece of recordsOf(stored))
    for (let at = 0; at < piece.length;) {
      const count = Math.min(piece.length - at, BODY_BYTES_MAX - used);
      body.set(piece.subarray(at, at + count), used);
      at += count;
      used += count;
      if (used < BODY_BYTES_MAX) continue;
      yield body;
      body = new Uint8Array(BODY_BYTES_MAX);
      used = 0;
    }
  if (used > 0) yield body.slice(0, used);
}

/** What a node knows of a snapshot whose chunks lie elsewhere. */
export const snapshotIndexCodec = struct('SnapshotIndex', {
  height: u64,
  format: u32,
  /** Hash of each body. */
  leaves: array(bytes(HASH_BYTES), SNAPSHOT_CHUNKS_MAX),
});
export type SnapshotIndex = TypeOf<typeof snapshotIndexCodec>;

export const describeSnapshot = ({ height, format, leaves }: SnapshotIndex): SnapshotDescription => ({
  height,
  format,
  chunks: leaves.length,
  hash: merkleRoot(leaves, precomputedLeaf),
});

const encodeChunk = encode(chunkCodec);

/** A chunk as it travels; undefined: the body is not the one at this place. */
export const snapshotChunk = ({ leaves }: SnapshotIndex, index: number, body: Uint8Array): Uint8Array | undefined =>
  equalBytes(leaves[index] ?? new Uint8Array(0), merkleLeafHash(body))
    ? encodeChunk({ index, path: merkleProof(leaves, index, precomputedLeaf).path, body })
    : undefined;

/** The body of a chunk that belongs to this snapshot at this place; otherwise what is wrong with it. */
export const verifiedBody = (
  { chunks, hash }: Pick<SnapshotDescription, 'chunks' | 'hash'>,
  index: number,
  encoded: Uint8Array,
): Either<string, Uint8Array> => {
  if (encoded.length > SNAPSHOT_CHUNK_BYTES_MAX)
    return E.left(
      `chunk ${String(index)} has ${String(encoded.length)} bytes, at most ${String(SNAPSHOT_CHUNK_BYTES_MAX)}`,
    );
  const chunk = decode(chunkCodec)(encoded);
  if (E.isLeft(chunk)) return E.left(`chunk ${String(index)} does not decode: ${chunk.left.message}`);
  const { index: own, path, body } = chunk.right;
  if (own !== index) return E.left(`chunk ${String(own)} came as chunk ${String(index)}`);
  const claim = { root: hash, leaf: merkleLeafHash(body), index, size: chunks, path, leafHash: precomputedLeaf };
  return verifyMerkleProof(claim) === 'valid'
    ? E.right(body)
    : E.left(`chunk ${String(index)} is no part of snapshot ${hash}`);
};
