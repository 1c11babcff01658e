import {
  DEFAULT_CONSENSUS_CONFIG,
  ZERO_HASH,
  type DaoExecutionParams,
  type GovernanceParameterValue,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { CHAIN_PARAMETERS, DaoEngine } from '@zhtp/dao';
import { DAY, refusalOf, right, update, ZHTP } from './support.ts';

const config = DEFAULT_CONSENSUS_CONFIG;

describe('DaoEngine.applyExecutionParams', () => {
  const apply = (params: DaoExecutionParams, base = config) => new DaoEngine().applyExecutionParams(base, params);

  test('answers the configuration after all updates, and what goes to the DifficultyManager', () => {
    const change = right(
      apply(
        update(
          { _tag: 'MinStake', value: 7n },
          { _tag: 'MinStorage', value: 8n },
          { _tag: 'MaxValidators', value: 9 },
          { _tag: 'BlockTime', value: 10n },
          { _tag: 'ProposeTimeout', value: 110n },
          { _tag: 'PrevoteTimeout', value: 120n },
          { _tag: 'PrecommitTimeout', value: 130n },
          { _tag: 'MaxTransactionsPerBlock', value: 14 },
          { _tag: 'MaxDifficulty', value: 15n },
          { _tag: 'TargetDifficulty', value: 15n },
          { _tag: 'ByzantineThreshold', value: 0.25 },
          { _tag: 'SlashDoubleSign', value: 17 },
          { _tag: 'SlashLiveness', value: 18 },
          { _tag: 'DevelopmentMode', value: false },
          { _tag: 'BlockchainInitialDifficulty', value: 0x1d00_fffe },
          { _tag: 'BlockchainAdjustmentInterval', value: 1_000n },
          { _tag: 'BlockchainTargetTimespan', value: 604_800n },
          { _tag: 'EpochLengthBlocks', value: 20n },
          { _tag: 'ChainParameter', name: 'baseRewardMicro', value: 21n },
        ),
      ),
    );
    expect(change.config).toEqual({
      consensusType: 'Hybrid',
      minStake: 7n,
      minStorage: 8n,
      maxValidators: 9,
      blockTime: 10n,
      proposeTimeout: 110n,
      prevoteTimeout: 120n,
      precommitTimeout: 130n,
      maxTransactionsPerBlock: 14,
      maxDifficulty: 15n,
      targetDifficulty: 15n,
      byzantineThreshold: 0.25,
      slashDoubleSign: 17,
      slashLiveness: 18,
      developmentMode: false,
      epochLengthBlocks: 20n,
    });
    expect(change.difficultyUpdate).toEqual({
      initialDifficulty: 0x1d00_fffe,
      adjustmentInterval: 1_000n,
      targetTimespan: 604_800n,
    });
    expect(change.chainParameters.get('baseRewardMicro')).toBe(21n);
    expect(change.difficulty).toMatchObject(change.difficultyUpdate);
    expect(config.minStake).toBe(1_000n * ZHTP);
  });

  const ranges: readonly (readonly [string, (value: bigint) => GovernanceParameterValue, bigint, bigint])[] = [
    ['MinStake', (value) => ({ _tag: 'MinStake', value }), 1n, 10n ** 12n],
    ['MinStorage', (value) => ({ _tag: 'MinStorage', value }), 0n, 2n ** 50n],
    ['MaxValidators', (value) => ({ _tag: 'MaxValidators', value: Number(value) }), 4n, 1_000n],
    ['BlockTime', (value) => ({ _tag: 'BlockTime', value }), 1n, 3_600n],
    ['ProposeTimeout', (value) => ({ _tag: 'ProposeTimeout', value }), 100n, 600_000n],
    ['PrevoteTimeout', (value) => ({ _tag: 'PrevoteTimeout', value }), 100n, 600_000n],
    ['PrecommitTimeout', (value) => ({ _tag: 'PrecommitTimeout', value }), 100n, 600_000n],
    ['MaxTransactionsPerBlock', (value) => ({ _tag: 'MaxTransactionsPerBlock', value: Number(value) }), 1n, 100_000n],
    ['MaxDifficulty', (value) => ({ _tag: 'MaxDifficulty', value }), config.targetDifficulty, 2n ** 64n - 1n],
    ['TargetDifficulty', (value) => ({ _tag: 'TargetDifficulty', value }), 1n, config.maxDifficulty],
    ['SlashDoubleSign', (value) => ({ _tag: 'SlashDoubleSign', value: Number(value) }), 1n, 100n],
    ['SlashLiveness', (value) => ({ _tag: 'SlashLiveness', value: Number(value) }), 0n, 20n],
    ['EpochLengthBlocks', (value) => ({ _tag: 'EpochLengthBlocks', value }), 10n, 100_000n],
    [
      'BlockchainInitialDifficulty',
      (value) => ({ _tag: 'BlockchainInitialDifficulty', value: Number(value) }),
      0x0101_0000n,
      0x1d00_ffffn,
    ],
    ['BlockchainAdjustmentInterval', (value) => ({ _tag: 'BlockchainAdjustmentInterval', value }), 2n, 1_000_000n],
    ['BlockchainTargetTimespan', (value) => ({ _tag: 'BlockchainTargetTimespan', value }), 4n, 2n ** 32n],
    ...Object.entries(CHAIN_PARAMETERS)
      // Bound to others beside their own range; tested by themselves.
      .filter(([name]) => !/Seconds$|evidenceAgeMs|^feeShare/.test(name))
      .map(
        ([name, { min, max }]) =>
          [
            name,
            (value: bigint): GovernanceParameterValue => ({ _tag: 'ChainParameter', name, value }),
            min,
            max,
          ] as const,
      ),
  ];

  test.each(ranges)('takes %s at both ends of its range and not beyond', (_, value, min, max) => {
    expect(E.isRight(apply(update(value(min))))).toBe(true);
    expect(E.isRight(apply(update(value(max))))).toBe(true);
    expect(E.isLeft(apply(update(value(min - 1n))))).toBe(true);
    expect(E.isLeft(apply(update(value(max + 1n))))).toBe(true);
  });

  test.each([0, -1, 0.333_333_333_333_333_4, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0])(
    'refuses a ByzantineThreshold of %s',
    (value) => {
      expect(refusalOf(apply(update({ _tag: 'ByzantineThreshold', value })))).toMatch(/^DaoError/);
    },
  );

  test.each([Number.MIN_VALUE, 0.25, 0.333_333_333_333_333_3])(
    'takes a ByzantineThreshold of %s, bit for bit',
    (value) => {
      expect(right(apply(update({ _tag: 'ByzantineThreshold', value }))).config.byzantineThreshold).toBe(value);
    },
  );

  test('never switches development mode on in production, and leaves it only where production could run', () => {
    const on = update({ _tag: 'DevelopmentMode', value: true });
    expect(refusalOf(apply(on))).toContain('developmentMode cannot be switched on');
    const development = { ...config, developmentMode: true, maxValidators: 1 };
    expect(E.isRight(apply(on, development))).toBe(true);
    const off: GovernanceParameterValue = { _tag: 'DevelopmentMode', value: false };
    expect(refusalOf(apply(update(off), development))).toContain('maxValidators is 1');
    expect(E.isRight(apply(update(off, { _tag: 'MaxValidators', value: 4 }), development))).toBe(true);
  });

  test('refuses no updates, more than 64, and one twice', () => {
    expect(refusalOf(apply(update()))).toContain('1 to 64 updates, got 0');
    const twice = update({ _tag: 'BlockTime', value: 5n }, { _tag: 'BlockTime', value: 6n });
    expect(refusalOf(apply(twice))).toContain('BlockTime is updated twice');
    const named = (name: string): GovernanceParameterValue => ({ _tag: 'ChainParameter', name, value: 10n });
    expect(refusalOf(apply(update(named('timelockEpochs'), named('timelockEpochs'))))).toContain('updated twice');
    expect(E.isRight(apply(update(named('timelockEpochs'), named('votingUnitZhtp'))))).toBe(true);
  });

  test('judges the updates together: a target above the old maximum passes with a new one', () => {
    const target: GovernanceParameterValue = { _tag: 'TargetDifficulty', value: 2n ** 40n };
    expect(refusalOf(apply(update(target)))).toContain('targetDifficulty');
    expect(E.isRight(apply(update(target, { _tag: 'MaxDifficulty', value: 2n ** 40n })))).toBe(true);
  });

  test.each([
    [[['feeShareUbiBp', 7_001n]], 'fee shares add up to 11501'],
    [[['feeShareUbiBp', 5_500n]], undefined],
    [[['evidenceAgeMs', 21n * DAY * 1_000n + 1n]], 'must not exceed unbondingSeconds'],
    [[['trustingPeriodSeconds', 21n * DAY]], 'must be shorter than evidenceAgeMs'],
    [[['trustingPeriodSeconds', 21n * DAY - 1n]], undefined],
    [
      [
        ['votingPeriodMaxSeconds', DAY],
        ['votingPeriodMinSeconds', DAY + 1n],
      ],
      'must not exceed votingPeriodMaxSeconds',
    ],
    [
      [
        ['emergencyVotingPeriodMinSeconds', 2n * DAY],
        ['votingPeriodMaxSeconds', DAY],
      ],
      'emergencyVotingPeriodMinSeconds',
    ],
    [[['noSuchParameter', 1n]], 'chain parameter "noSuchParameter" is unknown'],
    [[['toString', 1n]], 'is unknown'],
  ] as const)('refuses values that contradict each other, row %$', (values, message) => {
    const outcome = apply(update(...values.map(([name, value]) => ({ _tag: 'ChainParameter', name, value }) as const)));
    expect(E.isRight(outcome) ? undefined : outcome.left.message).toSatisfy((found: string | undefined) =>
      message === undefined ? found === undefined : (found ?? '').includes(message),
    );
  });

  test('refuses payments and cancellations, which are no parameters', () => {
    expect(refusalOf(apply({ action: { _tag: 'CancelProposal', proposalId: ZERO_HASH } }))).toContain(
      'updates no parameters',
    );
  });
});
