import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToHex, equalBytes } from '@zhtp/types';

describe('byte strings', () => {
  test('are equal exactly when their hex is', () => {
    const bytes = fc.uint8Array({ maxLength: 4 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(equalBytes(a, b)).toBe(bytesToHex(a) === bytesToHex(b));
        expect(equalBytes(a, a.slice())).toBe(true);
      }),
    );
  });

  test('differ by one bit anywhere, or by one byte at the end', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    for (const i of [0, 1, 2]) {
      const changed = bytes.slice();
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(equalBytes(bytes, changed)).toBe(false);
    }
    expect(equalBytes(bytes, Uint8Array.of(1, 2, 3, 0))).toBe(false);
    expect(equalBytes(bytes, bytes.subarray(0, 2))).toBe(false);
  });
});
