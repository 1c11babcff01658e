import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consensusConfig, DEFAULT_CONSENSUS_CONFIG, invalidConsensusConfig, type ConsensusConfig } from '@zhtp/types';
import { validConsensusConfig } from './arbitraries/chain.ts';

type Field = keyof ConsensusConfig;
type Range = readonly [field: Field, low: bigint | number, high: bigint | number];

// economics.md, Governance: Execution. Amounts in micro-ZHTP, bytes, seconds and milliseconds.
const RANGES: readonly Range[] = [
  ['minStake', 1n, 1_000_000_000_000n],
  ['minStorage', 0n, 1_125_899_906_842_624n],
  ['maxValidators', 4, 1_000],
  ['blockTime', 1n, 3_600n],
  ['proposeTimeout', 100n, 600_000n],
  ['prevoteTimeout', 100n, 600_000n],
  ['precommitTimeout', 100n, 600_000n],
  ['maxTransactionsPerBlock', 1, 100_000],
  ['maxDifficulty', 1n, 18_446_744_073_709_551_615n],
  ['slashDoubleSign', 1, 100],
  ['slashLiveness', 0, 20],
  ['epochLengthBlocks', 10n, 100_000n],
];
const DEVELOPMENT_RANGES: readonly Range[] = [
  ['maxValidators', 1, 1_000],
  ['proposeTimeout', 10n, 600_000n],
  ['prevoteTimeout', 10n, 600_000n],
  ['precommitTimeout', 10n, 600_000n],
  ['epochLengthBlocks', 1n, 100_000n],
];

const next = (value: bigint | number, by: 1 | -1): bigint | number =>
  typeof value === 'bigint' ? value + BigInt(by) : value + by;

/** The default configuration with one field replaced; targetDifficulty stays out of maxDifficulty's way. */
const judge = (field: Field, value: unknown, developmentMode: boolean): E.Either<string, ConsensusConfig> =>
  consensusConfig({ developmentMode, targetDifficulty: 1n, [field]: value });

describe.each([
  ['production', RANGES, false],
  ['development mode', DEVELOPMENT_RANGES, true],
] as const)('ranges in %s', (_mode, ranges, developmentMode) => {
  test.each(ranges)('%s is from %s to %s', (field, low, high) => {
    for (const value of [low, next(low, 1), next(high, -1), high])
      expect(E.isRight(judge(field, value, developmentMode))).toBe(true);
    for (const value of [next(low, -1), next(high, 1)])
      expect(judge(field, value, developmentMode)).toEqual(E.left(expect.stringContaining(field)));
  });
});

describe('the configuration', () => {
  test('has the documented defaults, and they are valid', () => {
    expect(consensusConfig({})).toEqual(E.right(DEFAULT_CONSENSUS_CONFIG));
    expect(DEFAULT_CONSENSUS_CONFIG).toEqual({
      consensusType: 'Hybrid',
      minStake: 1_000_000_000n,
      minStorage: 107_374_182_400n,
      maxValidators: 100,
      blockTime: 10n,
      proposeTimeout: 3_000n,
      prevoteTimeout: 1_000n,
      precommitTimeout: 1_000n,
      maxTransactionsPerBlock: 1_000,
      maxDifficulty: 0xffff_ffffn,
      targetDifficulty: 0xfffn,
      byzantineThreshold: 1 / 3,
      slashDoubleSign: 5,
      slashLiveness: 1,
      developmentMode: false,
      epochLengthBlocks: 100n,
    });
  });

  test('targetDifficulty is from 1 to maxDifficulty', () => {
    const judged = (targetDifficulty: bigint) => consensusConfig({ maxDifficulty: 10n, targetDifficulty });
    for (const ok of [1n, 2n, 9n, 10n]) expect(E.isRight(judged(ok))).toBe(true);
    for (const wrong of [0n, 11n])
      expect(judged(wrong)).toEqual(E.left(`targetDifficulty is ${String(wrong)}, it must be from 1 to 10`));
  });

  test('byzantineThreshold is a finite double above 0 and at most 1/3, bit for bit', () => {
    const judged = (byzantineThreshold: number) => consensusConfig({ byzantineThreshold });
    for (const ok of [Number.MIN_VALUE, 0.25, 0.333_333_333_333_333_26, 1 / 3])
      expect(E.isRight(judged(ok))).toBe(true);
    for (const wrong of [0, -0, -0.1, 0.333_333_333_333_333_37, 0.5, 1, Number.NaN, Infinity, -Infinity])
      expect(judged(wrong)).toEqual(E.left(expect.stringContaining('byzantineThreshold')));
  });

  test('a refusal names the field, the value and the range', () => {
    expect(consensusConfig({ maxValidators: 3 })).toEqual(E.left('maxValidators is 3, it must be from 4 to 1000'));
  });

  test('a value of the wrong type or outside its integer type is refused and named', () => {
    const wrong: readonly (readonly [Field, unknown])[] = [
      ['minStake', 1],
      ['minStake', -1n],
      ['minStake', 2n ** 64n],
      ['maxValidators', 4.5],
      ['maxValidators', 2 ** 32],
      ['maxValidators', 10n],
      ['slashLiveness', 256],
      ['developmentMode', 1],
      ['consensusType', 'ProofOfWork'],
      ['blockTime', undefined],
    ];
    for (const [field, value] of wrong)
      expect(judge(field, value, false)).toEqual(E.left(expect.stringContaining(field)));
  });

  test('unknown fields are refused: a misspelt limit must not be ignored', () => {
    expect(consensusConfig({ ['maxValidator']: 10 } as Partial<ConsensusConfig>)).toEqual(
      E.left(expect.stringContaining('maxValidator')),
    );
  });

  test('everything inside the ranges is valid', () => {
    fc.assert(
      fc.property(validConsensusConfig, (config) => {
        expect(invalidConsensusConfig(config)).toBeUndefined();
        expect(consensusConfig(config)).toEqual(E.right(config));
      }),
    );
  });
});
