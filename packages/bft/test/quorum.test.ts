import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byzantineThreshold,
  isBlocking,
  isQuorum,
  isSkip,
  numberedSet,
  stallThreshold,
  timeoutMs,
  votingSet,
} from '@zhtp/bft';
import { leastSkip } from '../src/quorum.ts';

const power = fc.bigInt({ min: 0n, max: 1n << 60n });

describe('quorum arithmetic', () => {
  // The products are written out here, for the core asks thresholds (decisions.md § 5).
  test('more than two thirds, more than a third, a third: as the products say, at every power', () => {
    const exactly = ([part, total]: readonly [bigint, bigint]): void => {
      expect([isQuorum(part, total), isSkip(part, total), isBlocking(part, total)], `${part} of ${total}`).toEqual([
        3n * part > 2n * total,
        3n * part > total,
        3n * part >= total,
      ]);
    };
    for (let total = 0n; total <= 40n; total++) for (let part = 0n; part <= total; part++) exactly([part, total]);
    fc.assert(fc.property(power, power, (part, rest) => exactly([part, part + rest])));
    const third = fc.tuple(fc.bigInt({ min: 1n, max: 1n << 60n }), fc.bigInt({ min: -1n, max: 1n }));
    fc.assert(
      fc.property(third, ([third, near]) => {
        for (const total of [3n * third - 1n, 3n * third, 3n * third + 1n])
          for (const part of [third + near, 2n * third + near]) exactly([part, total]);
      }),
    );
  });

  test('the byzantine threshold is the least whole number above two thirds, the least skip the least above a third', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 1n << 60n }), (total) => {
        const [quorum, skip] = [byzantineThreshold(total), leastSkip(total)];
        expect([3n * quorum > 2n * total, 3n * (quorum - 1n) > 2n * total]).toEqual([true, false]);
        expect([3n * skip > total, 3n * (skip - 1n) > total]).toEqual([true, false]);
      }),
    );
  });

  test('two quorums share a correct validator when less than a third is faulty', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 1n << 60n }), (total) => {
        expect(3n * (2n * byzantineThreshold(total) - total) > total).toBe(true);
      }),
    );
  });

  test('exactly a third blocks but moves nobody, exactly two thirds is no quorum', () => {
    expect([isBlocking(1n, 3n), isSkip(1n, 3n), isQuorum(2n, 3n)]).toEqual([true, false, false]);
  });

  test('an empty set has no quorum', () => {
    expect([isQuorum(0n, 0n), isSkip(0n, 0n), byzantineThreshold(0n)]).toEqual([false, false, 1n]);
  });

  test('as many silent validators as the stall threshold leave no quorum, one less do', () => {
    for (let n = 1; n <= 300; n++) {
      const silent = stallThreshold(n);
      expect(
        [isQuorum(BigInt(n - silent), BigInt(n)), isQuorum(BigInt(n - silent + 1), BigInt(n))],
        `n = ${n}`,
      ).toEqual([false, true]);
    }
  });
});

describe('a voting set', () => {
  test('is ordered by identity and knows the power of strangers', () => {
    const set = votingSet([
      ['b', 2n],
      ['a', 1n],
    ]);
    expect([set.ids, set.totalPower, set.powerOf('b'), set.powerOf('c')]).toEqual([['a', 'b'], 3n, 2n, 0n]);
    expect([numberedSet(set).indexOf('b'), numberedSet(set).indexOf('c')]).toEqual([1, -1]);
  });

  test('refuses power that is not positive and repeated identities', () => {
    expect(() => votingSet([['a', 0n]])).toThrow('power of validator a must be positive');
    expect(() =>
      votingSet([
        ['a', 1n],
        ['a', 1n],
      ]),
    ).toThrow('a occurs twice');
  });
});

test('timeouts grow by the round, the repetition does not', () => {
  const params = { proposeMs: 3000, prevoteMs: 1000, precommitMs: 900, perRoundMs: 500, repeatMs: 700 };
  expect((['propose', 'prevote', 'precommit', 'repeat'] as const).map((kind) => timeoutMs(params, kind, 3))).toEqual([
    4500, 2500, 2400, 700,
  ]);
});
