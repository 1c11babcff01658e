import { DifficultyConfig, DifficultyManager, type DifficultyEvent } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { refusal, right } from './support.ts';

const config = DifficultyConfig.default();

describe('DifficultyManager', () => {
  test('DifficultyManager.create keeps a copy of a valid configuration and refuses any other', () => {
    const given = { ...config, adjustmentInterval: 10n };
    const manager = right(DifficultyManager.create(given));
    given.adjustmentInterval = 0n;
    expect(manager.config()).toEqual({ ...config, adjustmentInterval: 10n });
    expect(refusal(DifficultyManager.create(given))).toContain('InvalidConfig: adjustmentInterval must not be zero');
  });

  test('DifficultyManager.default has Bitcoin’s values', () => {
    const manager = DifficultyManager.default();
    expect(manager.initialDifficulty()).toBe(0x1d00_ffff);
    expect(manager.adjustmentInterval()).toBe(2016n);
    expect(manager.targetTimespan()).toBe(1_209_600n);
  });

  const manager = right(DifficultyManager.create(right(DifficultyConfig.create(0x1c00_ffff, 144n, 86_400n))));

  test('DifficultyManager.config has what was given and the limit', () => {
    expect(manager.config()).toMatchObject({ initialDifficulty: 0x1c00_ffff, powLimit: 0x1d00_ffff });
  });
  test('DifficultyManager.initialDifficulty is the compact value that was given', () => {
    expect(manager.initialDifficulty()).toBe(0x1c00_ffff);
  });
  test('DifficultyManager.adjustmentInterval is the number of blocks that was given', () => {
    expect(manager.adjustmentInterval()).toBe(144n);
  });
  test('DifficultyManager.targetTimespan is the number of seconds that was given', () => {
    expect(manager.targetTimespan()).toBe(86_400n);
  });

  test('two managers share nothing', () => {
    const [one, other] = [DifficultyManager.default(), DifficultyManager.default()];
    one.applyGovernanceUpdate({ adjustmentInterval: 10n });
    expect(other.adjustmentInterval()).toBe(2016n);
  });
});

describe('DifficultyManager.events$', () => {
  const watched = () => {
    const manager = DifficultyManager.default();
    const seen: DifficultyEvent[] = [];
    manager.events$.subscribe((event) => seen.push(event));
    return { manager, seen };
  };

  test('tells a change once, when the state has it', () => {
    const { manager, seen } = watched();
    const states: bigint[] = [];
    manager.events$.subscribe(() => states.push(manager.adjustmentInterval()));
    manager.applyGovernanceUpdate({ adjustmentInterval: 10n });
    manager.applyGovernanceUpdate({ adjustmentInterval: 10n });
    manager.setMinDifficulty(1);
    manager.setMaxAdjustmentFactor(0n);
    expect(seen).toEqual([
      { _tag: 'DifficultyConfigChanged', previous: config, current: { ...config, adjustmentInterval: 10n } },
    ]);
    expect(states).toEqual([10n]);
  });

  test('tells each of the seven fields apart', () => {
    const { manager, seen } = watched();
    expect(manager.setMinDifficulty(0x1c00_ffff)).toEqual(E.right(undefined));
    manager.setMaxDifficulty(0x1d00_ffff);
    manager.setMaxAdjustmentFactor(2n);
    manager.applyGovernanceUpdate({ initialDifficulty: 0x1d00_fffe });
    manager.applyGovernanceUpdate({ targetTimespan: 2n });
    expect(seen.map(({ _tag }) => _tag)).toEqual(Array(5).fill('DifficultyConfigChanged'));
  });

  test('tells an adjustment, and nothing where there is none', () => {
    const { manager, seen } = watched();
    manager.adjustDifficulty(2015n, 0x1c40_0000, 0n, 1n);
    manager.adjustDifficulty(2016n, 0x1c40_0000, 1n, 0n);
    manager.adjustDifficulty(2016n, 0x1c40_0000, 0n, 604_800n);
    expect(seen).toEqual([
      { _tag: 'DifficultyAdjusted', height: 2016n, previousDifficulty: 0x1c40_0000, newDifficulty: 0x1c20_0000 },
    ]);
  });
});
