import { decode, encode, encodeUtf8, struct, u32, u64, type StateChange, type TypeOf } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { checkedRows, deleteRow, joined, numberedKey, putRow, uncheck } from './rows.ts';
import { snapshotIndexCodec, type SnapshotIndex } from './snapshot.ts';

const indexRow = checkedRows(snapshotIndexCodec);
const decodeIndex = decode(snapshotIndexCodec);
const encodeNumber = encode(u32);

const chunksOf = numberedKey('ledger/snapshot-body/');
const INDEX_PREFIX = 'ledger/snapshot-index/';
const indexKey = numberedKey(INDEX_PREFIX);

/** Where indexes of finished snapshots stand, by height. */
export const SNAPSHOT_INDEX_PREFIX = encodeUtf8(INDEX_PREFIX);
/** Where the snapshot stands that is being written. */
export const BEGUN_SNAPSHOT_KEY = encodeUtf8('ledger/snapshot-begun');

/** Where the body of a chunk stands. */
export const bodyKey = (height: bigint, index: number): Uint8Array => joined(chunksOf(height), encodeNumber(index));

/** A snapshot whose chunks are not all written yet, and how many are. */
const begunCodec = struct('BegunSnapshot', { height: u64, written: u32 });
export type BegunSnapshot = TypeOf<typeof begunCodec>;
const rowOfBegun = checkedRows(begunCodec);
const decodeBegun = decode(begunCodec);

export const begunRow = (begun: BegunSnapshot): StateChange => putRow(BEGUN_SNAPSHOT_KEY, rowOfBegun(begun));

/** From the last row on which it is finished. */
export const finishedRows = (index: SnapshotIndex): readonly StateChange[] => [
  putRow(indexKey(index.height), indexRow(index)),
  deleteRow(BEGUN_SNAPSHOT_KEY),
];

/** The index in a row; undefined: it is damaged, or of another height than its key says. */
export const readIndex = (key: Uint8Array, row: Uint8Array): SnapshotIndex | undefined => {
  const encoded = uncheck(row);
  const read = encoded === undefined ? undefined : decodeIndex(encoded);
  if (read === undefined || E.isLeft(read)) return undefined;
  const own = indexKey(read.right.height);
  return own.length === key.length && own.every((byte, i) => byte === key[i]) ? read.right : undefined;
};

/** Undefined: the row is damaged. */
export const readBegun = (row: Uint8Array): BegunSnapshot | undefined => {
  const encoded = uncheck(row);
  const read = encoded === undefined ? undefined : decodeBegun(encoded);
  return read !== undefined && E.isRight(read) ? read.right : undefined;
};

/** Takes a snapshot away, finished or not. */
export const removingRows = (height: bigint, chunks: number): readonly StateChange[] => [
  deleteRow(indexKey(height)),
  ...Array.from({ length: chunks }, (_, index) => deleteRow(bodyKey(height, index))),
];
