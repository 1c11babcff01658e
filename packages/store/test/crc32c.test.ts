import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c } from '@zhtp/store';

const bitwise = (bytes: Uint8Array): number => {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  return ~crc >>> 0;
};

describe('CRC-32C', () => {
  // RFC 3720 appendix B.4 prints the checksums as they stand in a message, least significant byte first.
  test.each([
    ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 bytes of incrementing 00..1f', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['32 bytes of decrementing 1f..00', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    [
      'an iSCSI read command',
      Uint8Array.from(
        '01c00000 00000000 00000000 00000000 14000000 00000400 00000014 00000018 28000000 00000000 02000000 00000000'
          .replaceAll(' ', '')
          .match(/../g)
          ?.map((hex) => Number.parseInt(hex, 16)) ?? [],
      ),
      0xd9963a56,
    ],
    ['the check value', new TextEncoder().encode('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(), 0],
  ])('of %s is that of RFC 3720', (_title, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  test('equals the bit by bit definition, and continues over parts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, at) => {
        expect(crc32c(bytes)).toBe(bitwise(bytes));
        expect(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at)))).toBe(crc32c(bytes));
        expect(crc32c(bytes, 0, Math.min(at, bytes.length))).toBe(crc32c(bytes.subarray(at)));
      }),
    );
  });
});
