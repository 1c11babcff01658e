import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, encodeUtf8 } from '@zhtp/types';
import { sha256, sha256Into } from '@zhtp/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** FIPS 180-4 examples (NIST, "SHA-256" example values), and SHA-256 of nothing. */
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
])('a known text has its known digest', (text, digest) => {
  expect(bytesToHex(sha256(encodeUtf8(text)))).toBe(digest);
});

test('the runtime and noble agree on any bytes, views into larger buffers included', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(100), (bytes, from) => {
      const view = bytes.subarray(from);
      expect(sha256(view)).toEqual(nobleSha256(view));
    }),
  );
});

test('a digest is a plain Uint8Array of 32 bytes on its own', () => {
  const digest = sha256(encodeUtf8('abc'));
  expect(digest.constructor).toBe(Uint8Array);
  expect(digest.buffer.byteLength).toBe(32);
});

test('a digest written at a place is the same one, and nothing beside it changes, its own input excepted', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 200 }), fc.nat(200), (bytes, place) => {
      const at = place % (bytes.length - 31);
      const digest = nobleSha256(bytes);
      const expected = bytes.slice();
      expected.set(digest, at);
      const other = bytes.slice();
      sha256Into(bytes, other, at);
      expect(other).toEqual(expected);
      sha256Into(bytes, bytes, at);
      expect(bytes).toEqual(expected);
    }),
  );
});
