import { expect, test } from 'vitest';
import { createFarRoundPace } from '../../src/intake/far-round-pace.ts';
import { identityNamed } from '../support/votes.ts';

const V0 = identityNamed('v0');
const V1 = identityNamed('v1');

const paced = (perSecond: number) => {
  let nowMs = 1_000_000n;
  const pace = createFarRoundPace({ nowMs: () => nowMs }, perSecond);
  const take = (signer = V0): boolean => {
    const allowed = pace.allows(signer);
    if (allowed) pace.spend(signer);
    return allowed;
  };
  return {
    take,
    pass: (ms: bigint) => {
      nowMs += ms;
    },
  };
};

test('a signer gets so many rounds a second, and as many again after it', () => {
  const { take, pass } = paced(2);
  expect([take(), take(), take()]).toEqual([true, true, false]);
  pass(999n);
  expect(take()).toBe(false);
  pass(1n);
  expect([take(), take(), take()]).toEqual([true, true, false]);
});

test('what one signer spends is not another’s', () => {
  const { take } = paced(1);
  expect([take(V0), take(V0), take(V1), take(V1)]).toEqual([true, false, true, false]);
});

test('asking spends nothing', () => {
  const pace = createFarRoundPace({ nowMs: () => 0n }, 1);
  expect([pace.allows(V0), pace.allows(V0)]).toEqual([true, true]);
});

test('a clock that is set back silences nobody', () => {
  const { take, pass } = paced(1);
  expect([take(), take()]).toEqual([true, false]);
  pass(-1n);
  expect(take()).toBe(true);
});
