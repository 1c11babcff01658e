import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { createNobleBackend, createRuntimeBackend, schemeOf, SIGNATURE_ALGORITHMS } from '@zhtp/crypto';
import { encodeUtf8, type SignatureAlgorithm } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noble, nobleAndRuntime, runtime } from './back-ends.ts';

const SEED = new Uint8Array(32).fill(7);
const MESSAGE = encodeUtf8('a message');
const CONTEXT = encodeUtf8('a context');

const signed = (algorithm: SignatureAlgorithm, backend = noble, context = CONTEXT) => ({
  algorithm,
  publicKey: backend.keygenFromSeed(algorithm, SEED),
  message: MESSAGE,
  context,
  signature: backend.sign({ algorithm, seed: SEED, message: MESSAGE, context, deterministic: false }),
});

test('the sizes of FIPS 204 Table 2 are those the library states', () => {
  const stated = [ml_dsa44, ml_dsa65, ml_dsa87].map(({ lengths }) => ({
    seedBytes: lengths.seed,
    publicKeyBytes: lengths.publicKey,
    expandedSecretKeyBytes: lengths.secretKey,
    signatureBytes: lengths.signature,
  }));
  expect(SIGNATURE_ALGORITHMS.map((algorithm) => schemeOf(algorithm))).toMatchObject(stated);
});

describe.each(SIGNATURE_ALGORITHMS)('%s', (algorithm) => {
  test('both back ends derive the same key from a seed', () => {
    expect(runtime.keygenFromSeed(algorithm, SEED)).toEqual(noble.keygenFromSeed(algorithm, SEED));
  });

  test.each([0, 1, 254, 255])('each accepts what the other signs, under a context of %i bytes', (length) => {
    const context = new Uint8Array(length).fill(3);
    expect(runtime.verify(signed(algorithm, noble, context))).toBe('valid');
    expect(noble.verify(signed(algorithm, runtime, context))).toBe('valid');
  });

  describe.each(nobleAndRuntime)('$name', (backend) => {
    const check = signed(algorithm, backend);

    test('sees what is written into an array it has known as a key', () => {
      const publicKey = check.publicKey.slice();
      expect(backend.verify({ ...check, publicKey })).toBe('valid');
      publicKey[0] = (publicKey[0] ?? 0) ^ 1;
      expect(backend.verify({ ...check, publicKey })).toBe('invalid');
      publicKey[0] = (publicKey[0] ?? 0) ^ 1;
      expect(backend.verify({ ...check, publicKey })).toBe('valid');
    });

    test('refuses a context of 256 bytes, on both sides', () => {
      const context = new Uint8Array(256);
      expect(backend.verify({ ...check, context })).toBe('invalid');
      expect(() => backend.sign({ algorithm, seed: SEED, message: MESSAGE, context, deterministic: false })).toThrow(
        'at most 255 bytes',
      );
    });

    test('finds signatures, keys and contexts of wrong lengths invalid', () => {
      const { publicKeyBytes, signatureBytes } = schemeOf(algorithm);
      for (const length of [0, 1, publicKeyBytes - 1, publicKeyBytes + 1])
        expect(backend.verify({ ...check, publicKey: new Uint8Array(length) })).toBe('invalid');
      for (const length of [0, 1, signatureBytes - 1, signatureBytes + 1])
        expect(backend.verify({ ...check, signature: new Uint8Array(length) })).toBe('invalid');
    });

    test('finds bytes of the right lengths that mean nothing invalid', () => {
      for (const fill of [0x00, 0x01, 0x7f, 0xff]) {
        expect(backend.verify({ ...check, signature: check.signature.map(() => fill) })).toBe('invalid');
        expect(backend.verify({ ...check, publicKey: check.publicKey.map(() => fill) })).toBe('invalid');
      }
    });

    test('finds a signature with any one bit changed, another message or context invalid', () => {
      fc.assert(
        fc.property(fc.nat(check.signature.length - 1), fc.nat(7), (at, bit) => {
          const signature = check.signature.slice();
          signature[at] = (signature[at] ?? 0) ^ (1 << bit);
          expect(backend.verify({ ...check, signature })).toBe('invalid');
        }),
        { numRuns: 25 },
      );
      expect(backend.verify({ ...check, message: encodeUtf8('a messagf') })).toBe('invalid');
      expect(backend.verify({ ...check, context: encodeUtf8('a contexu') })).toBe('invalid');
      expect(backend.verify(check)).toBe('valid');
    });

    test('signs hedged: twice the same gives two signatures', () => {
      const request = { algorithm, seed: SEED, message: MESSAGE, context: CONTEXT, deterministic: false };
      expect(backend.sign(request)).not.toEqual(backend.sign(request));
    });

    test('signs deterministically on request, byte for byte as the other', () => {
      const request = { algorithm, seed: SEED, message: MESSAGE, context: CONTEXT, deterministic: true };
      expect(backend.sign(request)).toEqual(noble.sign(request));
    });

    test('throws on a seed of another length', () => {
      expect(() => backend.keygenFromSeed(algorithm, new Uint8Array(31))).toThrow('32 bytes, got 31');
    });

    test('notices when an array is overwritten with another seed', () => {
      const seed = SEED.slice();
      const before = backend.keygenFromSeed(algorithm, seed);
      seed.fill(8);
      expect(backend.keygenFromSeed(algorithm, seed)).toEqual(
        noble.keygenFromSeed(algorithm, new Uint8Array(32).fill(8)),
      );
      expect(before).toEqual(noble.keygenFromSeed(algorithm, SEED));
    });
  });
});

test('hedging takes its entropy from the given source alone', () => {
  const asked: number[] = [];
  const backend = createNobleBackend((length) => {
    asked.push(length);
    return new Uint8Array(length).fill(5);
  });
  const request = {
    algorithm: 'ML-DSA-44',
    seed: SEED,
    message: MESSAGE,
    context: CONTEXT,
    deterministic: false,
  } as const;
  expect(backend.sign(request)).toEqual(backend.sign(request));
  expect(asked).toEqual([32, 32]);
});

test('a verification in the pool answers later, from the bytes as they were', async () => {
  const check = signed('ML-DSA-65');
  const message = check.message.slice();
  const pool = O.toUndefined(runtime.verifyInPool);
  const order: string[] = [];
  const verdict = await new Promise((resolve) => {
    order.push(
      pool?.({ ...check, message }, (validity) => {
        order.push('done');
        resolve(validity);
      }) ?? 'no pool',
    );
    message.fill(0);
    order.push('returned');
  });
  expect([verdict, ...order]).toEqual(['valid', 'started', 'returned', 'done']);
});

test('a signature on which the runtime fails is judged by the fallback, never called forged', async () => {
  const failing = createRuntimeBackend(noble, {
    createPublicKey: () => ({ export: () => new Uint8Array(0) }),
    createPrivateKey: () => ({ export: () => new Uint8Array(0) }),
    sign: () => new Uint8Array(0),
    verify: (
      _digest: undefined,
      _message: Uint8Array,
      _key: unknown,
      _signature: Uint8Array,
      done?: (error: Error | null, valid: boolean) => void,
    ) => {
      if (done === undefined) throw new Error('out of memory');
      setImmediate(() => done(new Error('out of memory'), false));
      return false;
    },
  });
  expect(E.isRight(failing)).toBe(true);
  if (E.isLeft(failing)) return;
  const check = signed('ML-DSA-44');
  expect(failing.right.verify(check)).toBe('valid');
  const pool = O.toUndefined(failing.right.verifyInPool);
  expect(await new Promise((resolve) => pool?.(check, resolve))).toBe('valid');
});

test('a key that was written over is found out, at its last byte', () => {
  const check = signed('ML-DSA-65');
  const publicKey = check.publicKey.slice();
  expect(runtime.verify({ ...check, publicKey })).toBe('valid');
  publicKey[1951] = (publicKey[1951] ?? 0) ^ 0x80;
  expect(runtime.verify({ ...check, publicKey })).toBe('invalid');
});

test('more keys than are kept imported verify all the same', () => {
  const check = signed('ML-DSA-44');
  for (let i = 0; i < 1100; i++) {
    const publicKey = check.publicKey.slice();
    publicKey[1000] = i & 255;
    publicKey[1001] = i >> 8;
    expect(runtime.verify({ ...check, publicKey })).toBe(
      publicKey[1000] === check.publicKey[1000] && publicKey[1001] === check.publicKey[1001] ? 'valid' : 'invalid',
    );
  }
  expect(runtime.verify(check)).toBe('valid');
});
