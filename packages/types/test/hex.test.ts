import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes, nativeHex, portableHex } from '@zhtp/types';

describe('hex', () => {
  test.runIf(nativeHex !== undefined)('the runtime’s conversion and our own agree', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const hex = portableHex.format(bytes);
        expect(nativeHex?.format(bytes)).toBe(hex);
        expect(nativeHex?.parse(hex)).toEqual(portableHex.parse(hex));
        expect(portableHex.parse(hex)).toEqual(bytes);
      }),
    );
  });

  test('every byte value has two lowercase digits', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(bytesToHex(all)).toBe(Buffer.from(all).toString('hex'));
    expect(hexToBytes(bytesToHex(all))).toEqual(E.right(all));
  });

  test('upper case, odd length, other characters and white space are refused', () => {
    for (const wrong of ['A0', 'a', '0g', '0x00', ' 00', '00\n', '００'])
      expect(hexToBytes(wrong)).toEqual(
        E.left(expect.stringContaining('hex is an even number of lowercase hex digits')),
      );
    expect(hexToBytes('')).toEqual(E.right(new Uint8Array(0)));
  });
});
