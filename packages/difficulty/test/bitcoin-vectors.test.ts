import { describeVectors } from '@zhtp/testing';
import {
  decodeCompact,
  DifficultyConfig,
  DifficultyManager,
  encodeCompact,
  isCanonicalCompact,
  retarget,
  targetFromCompact,
} from '@zhtp/difficulty';
import { either as E, option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import { fromHex, refusal, right, toHex } from './support.ts';

// Headers, state transitions and chain work need hashes of headers, median times and sums of work, which no chain of ours
// has: the conformance runner computes those and runs its files against this package.

const target = (hex: string): bigint => BigInt(`0x${hex}`);
const config = DifficultyConfig.default();

interface CompactBits {
  readonly decode: readonly {
    readonly bits: string;
    readonly target: string | null;
    readonly reencoded: string | null;
    readonly negative: boolean;
    readonly overflow: boolean;
  }[];
  readonly encode: readonly { readonly target: string; readonly bits: string }[];
  readonly checkProofOfWork_powLimit_1d00ffff: readonly {
    readonly name: string;
    readonly hash: string;
    readonly bits: string;
    readonly valid: boolean;
  }[];
}

describeVectors<CompactBits>('compact targets of Bitcoin Core', 'bitcoin/compact_bits.json', (vectors) => {
  test.each(vectors.decode)('$bits is taken apart and put together', (row) => {
    const found = right(decodeCompact(fromHex(row.bits)));
    expect([found.negative, found.overflow]).toEqual([row.negative, row.overflow]);
    expect(row.target === null ? row.overflow : found.target === target(row.target)).toBe(true);
    expect(row.reencoded === null ? null : toHex(right(encodeCompact(found.target, found.negative)))).toBe(
      row.reencoded,
    );
    const isTarget = !row.negative && !row.overflow && found.target > 0n;
    expect(E.isRight(targetFromCompact(fromHex(row.bits)))).toBe(isTarget);
    expect(isCanonicalCompact(fromHex(row.bits))).toBe(isTarget && row.reencoded === row.bits);
  });

  test.each(vectors.encode)('$target is written as $bits', (row) => {
    expect(toHex(right(encodeCompact(target(row.target))))).toBe(row.bits);
  });

  test.each(vectors.checkProofOfWork_powLimit_1d00ffff)('a proof of work with $name is none', (row) => {
    const claimed = targetFromCompact(fromHex(row.bits));
    const limit = right(targetFromCompact(config.powLimit));
    const isWork = E.isRight(claimed) && claimed.right <= limit && target(row.hash) <= claimed.right;
    expect(isWork).toBe(row.valid);
  });
});

interface Retarget {
  readonly firstTime: number;
  readonly lastTime: number;
  readonly oldBits: string;
  readonly newBits: string;
}

interface CoreTests {
  readonly mainnet_core_pow_tests: readonly (Retarget & { readonly name: string; readonly lastHeight: number })[];
  readonly signet_real_retargets_rust_bitcoin: readonly (Retarget & {
    readonly height: number;
    readonly powLimitBits: string;
  })[];
}

const answer = (manager: DifficultyManager, height: number, row: Retarget): string => {
  const [start, end] = [BigInt(row.firstTime), BigInt(row.lastTime)];
  const made = right(manager.adjustDifficulty(BigInt(height), fromHex(row.oldBits), start, end));
  return O.isSome(made) ? toHex(made.value) : 'none';
};

describeVectors<CoreTests>('retargets of Bitcoin Core and of signet', 'bitcoin/core_pow_tests.json', (vectors) => {
  test.each(vectors.mainnet_core_pow_tests)('$name', (row) => {
    const made = retarget(config, fromHex(row.oldBits), BigInt(row.lastTime - row.firstTime));
    expect(toHex(right(made))).toBe(row.newBits);
  });

  test.each(vectors.signet_real_retargets_rust_bitcoin)('signet at $height', (row) => {
    const limit = fromHex(row.powLimitBits);
    const signet = DifficultyManager.create({ ...config, initialDifficulty: limit, powLimit: limit });
    expect(answer(right(signet), row.height, row)).toBe(row.newBits);
  });
});

interface Mainnet {
  readonly params: { readonly interval: number; readonly targetTimespan: number; readonly maxAdjustmentFactor: number };
  readonly rows: readonly (Retarget & { readonly height: number })[];
}

describeVectors<Mainnet>('retargets of mainnet', 'bitcoin/mainnet_retargets.json', ({ params, rows }) => {
  const manager = DifficultyManager.default();

  test('follow the default configuration', () => {
    expect({
      interval: Number(config.adjustmentInterval),
      targetTimespan: Number(config.targetTimespan),
      maxAdjustmentFactor: Number(config.maxAdjustmentFactor),
    }).toEqual({
      interval: params.interval,
      targetTimespan: params.targetTimespan,
      maxAdjustmentFactor: params.maxAdjustmentFactor,
    });
  });

  test('come out to the last bit', () => {
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map((row) => answer(manager, row.height, row))).toEqual(rows.map(({ newBits }) => newBits));
  });

  test('are none one block earlier or later', () => {
    for (const row of rows)
      expect([row.height - 1, row.height + 1].map((height) => answer(manager, height, row))).toEqual(['none', 'none']);
  });

  test('are refused with their times exchanged', () => {
    for (const { height, oldBits, firstTime, lastTime } of rows) {
      const swapped = manager.adjustDifficulty(BigInt(height), fromHex(oldBits), BigInt(lastTime), BigInt(firstTime));
      expect(refusal(swapped)).toMatch(/^CalculationError: /);
    }
  });
});

interface FloatTraps {
  readonly rows: readonly { readonly oldBits: string; readonly timespan: number; readonly newBits: string }[];
}

describeVectors<FloatTraps>('retargets that doubles get wrong', 'bitcoin/derived_float_traps.json', ({ rows }) => {
  test.each(rows)('$oldBits after $timespan s', (row) => {
    const made = DifficultyManager.default().calculateNewDifficulty(fromHex(row.oldBits), BigInt(row.timespan));
    expect(toHex(right(made))).toBe(row.newBits);
  });
});
