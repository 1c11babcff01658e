import { encodeUtf8, type SignatureCheck, type Validity } from '@zhtp/types';
import {
  createVerifiedChecks,
  createVerifier,
  keyPairFromSeed,
  signMessage,
  type SignatureBackend,
} from '@zhtp/crypto';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { noble, nobleAndRuntime, runtime } from './mldsa/back-ends.ts';
import { createTurns } from './turns.ts';

const keyPair = keyPairFromSeed('ML-DSA-44', new Uint8Array(32).fill(1));
const checkOf = (text: string): SignatureCheck => ({
  algorithm: keyPair.algorithm,
  publicKey: keyPair.publicKey,
  domain: 'zhtp/vote/v1',
  message: encodeUtf8(text),
  signature: signMessage(keyPair, 'zhtp/vote/v1', encodeUtf8(text)),
});
const good = checkOf('good');
const bad: SignatureCheck = { ...good, message: encodeUtf8('bad') };
const malformed: readonly SignatureCheck[] = [
  { ...good, signature: good.signature.subarray(1) },
  { ...good, publicKey: new Uint8Array(0) },
  { ...good, domain: 'zhtp/vote/v2' },
  { ...good, domain: '' },
];

describe.each(nobleAndRuntime)('on $name', (backend) => {
  test('every check is answered once, later, rightly', async () => {
    const verifier = createVerifier({ backend, concurrency: 2, schedule: setImmediate });
    const checks = [good, bad, ...malformed, good];
    let returned = false;
    const verdicts = await Promise.all(
      checks
        .map(
          (check) =>
            new Promise((resolve) =>
              verifier.verify(check, (validity) => {
                expect(returned).toBe(true);
                resolve(validity);
              }),
            ),
        )
        .concat([Promise.resolve((returned = true))]),
    );
    expect(verdicts.slice(0, -1)).toEqual(['valid', 'invalid', 'invalid', 'invalid', 'invalid', 'invalid', 'valid']);
  });
});

test('without a pool a turn takes one chunk, in order of arrival', () => {
  const turns = createTurns();
  const verifier = createVerifier({ backend: noble, concurrency: 8, schedule: turns.schedule, chunk: 2 });
  const answers: string[] = [];
  for (const [i, check] of [good, bad, good, bad, good].entries())
    verifier.verify(check, (validity) => answers.push(`${String(i)} ${validity}`));
  expect(answers).toEqual([]);
  expect(verifier.concurrency).toBe(2);
  const perTurn = [1, 2, 3, 4].map(() => {
    const tasks = turns.run();
    return [tasks, answers.length];
  });
  expect(perTurn).toEqual([
    [1, 2],
    [1, 4],
    [1, 5],
    [0, 5],
  ]);
  expect(answers).toEqual(['0 valid', '1 invalid', '2 valid', '3 invalid', '4 valid']);
});

test('work given from inside an answer is done too', () => {
  const turns = createTurns();
  const verifier = createVerifier({ backend: noble, concurrency: 1, schedule: turns.schedule });
  const answers: Validity[] = [];
  verifier.verify(good, (first) => {
    answers.push(first);
    verifier.verify(bad, (second) => answers.push(second));
  });
  turns.runAll();
  expect(answers).toEqual(['valid', 'invalid']);
});

test('what the pool refuses is verified in a later turn', () => {
  const turns = createTurns();
  const backend: SignatureBackend = { ...runtime, verifyInPool: O.some(() => 'refused') };
  const verifier = createVerifier({ backend, concurrency: 2, schedule: turns.schedule });
  const answers: Validity[] = [];
  verifier.verify(good, (validity) => answers.push(validity));
  expect(answers).toEqual([]);
  turns.runAll();
  expect(answers).toEqual(['valid']);
  expect(verifier.concurrency).toBe(2);
});

test('the cache spares valid checks and never remembers invalid ones', () => {
  const turns = createTurns();
  let verifications = 0;
  const backend: SignatureBackend = {
    ...noble,
    verify: (check) => {
      verifications += 1;
      return noble.verify(check);
    },
  };
  const cache = createVerifiedChecks(10);
  const verifier = createVerifier({ backend, concurrency: 1, schedule: turns.schedule, cache });
  const answers: Validity[] = [];
  for (const check of [good, bad, good, bad, ...malformed]) {
    verifier.verify(check, (validity) => answers.push(validity));
    turns.runAll();
  }
  expect(answers).toEqual(['valid', 'invalid', 'valid', ...Array.from({ length: 5 }, () => 'invalid')]);
  expect(verifications).toBe(3);
  expect(cache.counters()).toEqual({ size: 1, hits: 1, misses: 3, evictions: 0 });
});
