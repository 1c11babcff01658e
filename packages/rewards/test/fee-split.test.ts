import { DEFAULT_FEE_SHARES, splitFees, type FeeShares } from '@zhtp/rewards';
import { U64_MAX } from '@zhtp/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { id, left, member, membersArbitrary, range, right } from './support.ts';

const four = range(4).map((n) => member(n, 100n));

describe('fees', () => {
  test('go to UBI, validators, governance and treasury by 45, 30, 15 and 10 %', () => {
    expect(right(splitFees({ fees: 1_000n, members: four }))).toEqual({
      ubi: 450n,
      governance: 150n,
      treasury: 100n,
      validators: new Map(range(4).map((n) => [id(n), 75n])),
    });
  });

  test('of absentees and of every remainder go to the treasury', () => {
    const members = four.map((m, n) => ({ ...m, hasSigned: n > 1 }));
    const split = right(splitFees({ fees: 1_001n, members }));
    expect(split).toMatchObject({ ubi: 450n, governance: 150n, treasury: 251n });
    expect([...split.validators.values()]).toEqual([75n, 75n]);
  });

  test('pay the proposer a tenth first where one is named, signer or not', () => {
    const members = four.map((m, n) => ({ ...m, hasSigned: n !== 0 }));
    expect(right(splitFees({ fees: 1_000n, members, proposer: id(0) }))).toEqual({
      ubi: 405n,
      governance: 135n,
      treasury: 159n,
      validators: new Map([
        [id(0), 100n],
        [id(1), 67n],
        [id(2), 67n],
        [id(3), 67n],
      ]),
    });
    expect(right(splitFees({ fees: 1_000n, members, proposer: id(1) })).validators.get(id(1))).toBe(167n);
  });

  test('pay no proposer outside the set', () => {
    expect(left(splitFees({ fees: 1n, members: four, proposer: id(9) })).message).toContain('not in the set');
  });

  test('without anybody to share them go to the treasury', () => {
    expect(right(splitFees({ fees: 1_000n, members: [] }))).toMatchObject({ ubi: 450n, treasury: 400n });
  });

  test.each<readonly [string, Partial<FeeShares>]>([
    ['do not add up', { treasury: 999 }],
    ['are above a whole', { ubi: 10_001 }],
    ['are negative', { ubi: -1 }],
    ['are fractions', { ubi: 4_500.5 }],
    ['are no number', { proposer: Number.NaN }],
    ['give the proposer more than all', { proposer: 10_001 }],
  ])('are not split by shares that %s', (_title, change) => {
    const refused = left(splitFees({ fees: 1n, members: four, shares: { ...DEFAULT_FEE_SHARES, ...change } }));
    expect(refused._tag).toBe('RewardError');
    expect(refused.message).toContain('fee share');
  });

  test('are conserved to the unit whatever the set, the shares and the proposer', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: U64_MAX }),
        membersArbitrary,
        fc.tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 })),
        fc.nat({ max: 10_000 }),
        (fees, members, cuts, proposerShare) => {
          const [low = 0, middle = 0, high = 0] = cuts.toSorted((a, b) => a - b);
          const shares: FeeShares = {
            ubi: low,
            validators: middle - low,
            governance: high - middle,
            treasury: 10_000 - high,
            proposer: proposerShare,
          };
          const proposer = members[0]?.identity;
          const input = { fees, members, shares, ...(proposer === undefined ? {} : { proposer }) };
          const { ubi, governance, treasury, validators } = right(splitFees(input));
          const toValidators = [...validators.values()].reduce((a, b) => a + b, 0n);
          expect(ubi + governance + treasury + toValidators).toBe(fees);
          expect(treasury).toBeGreaterThanOrEqual(0n);
        },
      ),
    );
  });
});
