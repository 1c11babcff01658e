/**
 * CRC-32C (Castagnoli), RFC 3720 appendix B.4: reflected polynomial 0x82F63B78, all ones in and out. Sixteen tables
 * ("slicing by 16") take sixteen bytes a step: a record is as long as a signature and there is one per message.
 */
const POLYNOMIAL = 0x82f6_3b78;
const SLICES = 16;

const TABLES: Int32Array = (() => {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256] ?? 0;
    tables[i] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
  }
  return tables;
})();

const at = (slice: number, index: number): number => TABLES[(slice << 8) | (index & 0xff)] ?? 0;

/** From here on it pays to look at the bytes through a view, four words at a time. */
const VIEWED_BYTES = 64;

/**
 * Checksum of `bytes` from `start` up to `end`, as an unsigned 32-bit number.
 * `previous` continues an earlier checksum: crc32c(ab) = crc32c(b, crc32c(a)).
 * @param viewed of `bytes`, where the caller has a view
 */
export const crc32c = (bytes: Uint8Array, previous = 0, start = 0, end = bytes.length, viewed?: DataView): number => {
  let crc = ~previous;
  let i = start;
  if (end - start >= VIEWED_BYTES) {
    const view = viewed ?? new DataView(bytes.buffer, bytes.byteOffset, end);
    for (; i + SLICES <= end; i += SLICES) {
      const first = crc ^ view.getInt32(i, true);
      const second = view.getInt32(i + 4, true);
      const third = view.getInt32(i + 8, true);
      const fourth = view.getInt32(i + 12, true);
      crc =
        at(15, first) ^
        at(14, first >>> 8) ^
        at(13, first >>> 16) ^
        at(12, first >>> 24) ^
        at(11, second) ^
        at(10, second >>> 8) ^
        at(9, second >>> 16) ^
        at(8, second >>> 24) ^
        at(7, third) ^
        at(6, third >>> 8) ^
        at(5, third >>> 16) ^
        at(4, third >>> 24) ^
        at(3, fourth) ^
        at(2, fourth >>> 8) ^
        at(1, fourth >>> 16) ^
        at(0, fourth >>> 24);
    }
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ at(0, crc ^ (bytes[i] ?? 0));
  return ~crc >>> 0;
};
