import { MICRO_PER_ZHTP, U64_MAX, type RewardRound, type UsefulWorkType } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import {
  BASE_REWARD_MAX,
  calculateRound,
  DEFAULT_REWARD_RULES,
  rewardRules,
  type ProvenWork,
  type RewardRules,
  type RoundInput,
  type SetMember,
} from '@zhtp/rewards';
import { id, left, member, membersArbitrary, mintedBy, range, right } from './support.ts';

const roundOf = (
  members: readonly SetMember[],
  change: Partial<RoundInput> = {},
  rules: RewardRules = DEFAULT_REWARD_RULES,
): RewardRound =>
  right(calculateRound(rules, { height: 2n, time: 7n, supply: 0n, work: new Map(), members, ...change }));

const units = (...entries: readonly (readonly [UsefulWorkType, bigint])[]) => new Map(entries);

const workArbitrary = (members: readonly SetMember[]) =>
  fc
    .array(
      fc.record({
        NetworkRouting: fc.bigInt({ min: 0n, max: U64_MAX }),
        DataStorage: fc.bigInt({ min: 0n, max: 10_000n }),
        Computation: fc.bigInt({ min: 0n, max: 1n << 40n }),
      }),
      { minLength: members.length, maxLength: members.length },
    )
    .map((all): ProvenWork => {
      const entries = members.map(({ identity }, i) => {
        const of = all[i];
        return [
          identity,
          units(
            ['NetworkRouting', of?.NetworkRouting ?? 0n],
            ['DataStorage', of?.DataStorage ?? 0n],
            ['Computation', of?.Computation ?? 0n],
          ),
        ] as const;
      });
      return new Map(entries);
    });

const setWithWork = membersArbitrary.chain((members) => fc.tuple(fc.constant(members), workArbitrary(members)));

describe('a round', () => {
  test('of four equal signers pays each a quarter of all three pools', () => {
    const round = roundOf(range(4).map((n) => member(n, 1_000n)));
    expect(round.totalRewards).toBe(130n * MICRO_PER_ZHTP);
    expect(round.treasuryShare).toBe(0n);
    expect(round.timestamp).toBe(7n);
    expect([...round.validatorRewards.values()]).toEqual(
      range(4).map((n) => ({
        validator: id(n),
        baseReward: 25_000_000n,
        participationBonus: 2_500_000n,
        workBonus: 5_000_000n,
        totalReward: 32_500_000n,
        workBreakdown: new Map([['Validation', 5_000_000n]]),
      })),
    );
  });

  test('leaves the shares of absentees to the treasury, and signers get no more for them', () => {
    const all = range(4).map((n) => member(n, 1_000n));
    const one = roundOf(all.map((m, n) => ({ ...m, hasSigned: n !== 3 })));
    const full = roundOf(all);
    expect(one.validatorRewards.has(id(3))).toBe(false);
    for (const n of range(3)) {
      const [withOne, withAll] = [one.validatorRewards.get(id(n)), full.validatorRewards.get(id(n))];
      expect(withOne).toEqual(withAll);
    }
    expect(mintedBy(one)).toBe(mintedBy(full));
  });

  test('pays participation by power times reputation, over the whole set', () => {
    const round = roundOf([member(1, 100n, { reputation: 10_000n }), member(2, 100n, { reputation: 5_000n })]);
    expect(round.validatorRewards.get(id(1))?.participationBonus).toBe(6_666_666n);
    expect(round.validatorRewards.get(id(2))?.participationBonus).toBe(3_333_333n);
    expect(round.treasuryShare).toBe(1n);
  });

  test('weighs proven units by their multipliers and pays the treasury what is over', () => {
    const round = roundOf([member(1, 10n), member(2, 10n), member(3, 20n)], {
      work: new Map([
        [id(1), units(['NetworkRouting', 100n], ['DataStorage', 50n])],
        [id(2), units(['Computation', 10n])],
      ]),
    });
    // wᵢ: 100 · 12 000 + 50 · 11 000 + 10 · 10 000, then 10 · 13 000 + 10 · 10 000, then 20 · 10 000; W = 20 000 000
    const total = 1_850_000n + 230_000n + 200_000n;
    const paid = range(3).map((n) => round.validatorRewards.get(id(n + 1))?.workBonus);
    // The first is capped at twice its quarter of the power.
    expect(paid).toEqual([10_000_000n, (20_000_000n * 230_000n) / total, (20_000_000n * 200_000n) / total]);
    expect(round.validatorRewards.get(id(1))?.workBreakdown).toEqual(
      new Map([
        ['NetworkRouting', 6_486_486n],
        ['DataStorage', 2_972_973n],
        ['Validation', 540_541n],
      ]),
    );
  });

  test('pays for work at most twice the share of power', () => {
    const lone = roundOf([member(1, 1n), member(2, 99n)], {
      work: new Map([[id(1), units(['NetworkRouting', U64_MAX])]]),
    });
    expect(lone.validatorRewards.get(id(1))?.workBonus).toBe((2n * 20_000_000n * 1n) / 100n);
  });

  test('counts the work of an absentee in the sum and pays it to the treasury', () => {
    const work: ProvenWork = new Map([[id(2), units(['Computation', 1_000n])]]);
    const absent = roundOf([member(1, 10n), member(2, 10n, { hasSigned: false })], { work });
    // Validation of both weighs 10 · 10 000
    expect(absent.validatorRewards.get(id(1))?.workBonus).toBe((20_000_000n * 100_000n) / 13_200_000n);
    expect(absent.validatorRewards.has(id(2))).toBe(false);
  });

  test('counts work of nobody outside the set', () => {
    const stranger: ProvenWork = new Map([[id(9), units(['Computation', 1_000n])]]);
    expect(roundOf([member(1, 10n)], { work: stranger })).toEqual(roundOf([member(1, 10n)]));
  });

  test('with multipliers of 0 leaves the work pool to the treasury', () => {
    const zero = new Map([...DEFAULT_REWARD_RULES.workMultipliers.keys()].map((kind) => [kind, 0n] as const));
    const round = roundOf([member(1, 10n)], {}, right(rewardRules({ workMultipliers: zero })));
    expect(round.treasuryShare).toBe(20n * MICRO_PER_ZHTP);
    expect(round.validatorRewards.get(id(1))?.workBreakdown.size).toBe(0);
  });

  test.each([
    ['an empty set', []],
    ['a set without power', [member(1, 0n)]],
    ['a set of absentees', [member(1, 10n, { hasSigned: false })]],
  ])('of %s leaves everything to the treasury', (_title, members) => {
    expect(roundOf(members)).toMatchObject({ totalRewards: 0n, treasuryShare: 130n * MICRO_PER_ZHTP });
  });

  test('of one validator pays it everything', () => {
    expect(roundOf([member(1, 1n)]).totalRewards).toBe(130n * MICRO_PER_ZHTP);
  });

  test('of a thousand validators pays in identity order, and one more is refused', () => {
    const members = range(1_000).map((n) => member(999 - n, BigInt(n + 1)));
    expect([...roundOf(members).validatorRewards.keys()]).toEqual(range(1_000).map(id));
    const refused = calculateRound(DEFAULT_REWARD_RULES, {
      height: 2n,
      time: 0n,
      supply: 0n,
      work: new Map(),
      members: [...members, member(1_000, 1n)],
    });
    expect(left(refused).message).toContain('at most 1000');
  });

  test.each([0n, 1n])('is refused at height %d, and exists from height 2 on', (height) => {
    const input = { time: 0n, supply: 0n, work: new Map(), members: [member(1, 1n)] };
    expect(left(calculateRound(DEFAULT_REWARD_RULES, { height, ...input }))).toEqual({
      _tag: 'RewardError',
      message: 'there is no reward round before height 2: nobody has signed yet',
      value: height,
    });
    expect(right(calculateRound(DEFAULT_REWARD_RULES, { height: 2n, ...input })).height).toBe(2n);
    expect(right(calculateRound(DEFAULT_REWARD_RULES, { height: U64_MAX, ...input })).height).toBe(U64_MAX);
  });

  test.each([
    ['validation units that were not signed', units(['Validation', 11n]), 'Validation units'],
    ['bridge work', units(['BridgeOperations', 1n]), 'there is no bridge'],
  ])('refuses %s', (_title, of, phrase) => {
    const refused = calculateRound(DEFAULT_REWARD_RULES, {
      height: 2n,
      time: 0n,
      supply: 0n,
      members: [member(1, 10n)],
      work: new Map([[id(1), of]]),
    });
    expect(left(refused).message).toContain(phrase);
  });

  test('accepts validation units that are the power signed, and no bridge work, as if they were left out', () => {
    const work: ProvenWork = new Map([[id(1), units(['Validation', 10n], ['BridgeOperations', 0n])]]);
    expect(roundOf([member(1, 10n)], { work })).toEqual(roundOf([member(1, 10n)]));
  });
});

describe('whatever the set and the work', () => {
  test('rewards and treasury share are what is minted, no part is negative, and parts add up', () => {
    fc.assert(
      fc.property(
        setWithWork,
        fc.bigInt({ min: 0n, max: BASE_REWARD_MAX }),
        fc.bigInt({ min: 0n, max: U64_MAX }),
        ([members, work], baseReward, supply) => {
          const rules = right(rewardRules({ baseReward }));
          const round = roundOf(members, { work, supply }, rules);
          const wanted = baseReward + baseReward / 10n + baseReward / 5n;
          const room = U64_MAX - supply;
          expect(mintedBy(round)).toBe(wanted < room ? wanted : room);
          expect(round.treasuryShare).toBeGreaterThanOrEqual(0n);
          let sum = 0n;
          for (const reward of round.validatorRewards.values()) {
            const parts = reward.baseReward + reward.workBonus + reward.participationBonus;
            expect(reward.totalReward).toBe(parts);
            expect([...reward.workBreakdown.values()].reduce((a, b) => a + b, 0n)).toBe(reward.workBonus);
            expect([...reward.workBreakdown.values()].every((amount) => amount >= 0n)).toBe(true);
            sum += reward.totalReward;
          }
          expect(round.totalRewards).toBe(sum);
        },
      ),
    );
  });

  test('the order of members and of work does not matter', () => {
    fc.assert(
      fc.property(setWithWork, ([members, work]) => {
        const turned = roundOf(members.toReversed(), { work: new Map([...work].toReversed()) });
        const round = roundOf(members, { work });
        expect(turned).toEqual(round);
        expect([...turned.validatorRewards.keys()]).toEqual([...round.validatorRewards.keys()]);
      }),
    );
  });

  test('splitting one stake over many identities gains nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 1n << 40n }), { minLength: 2, maxLength: 10 }),
        fc.bigInt({ min: 1n, max: 1n << 44n }),
        fc.bigInt({ min: 0n, max: 10_000n }),
        fc.array(fc.bigInt({ min: 0n, max: 1n << 40n }), { minLength: 10, maxLength: 10 }),
        (powers, others, reputation, routed) => {
          const other = member(100, others);
          const work = (n: number, count: bigint) => [id(n), units(['NetworkRouting', count])] as const;
          const parts = powers.map((power, n) => member(n, power, { reputation }));
          const total = powers.reduce((a, b) => a + b, 0n);
          const done = powers.reduce((sum, _, n) => sum + (routed[n] ?? 0n), 0n);
          const split = roundOf([...parts, other], { work: new Map(powers.map((_, n) => work(n, routed[n] ?? 0n))) });
          const whole = roundOf([member(0, total, { reputation }), other], { work: new Map([work(0, done)]) });
          const gain = parts.reduce((sum, _, n) => sum + (split.validatorRewards.get(id(n))?.totalReward ?? 0n), 0n);
          expect(gain).toBeLessThanOrEqual(whole.validatorRewards.get(id(0))?.totalReward ?? 0n);
        },
      ),
    );
  });

  test('leaving out a signer gains nobody anything, nor loses anybody anything', () => {
    fc.assert(
      fc.property(membersArbitrary, fc.nat({ max: 19 }), (members, absent) => {
        const all = members.map((m) => ({ ...m, hasSigned: true }));
        const some = roundOf(all.map((m, n) => ({ ...m, hasSigned: n !== absent })));
        const full = roundOf(all);
        for (const [identity, reward] of some.validatorRewards)
          expect(reward).toEqual(full.validatorRewards.get(identity));
      }),
    );
  });
});
