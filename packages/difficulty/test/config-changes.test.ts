import { DifficultyConfig, DifficultyManager, withGovernanceUpdate, type DifficultyUpdate } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal, right } from './support.ts';

const config = DifficultyConfig.default();

describe('DifficultyManager.applyGovernanceUpdate', () => {
  test('DifficultyManager.applyGovernanceUpdate replaces what it names and leaves the rest', () => {
    const manager = DifficultyManager.default();
    // The reference's own example.
    const update = { initialDifficulty: 0x1d00_fffe, adjustmentInterval: 1_000n, targetTimespan: 604_800n };
    expect(manager.applyGovernanceUpdate({ adjustmentInterval: 1_000n })).toEqual(E.right(undefined));
    expect(manager.config()).toEqual({ ...config, adjustmentInterval: 1_000n });
    expect(manager.applyGovernanceUpdate(update)).toEqual(E.right(undefined));
    expect(manager.config()).toEqual({ ...config, ...update });
    expect(manager.applyGovernanceUpdate({ ...update, targetTimespan: undefined })).toEqual(E.right(undefined));
    expect(manager.config()).toEqual({ ...config, ...update });
    expect(manager.applyGovernanceUpdate({})).toEqual(E.right(undefined));
    expect(manager.config()).toEqual({ ...config, ...update });
  });

  test.each<readonly [DifficultyUpdate, string]>([
    [{ initialDifficulty: 0 }, 'initialDifficulty must not be zero'],
    [{ initialDifficulty: 0x1d01_0000 }, 'initialDifficulty 0x1d010000 is easier than powLimit'],
    [{ adjustmentInterval: 0n }, 'adjustmentInterval must be a bigint from 2 to 1000000, got 0'],
    [{ adjustmentInterval: 1n }, 'adjustmentInterval must be a bigint from 2 to 1000000, got 1'],
    [{ adjustmentInterval: 1_000_001n }, 'adjustmentInterval must be a bigint from 2'],
    [{ targetTimespan: 3n }, 'targetTimespan must be a bigint from 4 to 4294967296, got 3'],
    [{ targetTimespan: 2n ** 32n + 1n }, 'targetTimespan must be a bigint from 4'],
    [
      Object.assign({}, { minDifficulty: 5, targetTimespan: 300_000n }),
      '"minDifficulty" cannot be changed by governance',
    ],
  ])('refuses %o whole, with what is right in it', (wrong, reason) => {
    const manager = DifficultyManager.default();
    const seen: unknown[] = [];
    manager.events$.subscribe((event) => seen.push(event));
    const update = { adjustmentInterval: 500n, targetTimespan: 300_000n, ...wrong };
    expect(refusal(manager.applyGovernanceUpdate(update))).toContain(`InvalidConfig: ${reason}`);
    expect(manager.config()).toBe(config);
    expect(seen).toEqual([]);
  });

  test.each<DifficultyUpdate>([
    { adjustmentInterval: 2n },
    { adjustmentInterval: 1_000_000n },
    { targetTimespan: 4n },
    { targetTimespan: 2n ** 32n },
    { initialDifficulty: 0x0101_0000 },
  ])('accepts the end of a range: %o', (update) => {
    expect(right(withGovernanceUpdate(config, update))).toEqual({ ...config, ...update });
  });

  test('leaves a valid configuration or the one before', () => {
    const manager = DifficultyManager.default();
    fc.assert(
      fc.property(
        fc.record(
          {
            initialDifficulty: fc.oneof(fc.nat({ max: 0xffff_ffff }), fc.constantFrom(0x1d00_8000, 0x1c7f_ffff)),
            adjustmentInterval: fc.bigInt({ min: 0n, max: 2_000_000n }),
            targetTimespan: fc.bigInt({ min: 0n, max: 2n ** 33n }),
          },
          { requiredKeys: [] },
        ),
        (update) => {
          const before = manager.config();
          const expected = { ...before, ...update };
          const isApplied = E.isRight(manager.applyGovernanceUpdate(update));
          expect(manager.config()).toEqual(isApplied ? expected : before);
          expect(E.isRight(DifficultyConfig.validate({ ...manager.config() }))).toBe(true);
        },
      ),
    );
  });
});

describe('the setters', () => {
  const bounded = () =>
    right(DifficultyManager.create({ ...config, minDifficulty: 0x1c00_ffff, maxDifficulty: 0x1d00_ffff }));

  test('DifficultyManager.setMinDifficulty refuses a minimum above the maximum or the initial difficulty', () => {
    const manager = bounded();
    expect(refusal(manager.setMinDifficulty(0x1e00_ffff))).toContain(
      'minDifficulty 0x1e00ffff must not exceed maxDifficulty',
    );
    expect(refusal(manager.setMinDifficulty(0))).toContain('minDifficulty must not be zero');
    expect(manager.config().minDifficulty).toBe(0x1c00_ffff);
    expect(manager.setMinDifficulty(0x1d00_ffff)).toEqual(E.right(undefined));
    expect(manager.setMinDifficulty(1)).toEqual(E.right(undefined));
    expect(manager.config().minDifficulty).toBe(1);
  });

  test('DifficultyManager.setMaxDifficulty refuses a maximum below the minimum or the initial difficulty', () => {
    const manager = bounded();
    expect(refusal(manager.setMaxDifficulty(0x1b00_ffff))).toContain('must not exceed maxDifficulty 0x1b00ffff');
    expect(refusal(manager.setMaxDifficulty(0x1d00_fffe))).toContain('initialDifficulty 0x1d00ffff must not exceed');
    expect(manager.config().maxDifficulty).toBe(0x1d00_ffff);
    expect(manager.setMaxDifficulty(0xffff_ffff)).toEqual(E.right(undefined));
    expect(manager.config().maxDifficulty).toBe(0xffff_ffff);
  });

  test('DifficultyManager.setMaxAdjustmentFactor takes 1 to the target timespan', () => {
    const manager = bounded();
    for (const factor of [0n, 1_209_601n])
      expect(refusal(manager.setMaxAdjustmentFactor(factor))).toMatch(/^InvalidConfig: .*maxAdjustmentFactor/);
    for (const factor of [1n, 1_209_600n, 2n]) {
      expect(manager.setMaxAdjustmentFactor(factor)).toEqual(E.right(undefined));
      expect(manager.config().maxAdjustmentFactor).toBe(factor);
    }
    expect(right(manager.calculateNewDifficulty(0x1c40_0000, 0n))).toBe(0x1c20_0000);
  });
});
