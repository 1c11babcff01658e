import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, changeWeight, createProposal, governanceGenesis } from '@zhtp/dao';
import { powerAt, totalPowerAt } from '../src/electorate.ts';
import { withCheckpoint, type Checkpoints } from '../src/checkpoints.ts';
import { block, person, range, refusalOf, request, right } from './support.ts';

test('every snapshot somebody can ask for gives the weight of then, and the rest is not kept', () => {
  const step = fc.record({ gap: fc.bigInt({ min: 0n, max: 3n }), value: fc.bigInt({ min: 0n, max: 9n }) });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 30 }),
      fc.uniqueArray(fc.bigInt({ min: 0n, max: 60n })),
      (steps, wanted) => {
        let checkpoints: Checkpoints = [];
        let height = 0n;
        const history: { height: bigint; value: bigint }[] = [];
        for (const { gap, value } of steps) {
          height += gap;
          const open = wanted.filter((at) => at < height).sort((a, b) => (a < b ? -1 : 1));
          checkpoints = withCheckpoint(checkpoints, { height, value }, open);
          history.push({ height, value });
        }
        const plain = (at: bigint): bigint => history.findLast((entry) => entry.height <= at)?.value ?? 0n;
        const kept = (at: bigint): bigint => checkpoints.findLast((entry) => entry.height <= at)?.value ?? 0n;
        for (const at of [...wanted, height, height - 1n]) expect(kept(at)).toBe(plain(at));
        expect(checkpoints.length).toBeLessThanOrEqual(wanted.length + 2);
      },
    ),
  );
});

describe('the register of weights', () => {
  const genesis = right(governanceGenesis({ chainId: 'c' }));
  const set = (state: typeof genesis, name: string, weight: bigint, height: bigint) =>
    right(changeWeight(state, { identity: person(name), weight, height })).state;

  test('keeps the total of all weights at every height', () => {
    const first = range(50).reduce((state, i) => set(state, String(i), BigInt(i), 1n), genesis);
    const { state } = right(createProposal(right(advance(first, block(2n))).state, request({ at: block(2n) })));
    const changed = range(50).reduce((current, i) => set(current, String(i), 1n, 3n), state);
    expect(totalPowerAt(changed.electorate, 1n)).toBe(1_225n);
    expect(totalPowerAt(changed.electorate, 3n)).toBe(50n);
    expect(powerAt(changed.electorate, person(49), 1n)).toBe(49n);
    expect(powerAt(changed.electorate, person(49), 3n)).toBe(1n);
    expect(powerAt(changed.electorate, person(49), 0n)).toBe(0n);
  });

  test('refuses a height in the past and weights beyond 64 bits', () => {
    const state = set(genesis, 'a', 2n ** 64n - 1n, 5n);
    const change = (weight: bigint, height: bigint) =>
      refusalOf(changeWeight(state, { identity: person('b'), weight, height }));
    expect(change(0n, 4n)).toContain('height 4 is below 5');
    expect(change(1n, 5n)).toContain('would exceed 64 bits');
    expect(change(2n ** 64n, 5n)).toContain('weight is 18446744073709551616');
  });
});
