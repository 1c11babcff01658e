import { bytesToHex, encodeUtf8 } from '@zhtp/types';
import {
  generateKeyPair,
  identityOf,
  isPublicKeyOf,
  isSignatureDomain,
  isSignatureOf,
  keyPairFromSeed,
  SIGNATURE_ALGORITHMS,
  SIGNATURE_DOMAINS,
  signMessage,
  systemRandom,
  taggedHash,
  verifyMessage,
} from '@zhtp/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nobleAndRuntime } from './mldsa/back-ends.ts';

const MESSAGE = encodeUtf8('height 7, round 0');

describe('a signature', () => {
  const keyPair = keyPairFromSeed('ML-DSA-65', new Uint8Array(32).fill(1));
  const { algorithm, publicKey } = keyPair;

  test.each(nobleAndRuntime)('made for one domain verifies in no other ($name)', (backend) => {
    for (const made of SIGNATURE_DOMAINS) {
      const signature = signMessage(keyPair, made, MESSAGE, { backend });
      expect(
        SIGNATURE_DOMAINS.filter(
          (domain) => verifyMessage(algorithm, publicKey, domain, MESSAGE, signature, backend) === 'valid',
        ),
      ).toEqual([made]);
    }
  });

  test('of one parameter set verifies under no other', () => {
    const signature = signMessage(keyPair, 'zhtp/vote/v1', MESSAGE);
    expect(
      SIGNATURE_ALGORITHMS.map((other) => verifyMessage(other, publicKey, 'zhtp/vote/v1', MESSAGE, signature)),
    ).toEqual(['invalid', 'valid', 'invalid']);
  });

  test('is hedged, or the same bytes on request', () => {
    const sign = (deterministic: boolean) =>
      bytesToHex(signMessage(keyPair, 'zhtp/vote/v1', MESSAGE, { deterministic }));
    expect(sign(false)).not.toBe(sign(false));
    expect(sign(true)).toBe(sign(true));
  });

  test('of any bytes for any key is judged without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4000 }), fc.uint8Array({ maxLength: 4000 }), (key, signature) => {
        expect(verifyMessage('ML-DSA-44', key, 'zhtp/vote/v1', MESSAGE, signature)).toBe('invalid');
      }),
    );
  });

  test('by a key pair whose secret is no seed is a broken invariant', () => {
    expect(() => signMessage({ ...keyPair, secretKey: new Uint8Array(4032) }, 'zhtp/vote/v1', MESSAGE)).toThrow(
      'seed has 32 bytes',
    );
  });
});

describe('a key pair', () => {
  test.each(SIGNATURE_ALGORITHMS)(
    'of %s keeps its seed as the secret and has the lengths of its scheme',
    (algorithm) => {
      const seed = new Uint8Array(32).fill(9);
      const keyPair = keyPairFromSeed(algorithm, seed);
      expect(keyPair.secretKey).toEqual(seed);
      expect(keyPair.secretKey).not.toBe(seed);
      expect(isPublicKeyOf(algorithm, keyPair.publicKey)).toBe(true);
      expect(isPublicKeyOf(algorithm, keyPair.publicKey.subarray(1))).toBe(false);
      expect(isSignatureOf(algorithm, signMessage(keyPair, 'zhtp/vote/v1', MESSAGE))).toBe(true);
    },
  );

  test('is fresh each time, from the given source', () => {
    expect(generateKeyPair('ML-DSA-44').secretKey).not.toEqual(generateKeyPair('ML-DSA-44').secretKey);
    expect(generateKeyPair('ML-DSA-44', (length) => new Uint8Array(length).fill(2)).secretKey).toEqual(
      new Uint8Array(32).fill(2),
    );
  });
});

test('an identity binds algorithm and key', () => {
  const key = new Uint8Array(1952).fill(4);
  expect(identityOf('ML-DSA-65', key)).toBe(taggedHash('zhtp/identity/v1', Uint8Array.of(2), key));
  expect(new Set(SIGNATURE_ALGORITHMS.map((algorithm) => identityOf(algorithm, key))).size).toBe(3);
});

test('a domain is one of seven names of at most 255 bytes', () => {
  expect(SIGNATURE_DOMAINS).toHaveLength(9);
  expect(SIGNATURE_DOMAINS.every((domain) => /^zhtp\/[a-z]+\/v1$/.test(domain) && isSignatureDomain(domain))).toBe(
    true,
  );
  expect(['', 'zhtp/vote/v2', 'toString', '__proto__'].map(isSignatureDomain)).toEqual([false, false, false, false]);
});

test('the system gives as many random bytes as asked, above one call of the generator too', () => {
  expect([0, 1, 65_536, 65_537, 200_000].map((length) => systemRandom(length).length)).toEqual([
    0, 1, 65_536, 65_537, 200_000,
  ]);
  expect(systemRandom(65_568).subarray(65_536)).not.toEqual(new Uint8Array(32));
});
