import { crc32c } from './crc32c.ts';
import { viewOf } from './bytes.ts';

/**
 * One record of a journal or a signer file (protocol.md, Durability), big-endian:
 *
 *     sequence u64 | length u32 | CRC-32C of these twelve u32 | payload | CRC-32C of the payload u32
 *
 * Both checksums continue the file's salt, so that bytes somebody else chose (a transaction inside a payload) never
 * read as a record of this file.
 */
const RECORD_HEADER_BYTES = 16;
export const RECORD_OVERHEAD_BYTES = RECORD_HEADER_BYTES + 4;

/** Longest payload: twice the largest frame (protocol.md, Messages). */
export const PAYLOAD_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Writes a record into `target` at `offset`, which has room for it; answers the offset behind it.
 * @param view of `target`, where the caller has one
 */
export const writeRecord = (
  target: Uint8Array,
  offset: number,
  salt: number,
  sequence: bigint,
  payload: Uint8Array,
  view: DataView = viewOf(target),
): number => {
  view.setBigUint64(offset, sequence);
  view.setUint32(offset + 8, payload.length);
  view.setUint32(offset + 12, crc32c(target, salt, offset, offset + 12));
  const start = offset + RECORD_HEADER_BYTES;
  const end = start + payload.length;
  target.set(payload, start);
  view.setUint32(end, crc32c(target, salt, start, end, view));
  return end + 4;
};

/** What stands at an offset. `end` is where the next record begins. */
export type RecordRead =
  | { readonly _tag: 'Record'; readonly sequence: bigint; readonly payload: Uint8Array; readonly end: number }
  /** The header holds, and promises more bytes than the file has. */
  | { readonly _tag: 'CutPayload'; readonly sequence: bigint }
  /** The header holds, the payload does not. */
  | { readonly _tag: 'BadPayload'; readonly sequence: bigint; readonly end: number }
  /** Fewer bytes than a header. */
  | { readonly _tag: 'CutHeader' }
  | { readonly _tag: 'BadHeader' };

export const readRecord = (file: Uint8Array, offset: number, salt: number): RecordRead => {
  if (offset + RECORD_HEADER_BYTES > file.length) return { _tag: 'CutHeader' };
  const view = viewOf(file);
  const length = view.getUint32(offset + 8);
  if (length > PAYLOAD_BYTES_MAX || view.getUint32(offset + 12) !== crc32c(file, salt, offset, offset + 12))
    return { _tag: 'BadHeader' };
  const sequence = view.getBigUint64(offset);
  const payloadEnd = offset + RECORD_HEADER_BYTES + length;
  const end = payloadEnd + 4;
  if (end > file.length) return { _tag: 'CutPayload', sequence };
  if (view.getUint32(payloadEnd) !== crc32c(file, salt, offset + RECORD_HEADER_BYTES, payloadEnd))
    return { _tag: 'BadPayload', sequence, end };
  return { _tag: 'Record', sequence, payload: file.slice(offset + RECORD_HEADER_BYTES, payloadEnd), end };
};
