import {
  bytesToHex,
  EXECUTION_PARAMS_BYTES_MAX,
  hexToBytes,
  type DaoExecutionParams,
  type GovernanceParameterValue,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DaoEngine, decodeExecutionParams, encodeExecutionParams } from '@zhtp/dao';
import { executionParams } from './arbitraries.ts';
import { person, refusalOf, right, update } from './support.ts';

const EXAMPLE = update(
  { _tag: 'BlockchainInitialDifficulty', value: 0x1d00_fffe },
  { _tag: 'BlockchainAdjustmentInterval', value: 1_000n },
  { _tag: 'BlockchainTargetTimespan', value: 604_800n },
);
const EXAMPLE_HEX = '0000000003000000000000000e000000feff001d0f000000e80300000000000010000000803a090000000000';

const bytes = (hex: string): Uint8Array => right(hexToBytes(hex));
const refused = (hex: string): string => refusalOf(decodeExecutionParams(bytes(hex)));

test('DaoEngine.encodeExecutionParams writes the bytes of bincode 1.x', () => {
  expect(bytesToHex(right(new DaoEngine().encodeExecutionParams(EXAMPLE)))).toBe(EXAMPLE_HEX);
});

test('DaoEngine.decodeExecutionParams reads them back', () => {
  expect(right(new DaoEngine().decodeExecutionParams(bytes(EXAMPLE_HEX)))).toEqual(EXAMPLE);
});

describe('each width', () => {
  test.each([
    [{ _tag: 'MinStake', value: 1n }, '00000000' + '0100000000000000'],
    [{ _tag: 'MaxValidators', value: 0x0102 }, '02000000' + '02010000'],
    [{ _tag: 'ByzantineThreshold', value: 0.25 }, '0a000000' + '000000000000d03f'],
    [{ _tag: 'SlashDoubleSign', value: 5 }, '0b000000' + '05'],
    [{ _tag: 'DevelopmentMode', value: true }, '0d000000' + '01'],
    [{ _tag: 'EpochLengthBlocks', value: 2n ** 64n - 1n }, '11000000' + 'ffffffffffffffff'],
    [{ _tag: 'ChainParameter', name: 'é', value: 7n }, '12000000' + '0200000000000000' + 'c3a9' + '0700000000000000'],
  ] satisfies readonly [GovernanceParameterValue, string][])('is the one bincode has, row %$', (value, hex) => {
    expect(bytesToHex(right(encodeExecutionParams(update(value))))).toBe(`000000000100000000000000${hex}`);
  });

  test('a payment is its recipient in 32 bare bytes, amount, and the line with its length', () => {
    const recipient = person('r');
    const params: DaoExecutionParams = {
      action: { _tag: 'TreasuryPayment', recipient, amount: 2n, budgetLine: 'ubi' },
    };
    expect(bytesToHex(right(encodeExecutionParams(params)))).toBe(
      `01000000${recipient}02000000000000000300000000000000756269`,
    );
  });
});

describe('a strict decoder', () => {
  test.each([
    ['trailing bytes', `${EXAMPLE_HEX}00`, '1 bytes follow the end'],
    ['a cut end', EXAMPLE_HEX.slice(0, -2), 'are needed at offset'],
    ['nothing at all', '', '4 bytes are needed at offset 0'],
    ['an unknown action', '03000000', 'DaoExecutionAction has no variant 3'],
    [
      'an unknown parameter',
      '00000000' + '0100000000000000' + '13000000' + '00',
      'GovernanceParameterValue has no variant 19',
    ],
    ['a boolean of 2', '00000000' + '0100000000000000' + '0d000000' + '02', 'a boolean is 0 or 1, got 2'],
    ['NaN', '00000000' + '0100000000000000' + '0a000000' + '000000000000f87f', 'must be finite'],
    ['infinity', '00000000' + '0100000000000000' + '0a000000' + '000000000000f07f', 'must be finite'],
    ['-0', '00000000' + '0100000000000000' + '0a000000' + '0000000000000080', 'must be finite'],
    ['a count of 2⁶⁴ − 1', '00000000' + 'ffffffffffffffff', 'over the limit of 64'],
    ['a count of 65', '00000000' + '4100000000000000' + '0b00000001'.repeat(65), 'over the limit of 64'],
    ['a count beyond the input', '00000000' + '0200000000000000' + '0b00000001', 'do not fit'],
    [
      'text that is not UTF-8',
      '00000000' + '0100000000000000' + '12000000' + '0100000000000000' + 'ff' + '0000000000000000',
      'not well-formed UTF-8',
    ],
    [
      'a budget line out of form',
      '01000000' + '00'.repeat(32) + '0100000000000000' + '0100000000000000' + '41',
      'out of form',
    ],
  ])('refuses %s', (_, hex, message) => {
    expect(refused(hex)).toMatch(/^SerializationError: /);
    expect(refused(hex)).toContain(message);
  });

  test('refuses more bytes than a proposal carries', () => {
    const over = new Uint8Array(EXECUTION_PARAMS_BYTES_MAX + 1);
    expect(refusalOf(decodeExecutionParams(over))).toContain('over the limit of 16384');
  });

  test('64 updates of the longest kind fit', () => {
    const longest = Array.from({ length: 64 }, (): GovernanceParameterValue => ({
      _tag: 'ChainParameter',
      name: 'n'.repeat(64),
      value: 0n,
    }));
    const encoded = right(encodeExecutionParams(update(...longest)));
    expect(right(decodeExecutionParams(encoded))).toEqual(update(...longest));
    const one: GovernanceParameterValue = { _tag: 'DevelopmentMode', value: false };
    expect(refusalOf(encodeExecutionParams(update(...longest, one)))).toContain('over the limit of 64');
  });
});

test('every value decodes from its encoding', () => {
  fc.assert(
    fc.property(executionParams, (params) => {
      expect(right(decodeExecutionParams(right(encodeExecutionParams(params))))).toEqual(params);
    }),
  );
});

test('every mutated byte string is refused or re-encodes to itself', () => {
  const mutation = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 });
  let accepted = 0;
  fc.assert(
    fc.property(executionParams, mutation, fc.integer({ min: -3, max: 3 }), (params, changes, growth) => {
      const encoded = right(encodeExecutionParams(params));
      const mutated = new Uint8Array(Math.max(0, encoded.length + growth));
      mutated.set(encoded.subarray(0, mutated.length));
      for (const [at, byte] of changes) if (mutated.length > 0) mutated[at % mutated.length] = byte;
      const decoded = decodeExecutionParams(mutated);
      if (E.isRight(decoded)) accepted += 1;
      expect(E.isLeft(decoded) || bytesToHex(right(encodeExecutionParams(decoded.right)))).toSatisfy(
        (outcome) => outcome === true || outcome === bytesToHex(mutated),
      );
    }),
    { numRuns: 2_000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

test('bytes that were decoded may change afterwards', () => {
  const source = bytes(EXAMPLE_HEX);
  const params = right(decodeExecutionParams(source));
  source.fill(0);
  expect(params).toEqual(EXAMPLE);
});
