import { decode, encode, U64_MAX, workProofCodec, type WorkProof as WorkProofRecord } from '@zhtp/types';
import { WorkProof, type WorkProofArguments } from '@zhtp/proofs';
import { workQualityPpm } from '../src/work-quality.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectRefused } from './expect-refused.ts';
import { hashOf, right } from './support.ts';

const origin = { nodeId: hashOf('node'), timestamp: 1_700_000_000n };
const work = (changes: Partial<WorkProofArguments> = {}): WorkProofArguments => ({
  routingWork: 1_000n,
  storageWork: 2_000n,
  computeWork: 1_500n,
  ...origin,
  ...changes,
});
const proofOf = (changes: Partial<WorkProofArguments> = {}): WorkProof => right(WorkProof.create(work(changes)));

describe('quality', () => {
  test.each([
    [1_500n, 1_500n, 1_500n, 1_000_000n, 1],
    [7n, 0n, 0n, 333_334n, 0.333334],
    [0n, 0n, U64_MAX, 333_334n, 0.333334],
    [1_000n, 2_000n, 1_500n, 888_889n, 0.888889],
    [0n, 0n, 0n, 0n, 0],
  ])(
    'routing %s, storage %s, computation %s: %s parts per million',
    (routingWork, storageWork, computeWork, ppm, score) => {
      expect(workQualityPpm({ routingWork, storageWork, computeWork })).toBe(ppm);
      if (routingWork + storageWork + computeWork <= U64_MAX)
        expect(proofOf({ routingWork, storageWork, computeWork }).qualityScore).toBe(score);
    },
  );

  test('does not depend on which kind of work is which, and lies between a third and one', () => {
    const units = fc.bigInt(0n, 1n << 60n);
    fc.assert(
      fc.property(units, units, units, (a, b, c) => {
        const quality = workQualityPpm({ routingWork: a, storageWork: b, computeWork: c });
        expect(workQualityPpm({ routingWork: c, storageWork: a, computeWork: b })).toBe(quality);
        expect(quality === 0n ? a + b + c : quality - 333_334n).toBeGreaterThanOrEqual(0n);
        expect(quality).toBeLessThanOrEqual(1_000_000n);
      }),
    );
  });
});

describe('WorkProof.create', () => {
  test('derives the documented fields', () => {
    expect(proofOf({ routingWork: 2_999n })).toMatchObject({
      routesHandled: 2n,
      dataStored: 2_000n,
      computationsPerformed: 1_500n,
      bandwidthProvided: 2_999n * 1_024n,
      uptimeHours: 24n,
    });
  });

  test('uptime comes from whoever measures it', () => {
    expect(proofOf({ uptime: () => 7n }).uptimeHours).toBe(7n);
    expectRefused(WorkProof.create(work({ uptime: () => -1n })), 'ProofVerificationFailed', /uptimeHours/);
  });

  test('work without any unit is a proof of quality 0', () => {
    const idle = proofOf({ routingWork: 0n, storageWork: 0n, computeWork: 0n });
    expect([idle.totalWork(), idle.qualityScore]).toEqual([0n, 0]);
    expect(right(idle.verify(origin))).toBe(true);
  });

  test('bandwidth and the sum fit 64 bits', () => {
    const max = 1n << 54n;
    expect(proofOf({ routingWork: max - 1n }).bandwidthProvided).toBe((max - 1n) * 1_024n);
    expectRefused(WorkProof.create(work({ routingWork: max })), 'ProofVerificationFailed', /bandwidthProvided/);
    expect(proofOf({ routingWork: 0n, storageWork: U64_MAX, computeWork: 0n }).totalWork()).toBe(U64_MAX);
    expectRefused(
      WorkProof.create(work({ routingWork: 0n, storageWork: U64_MAX, computeWork: 1n })),
      'ProofVerificationFailed',
      /totalWork/,
    );
  });

  test('hash and nonce change with node, time and every kind of work', () => {
    const changed = [
      {},
      { nodeId: hashOf('other') },
      { timestamp: 1_700_000_001n },
      { routingWork: 1_001n },
      { storageWork: 2_001n },
      { computeWork: 1_501n },
    ].map(proofOf);
    expect(new Set(changed.map(({ hash }) => hash)).size).toBe(6);
    expect(new Set(changed.map(({ nonce }) => nonce)).size).toBe(6);
  });
});

describe('WorkProof.verify', () => {
  test('holds for the node and time it was made for, and for no other', () => {
    expect(right(proofOf().verify(origin))).toBe(true);
    expect(right(proofOf().verify({ ...origin, nodeId: hashOf('other') }))).toBe(false);
    expect(right(proofOf().verify({ ...origin, timestamp: origin.timestamp + 1n }))).toBe(false);
  });

  test('holds after a journey over the wire', () => {
    const record = right(decode(workProofCodec)(encode(workProofCodec)(proofOf())));
    expect(right(right(WorkProof.fromRecord(record)).verify(origin))).toBe(true);
  });

  test.each<[string, Partial<WorkProofRecord>]>([
    ['routingWork', { routingWork: 1_001n }],
    ['storageWork', { storageWork: 2_001n }],
    ['computeWork', { computeWork: 1_501n }],
    ['routesHandled', { routesHandled: 2n }],
    ['dataStored', { dataStored: 2_001n }],
    ['computationsPerformed', { computationsPerformed: 1_501n }],
    ['qualityScore', { qualityScore: 1 }],
    ['uptimeHours', { uptimeHours: 25n }],
    ['bandwidthProvided', { bandwidthProvided: 0n }],
    ['hash', { hash: hashOf('other') }],
    ['nonce', { nonce: 0n }],
  ])('does not hold with another %s', (_field, change) => {
    const forged = right(WorkProof.fromRecord({ ...proofOf().toRecord(), ...change }));
    expect(right(forged.verify(origin))).toBe(false);
  });

  test('timestamps of a node rise: equal is too old, one later is not', () => {
    const verify = (after: bigint) => right(proofOf().verify({ ...origin, after }));
    expect([verify(origin.timestamp - 1n), verify(origin.timestamp), verify(origin.timestamp + 1n)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('uptime is held against the same source', () => {
    const proof = proofOf({ uptime: () => 7n });
    expect(right(proof.verify({ ...origin, uptime: () => 7n }))).toBe(true);
    expect(right(proof.verify(origin))).toBe(false);
  });
});

test('WorkProof.totalWork is the sum of the three kinds', () => {
  expect(proofOf().totalWork()).toBe(4_500n);
});

test('proofs of any work verify', () => {
  const units = fc.bigInt(0n, (1n << 54n) - 1n);
  fc.assert(
    fc.property(units, units, units, (routingWork, storageWork, computeWork) => {
      expect(right(proofOf({ routingWork, storageWork, computeWork }).verify(origin))).toBe(true);
    }),
  );
});
