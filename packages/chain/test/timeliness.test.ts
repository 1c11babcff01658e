import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTimely, messageDelayAt } from '@zhtp/chain';

const LIMITS = { precisionMs: 505, messageDelayMs: 15_000 };
const TIME = 1_000_000n;

describe('a fresh proposal', () => {
  test('may arrive from precision before its time to delay and precision after it', () => {
    for (const [receivedAt, timely] of [
      [TIME - 506n, false],
      [TIME - 505n, true],
      [TIME, true],
      [TIME + 15_505n, true],
      [TIME + 15_506n, false],
    ] as const)
      expect(isTimely(TIME, receivedAt, 0, LIMITS)).toBe(timely);
  });

  test('may travel a tenth of the delay longer in each round, rounded down', () => {
    expect([0, 1, 2, 10].map((round) => messageDelayAt(15_000, round))).toEqual([15_000n, 16_500n, 18_000n, 30_000n]);
    expect([0, 1, 9, 10].map((round) => messageDelayAt(1, round))).toEqual([1n, 1n, 1n, 2n]);
    expect(isTimely(TIME, TIME + 17_005n, 1, LIMITS)).toBe(true);
    expect(isTimely(TIME, TIME + 17_006n, 1, LIMITS)).toBe(false);
  });

  test('that is timely in one round is timely in the next', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 2n ** 53n),
        fc.bigInt(0n, 2n ** 53n),
        fc.nat(2 ** 32 - 2),
        (time, receivedAt, round) => {
          const [now, later] = [round, round + 1].map((r) => isTimely(time, receivedAt, r, LIMITS));
          expect(now === true && later === false).toBe(false);
        },
      ),
    );
  });
});
