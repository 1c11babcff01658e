import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followSet, heardFrom, livenessAt, TIMED_OUT_AFTER_MS } from '../src/liveness.ts';
import { identityNamed } from './support.ts';

const members = (count: number) => Array.from({ length: count }, (_, i) => identityNamed(`v${String(i)}`)).sort();

test('a validator is timed out when it was not heard for longer than ten seconds', () => {
  const heard = followSet(new Map(), members(4), 0);
  const silent = [-1, 0, 1].map((past) => livenessAt(heard, TIMED_OUT_AFTER_MS + past).timedOutValidators.length);
  expect(silent).toEqual([0, 0, 4]);
});

test.each([
  [1, 1],
  [3, 1],
  [4, 2],
  [5, 2],
  [6, 2],
  [7, 3],
  [100, 34],
])('of %i validators, %i silent ones stall consensus, one less do not', (count, threshold) => {
  const all = members(count);
  const silentOf = (silent: number) =>
    livenessAt(
      all.slice(silent).reduce((heard, member) => heardFrom(heard, member, 20_000), followSet(new Map(), all, 0)),
      20_000,
    );
  expect(silentOf(threshold)).toMatchObject({ totalValidators: count, stallThreshold: threshold, isStalled: true });
  expect(silentOf(threshold - 1).isStalled).toBe(false);
});

test('those who are silent are named in identity order', () => {
  const all = members(7);
  const { timedOutValidators } = livenessAt(followSet(new Map(), all.toReversed(), 0), 60_000);
  expect(timedOutValidators).toEqual(all);
});

describe('when the set changes', () => {
  test('newcomers have their ten seconds, and who left is silent for nobody', () => {
    const [a, b, c] = members(3);
    if (a === undefined || b === undefined || c === undefined) throw new Error('three members');
    const before = followSet(new Map(), [a, b], 0);
    const after = followSet(before, [b, c], 60_000);
    expect(livenessAt(after, 60_001).timedOutValidators).toEqual([b]);
  });

  test('a stranger’s sign of life is nothing', () => {
    const heard = followSet(new Map(), members(2), 0);
    expect(heardFrom(heard, identityNamed('stranger'), 5)).toEqual(heard);
  });
});

test('nobody is ever timed out within ten seconds of being heard, whatever happened before', () => {
  const all = members(4);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(20_000)), { maxLength: 50 }), (signs) => {
      let nowMs = 0;
      let heard = followSet(new Map(), all, nowMs);
      const lastMs = new Map(all.map((member) => [member, 0]));
      for (const [who, passed] of signs) {
        nowMs += passed;
        const member = all[who];
        if (member === undefined) continue;
        heard = heardFrom(heard, member, nowMs);
        lastMs.set(member, nowMs);
        const late = all.filter((each) => nowMs - (lastMs.get(each) ?? 0) > TIMED_OUT_AFTER_MS);
        expect(livenessAt(heard, nowMs).timedOutValidators).toEqual(late);
      }
    }),
  );
});
