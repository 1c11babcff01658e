import fc from 'fast-check';
import { expect, test } from 'vitest';
import { convictsNear, correlatedFraction, isCorrelated } from '../src/correlation.ts';
import { forgotten, PPM } from '../src/slash-consequences.ts';

const LEAST = 50_000n;
const at = (power: bigint, atSeconds = 0n) => ({ power, totalPower: 1_000n, atSeconds });

test('a lone mistake of a small validator costs the least; one that holds a third loses everything', () => {
  expect([1n, 100n, 333n].map((power) => correlatedFraction(LEAST, at(power), [], 10n))).toEqual([LEAST, LEAST, LEAST]);
  expect(correlatedFraction(LEAST, at(334n), [], 10n)).toBe(PPM);
});

test('others within one unbonding period raise it, with the own power among them; later ones do not', () => {
  expect(correlatedFraction(LEAST, at(10n), [at(10n, 10n)], 10n)).toBe(60_000n);
  expect(correlatedFraction(LEAST, at(10n), [at(10n, 11n)], 10n)).toBe(LEAST);
  expect([isCorrelated(at(1n, 5n), at(1n, 15n), 10n), isCorrelated(at(1n, 16n), at(1n, 5n), 10n)]).toEqual([
    true,
    false,
  ]);
  expect(correlatedFraction(LEAST, at(100n), [at(300n)], 10n)).toBe(PPM);
  expect(correlatedFraction(LEAST, { ...at(1n), totalPower: 7n }, [at(1n)], 0n)).toBe(857_143n);
});

test('more convicts never make it less, in whatever order they are', () => {
  const infraction = fc.tuple(fc.bigInt(1n, 300n), fc.bigInt(0n, 20n)).map(([power, seconds]) => at(power, seconds));
  fc.assert(
    fc.property(infraction, fc.array(infraction), infraction, (convict, others, another) => {
      const alone = correlatedFraction(LEAST, convict, others, 10n);
      expect(correlatedFraction(LEAST, convict, [...others, another], 10n) >= alone).toBe(true);
      expect(correlatedFraction(LEAST, convict, others.toReversed(), 10n)).toBe(alone);
      expect(alone >= LEAST && alone <= PPM).toBe(true);
    }),
  );
});

test('convicts near a moment are those that are correlated with it', () => {
  const infraction = fc.tuple(fc.bigInt(1n, 300n), fc.bigInt(0n, 20n)).map(([power, seconds]) => at(power, seconds));
  fc.assert(
    fc.property(fc.array(infraction), fc.bigInt(0n, 6n), fc.bigInt(0n, 30n), (infractions, unbonding, moment) => {
      const near = infractions.filter((other) => isCorrelated(at(1n, moment), other, unbonding));
      expect(convictsNear(infractions, unbonding)(moment)).toEqual({
        count: near.length,
        power: near.reduce((sum, { power }) => sum + power, 0n),
      });
    }),
  );
});

test('one slash is forgotten per thirty days, and what is left of a month counts on', () => {
  const month = 30n * 86_400n;
  const after = (atSeconds: bigint) => forgotten({ slashCount: 2, countedFrom: 100n }, atSeconds);
  expect(after(99n + month)).toEqual({ slashCount: 2, countedFrom: 100n });
  expect(after(100n + month)).toEqual({ slashCount: 1, countedFrom: 100n + month });
  expect(after(100n + 2n * month).slashCount).toBe(0);
  expect(after(2n ** 64n - 1n).slashCount).toBe(0);
  expect(after(0n)).toEqual({ slashCount: 2, countedFrom: 100n });
});
