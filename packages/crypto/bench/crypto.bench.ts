import { availableParallelism } from 'node:os';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { describeVectors } from '@zhtp/testing';
import {
  checkKey,
  createAsyncVerifier,
  createNobleBackend,
  createRuntimeBackend,
  createVerifiedCache,
  createVerifier,
  keyPairFromSeed,
  sha256,
  SIGNATURE_ALGORITHMS,
  signMessage,
  type PrioritizedCheck,
  type SignatureBackend,
} from '@zhtp/crypto';
import type { SignatureAlgorithm } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { expect, test } from 'vitest';
import { printRatio, secondsPerCall, secondsPerCallInTurns, type AsyncWork } from './measure.ts';

const TIMEOUT_MS = 300_000;
const noble = createNobleBackend();
const runtime: SignatureBackend = (() => {
  const backend = createRuntimeBackend(noble);
  if (E.isLeft(backend)) throw new Error(backend.left);
  return backend.right;
})();

const SEED = new Uint8Array(32).fill(1);
const MESSAGE = new Uint8Array(200);
const EMPTY = new Uint8Array(0);

const voteCheck = (algorithm: SignatureAlgorithm): PrioritizedCheck => {
  const keyPair = keyPairFromSeed(algorithm, SEED);
  const signature = signMessage(keyPair, 'zhtp/vote/v1', MESSAGE);
  return { algorithm, publicKey: keyPair.publicKey, domain: 'zhtp/vote/v1', message: MESSAGE, signature, priority: { height: 1n, round: 0 } };
};
const inContext = ({ domain, ...check }: PrioritizedCheck) => ({ ...check, context: new TextEncoder().encode(domain) });

test.each(SIGNATURE_ALGORITHMS)('%s: one core, runtime against noble', { timeout: TIMEOUT_MS }, (algorithm) => {
  const check = inContext(voteCheck(algorithm));
  const request = { algorithm, seed: SEED, message: MESSAGE, context: check.context, deterministic: false };
  const verify = printRatio(
    `${algorithm} verify, noble / runtime (aim 5)`,
    secondsPerCall(60, () => noble.verify(check)),
    secondsPerCall(300, () => runtime.verify(check)),
  );
  const sign = printRatio(
    `${algorithm} sign, noble / runtime`,
    secondsPerCall(40, () => noble.sign(request)),
    secondsPerCall(100, () => runtime.sign(request)),
  );
  expect(verify).toBeGreaterThan(1);
  expect(sign).toBeGreaterThan(1);
});

test('ML-DSA-65: two cores against one', { timeout: TIMEOUT_MS }, async () => {
  const check = voteCheck('ML-DSA-65');
  const checkInContext = inContext(check);
  const count = 100;
  const sync: AsyncWork = (allDone) => {
    for (let i = 0; i < count; i++) runtime.verify(checkInContext);
    allDone();
  };
  const pooled =
    (concurrency: number): AsyncWork =>
    (allDone) => {
      const verifier = createVerifier({ backend: runtime, concurrency, schedule: setImmediate });
      const asyncVerifier = createAsyncVerifier({ verifier, schedule: setImmediate });
      asyncVerifier.verifyBatch(Array<PrioritizedCheck>(count).fill(check), allDone);
    };
  const [alone = 0, one = 0, two = 0] = await secondsPerCallInTurns(count, [sync, pooled(1), pooled(2)], 60);
  const ratio = printRatio('ML-DSA-65 verify, called on one core / two at a time on the pool (aim 1.7)', alone, two);
  printRatio('ML-DSA-65 verify, one at a time / two at a time on the pool', one, two);
  if (availableParallelism() > 1) expect(ratio).toBeGreaterThan(1);
  else expect(ratio).toBeGreaterThan(0);
});

test('SHA-256: runtime against noble', () => {
  const ratios = [65, 5_000, 1_000_000].map((length) => {
    const bytes = new Uint8Array(length);
    const calls = length > 100_000 ? 20 : 5_000;
    return printRatio(
      `SHA-256 of ${String(length)} bytes, noble / here`,
      secondsPerCall(calls, () => nobleSha256(bytes)),
      secondsPerCall(calls, () => sha256(bytes)),
    );
  });
  expect(ratios.every((ratio) => ratio > 1)).toBe(true);
});

test('a hit in the verified cache against a verification', () => {
  const check = voteCheck('ML-DSA-65');
  const checkInContext = inContext(check);
  const cache = createVerifiedCache(1000);
  cache.remember(checkKey(check));
  const ratio = printRatio(
    'ML-DSA-65, runtime verify / cache hit with its key',
    secondsPerCall(300, () => runtime.verify(checkInContext)),
    secondsPerCall(3000, () => cache.lookup(checkKey(check))),
  );
  expect(ratio).toBeGreaterThan(1);
});

describeVectors<readonly string[]>('CCTV benchmark messages', 'mldsa/cctv_benchmark_messages_ML-DSA-65.json', (messages) => {
  test('ML-DSA-65 signing at the exact average number of rejections', { timeout: TIMEOUT_MS }, () => {
    const encoder = new TextEncoder();
    const requests = messages.map((text) => ({
      algorithm: 'ML-DSA-65' as const,
      seed: new Uint8Array(32),
      message: encoder.encode(text),
      context: EMPTY,
    }));
    // One array each: the expanded key is remembered by the array that holds the seed.
    const [first] = requests;
    const seed = first?.seed ?? SEED;
    const signAll = (backend: SignatureBackend, deterministic: boolean): void => {
      for (const request of requests) backend.sign({ ...request, seed, deterministic });
    };
    const ratio = printRatio(
      'ML-DSA-65 sign, CCTV messages: noble deterministic / runtime hedged',
      secondsPerCall(1, () => signAll(noble, true), 3) / requests.length,
      secondsPerCall(1, () => signAll(runtime, false), 3) / requests.length,
    );
    expect(ratio).toBeGreaterThan(1);
  });
});
