import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToHex, hash, hashFromBytes, hashToBytes, identityId, peerId, ZERO_HASH } from '@zhtp/types';

describe('branded values', () => {
  test('32 bytes and a hash are the same thing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const value = hashFromBytes(bytes);
        expect(value).toEqual(hash(bytesToHex(bytes)));
        expect(E.map(hashToBytes)(value)).toEqual(E.right(bytes));
      }),
    );
    expect(hashToBytes(ZERO_HASH)).toEqual(new Uint8Array(32));
  });

  test('hex order is byte order', () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes32, bytes32, (a, b) => {
        const byBytes = Math.sign(Buffer.compare(a, b));
        const [x, y] = [bytesToHex(a), bytesToHex(b)];
        expect(x < y ? -1 : x > y ? 1 : 0).toBe(byBytes);
      }),
    );
  });

  test('31 and 33 bytes are refused, never padded or cut', () => {
    for (const length of [0, 31, 33])
      expect(hashFromBytes(new Uint8Array(length))).toEqual(E.left(`a hash is 32 bytes, got ${String(length)}`));
  });

  test('the example identity of 27 bytes is refused, and so is any other form', () => {
    for (const wrong of [
      'validator_identity_32_bytes',
      'F'.repeat(64),
      '0'.repeat(63),
      '0'.repeat(65),
      `0x${'0'.repeat(62)}`,
      0,
      null,
      undefined,
      {},
    ]) {
      expect(identityId(wrong)).toEqual(
        E.left(expect.stringContaining('an identity is 64 lowercase hex characters, got')),
      );
      expect(hash(wrong)).toEqual(E.left(expect.stringContaining('a hash is 64 lowercase hex characters, got')));
    }
  });

  test('a peer id is 1 to 128 visible ASCII characters', () => {
    for (const ok of ['a', '~'.repeat(128), '12D3KooW!']) expect(peerId(ok)).toEqual(E.right(ok));
    for (const wrong of ['', 'a b', 'é', 'a\n', 'x'.repeat(129), 1]) expect(E.isLeft(peerId(wrong))).toBe(true);
  });
});
