import type { SignatureCheck, Validity, Verifier } from '@zhtp/types';
import { createAsyncVerifier, createVerifier, keyPairFromSeed, signMessage, type PrioritizedCheck } from '@zhtp/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noble, runtime } from './mldsa/back-ends.ts';
import { createTurns } from './turns.ts';

/** A check that is told apart by its one-byte message; the stand-in verifier finds even ones valid. */
const at = (name: number, height: bigint, round = 0): PrioritizedCheck => ({
  algorithm: 'ML-DSA-44',
  publicKey: new Uint8Array(0),
  domain: 'zhtp/vote/v1',
  message: Uint8Array.of(name),
  signature: new Uint8Array(0),
  priority: { height, round },
});
const nameOf = (check: SignatureCheck): number => check.message[0] ?? -1;

/** A verifier whose answers the test releases one by one. */
const manual = (concurrency: number) => {
  const running: { readonly name: number; readonly finish: () => void }[] = [];
  const started: number[] = [];
  const verifier: Verifier = {
    concurrency,
    verify: (check, done) => {
      const name = nameOf(check);
      started.push(name);
      running.push({ name, finish: () => done(name % 2 === 0 ? 'valid' : 'invalid') });
    },
  };
  const finishAll = (): void => {
    for (let next = running.shift(); next !== undefined; next = running.shift()) next.finish();
  };
  return { verifier, started, running, finishAll };
};

const setup = (concurrency: number, queueCapacity?: number) => {
  const turns = createTurns();
  const world = manual(concurrency);
  const asyncVerifier = createAsyncVerifier({
    verifier: world.verifier,
    schedule: turns.schedule,
    ...(queueCapacity === undefined ? {} : { queueCapacity }),
  });
  const answers: string[] = [];
  const verify = (check: PrioritizedCheck): void =>
    asyncVerifier.verify(check, (verdict) => answers.push(`${String(nameOf(check))} ${verdict}`));
  return { ...world, turns, asyncVerifier, answers, verify };
};

describe('the order of verification', () => {
  test('never has more in flight than the verifier can take', () => {
    const { verify, started, running, asyncVerifier } = setup(2);
    for (let name = 0; name < 5; name++) verify(at(name, 1n));
    expect(started).toEqual([0, 1]);
    expect(asyncVerifier.counters()).toEqual({ inFlight: 2, queued: 3, valid: 0, invalid: 0, dropped: 0 });
    running.shift()?.finish();
    expect(started).toEqual([0, 1, 2]);
  });

  test('is by distance in height, then in round, then by arrival', () => {
    const { verify, started, finishAll, asyncVerifier } = setup(1);
    asyncVerifier.setPosition({ height: 10n, round: 2 });
    verify(at(0, 99n));
    verify(at(1, 12n, 2));
    verify(at(2, 10n, 0));
    verify(at(3, 9n, 2));
    verify(at(4, 10n, 3));
    verify(at(5, 10n, 2));
    verify(at(6, 10n, 1));
    verify(at(7, 11n, 2));
    finishAll();
    expect(started).toEqual([0, 5, 4, 6, 2, 3, 7, 1]);
  });

  test('follows the node to its new position', () => {
    const { verify, started, finishAll, asyncVerifier } = setup(1);
    verify(at(0, 0n));
    for (const height of [1n, 2n, 3n, 2n ** 64n - 1n]) verify(at(Number(height & 0xfn), height));
    asyncVerifier.setPosition({ height: 2n ** 64n - 1n, round: 0 });
    finishAll();
    expect(started).toEqual([0, 15, 3, 2, 1]);
  });
});

describe('a full queue', () => {
  test('drops the farthest, be it the newcomer, and tells it later', () => {
    const { verify, started, finishAll, answers, turns, asyncVerifier } = setup(1, 2);
    verify(at(0, 0n));
    verify(at(2, 5n));
    verify(at(4, 9n));
    verify(at(6, 1n));
    verify(at(8, 50n));
    expect(answers).toEqual([]);
    turns.runAll();
    expect(answers).toEqual(['4 dropped', '8 dropped']);
    finishAll();
    expect(started).toEqual([0, 6, 2]);
    expect(asyncVerifier.counters()).toEqual({ inFlight: 0, queued: 0, valid: 3, invalid: 0, dropped: 2 });
  });

  test('answers every check exactly once, whatever comes', () => {
    const arbitraryCheck = fc.tuple(fc.nat(255), fc.bigInt({ min: 0n, max: 3n }), fc.nat(2));
    fc.assert(
      fc.property(
        fc.array(arbitraryCheck, { maxLength: 40 }),
        fc.nat(5),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(40),
        (given, capacity, cores, stopAt) => {
          const { asyncVerifier, finishAll, turns, running } = setup(cores, capacity);
          const answered = given.map(() => 0);
          for (const [i, [name, height, round]] of given.entries()) {
            if (i === stopAt) asyncVerifier.stop();
            if (i % 7 === 3) asyncVerifier.setPosition({ height, round });
            if (i % 5 === 4) running.shift()?.finish();
            asyncVerifier.verifyBatch(
              Array.from({ length: name % 4 }, (_, k) => at(name + k, height, round)),
              () => {
                answered[i] = (answered[i] ?? 0) + 1;
              },
            );
          }
          finishAll();
          turns.runAll();
          finishAll();
          expect(answered.every((times) => times === 1)).toBe(true);
          expect(asyncVerifier.counters()).toMatchObject({ inFlight: 0, queued: 0 });
        },
      ),
    );
  });
});

describe('a batch', () => {
  const batch = (names: readonly number[], capacity?: number) => {
    const world = setup(2, capacity);
    const verdicts: unknown[] = [];
    world.asyncVerifier.verifyBatch(
      names.map((name) => at(name, 1n)),
      (verdict) => verdicts.push(verdict),
    );
    expect(verdicts).toEqual([]);
    return { ...world, verdicts };
  };

  test('is valid when every check is', () => {
    const { verdicts, finishAll } = batch([0, 2, 4, 6, 8]);
    finishAll();
    expect(verdicts).toEqual([{ _tag: 'AllValid' }]);
  });

  test('is invalid with the first failure, and the rest is not started', () => {
    const { verdicts, finishAll, started } = batch([0, 3, 4, 6, 8]);
    finishAll();
    expect(verdicts).toEqual([{ _tag: 'Invalid', index: 1 }]);
    expect(started.length).toBeLessThan(5);
  });

  test('of no checks is valid, later', () => {
    const { verdicts, turns } = batch([]);
    turns.runAll();
    expect(verdicts).toEqual([{ _tag: 'AllValid' }]);
  });

  test('larger than the queue is dropped whole; one that just fits is not', () => {
    const over = batch([0, 2, 4], 2);
    over.turns.runAll();
    expect(over.verdicts).toEqual([{ _tag: 'Dropped' }]);
    expect(over.asyncVerifier.counters().dropped).toBe(3);
    const fitting = batch([0, 2], 2);
    fitting.finishAll();
    expect(fitting.verdicts).toEqual([{ _tag: 'AllValid' }]);
  });
});

test('a stopped verifier drops what waits and what comes, and finishes what runs', () => {
  const { verify, answers, turns, asyncVerifier, finishAll } = setup(1);
  verify(at(0, 1n));
  verify(at(2, 1n));
  asyncVerifier.stop();
  verify(at(4, 1n));
  turns.runAll();
  finishAll();
  expect(answers).toEqual(['2 dropped', '4 dropped', '0 valid']);
});

test.each([noble, runtime])(
  'real signatures on $name: a certificate with one forged signature is invalid',
  async (backend) => {
    const keys = Array.from({ length: 5 }, (_, i) => keyPairFromSeed('ML-DSA-44', new Uint8Array(32).fill(i)));
    const message = new Uint8Array(100);
    const certificate = keys.map((keyPair): PrioritizedCheck => ({
      algorithm: keyPair.algorithm,
      publicKey: keyPair.publicKey,
      domain: 'zhtp/vote/v1',
      message,
      signature: signMessage(keyPair, 'zhtp/vote/v1', message),
      priority: { height: 1n, round: 0 },
    }));
    const [first] = certificate;
    const forged = certificate.map((check, i) =>
      i === 3 && first !== undefined ? { ...check, signature: first.signature } : check,
    );
    const verifier = createVerifier({ backend, concurrency: 2, schedule: setImmediate });
    const asyncVerifier = createAsyncVerifier({ verifier, schedule: setImmediate });
    const verdictOf = (checks: readonly PrioritizedCheck[]) =>
      new Promise((resolve) => asyncVerifier.verifyBatch(checks, resolve));
    expect(await verdictOf(certificate)).toEqual({ _tag: 'AllValid' });
    expect(await verdictOf(forged)).toEqual({ _tag: 'Invalid', index: 3 });
    const single = await new Promise<Validity | 'dropped'>((resolve) => {
      if (first !== undefined) asyncVerifier.verify(first, resolve);
    });
    expect(single).toBe('valid');
  },
);
