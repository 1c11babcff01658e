/**
 * CRC-32C (Castagnoli), RFC 3720 appendix B.4: reflected polynomial 0x82F63B78, all ones in and out. Eight tables
 * ("slicing by 8") take eight bytes a step: a record is as long as a signature and there is one per message.
 */
const POLYNOMIAL = 0x82f6_3b78;
const SLICES = 8;

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

/** From here on it pays to look at the bytes through a view, two words at a time. */
const VIEWED_BYTES = 64;

/**
 * Checksum of `bytes` from `start` up to `end`, as an unsigned 32-bit number.
 * `previous` continues an earlier checksum: crc32c(ab) = crc32c(b, crc32c(a)).
 */
export const crc32c = (bytes: Uint8Array, previous = 0, start = 0, end = bytes.length): number => {
  let crc = ~previous;
  let i = start;
  if (end - start >= VIEWED_BYTES) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, end);
    for (; i + SLICES <= end; i += SLICES) {
      const low = crc ^ view.getInt32(i, true);
      const high = view.getInt32(i + 4, true);
      crc =
        at(7, low) ^
        at(6, low >>> 8) ^
        at(5, low >>> 16) ^
        at(4, low >>> 24) ^
        at(3, high) ^
        at(2, high >>> 8) ^
        at(1, high >>> 16) ^
        at(0, high >>> 24);
    }
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ at(0, crc ^ (bytes[i] ?? 0));
  return ~crc >>> 0;
};
