// The difficulty in headers is policy of the chain: decided by the ledger, demanded of every proposer (economics.md, Difficulty).
import { option as O } from 'fp-ts';
import { DEFAULT_FIRST_POLICY, DEFAULT_LEDGER_PARAMETERS, ledgerAppState } from '@zhtp/ledger';
import { createWorld } from '@zhtp/simulator';
import { DEFAULT_DIFFICULTY_CONFIG, floorDiv, type Block } from '@zhtp/types';
import { expect, test } from 'vitest';

const NODES = [0, 1, 2, 3];
const INTERVAL = 5n;
const INITIAL = 0x1c00_ffff;

const targetOf = (bits: number): bigint => BigInt(bits & 0xff_ffff) << BigInt(8 * ((bits >>> 24) - 3));

const compactOf = (target: bigint): number => {
  let size = Math.ceil(target.toString(16).length / 2);
  if (Number(target >> BigInt(8 * (size - 1))) >= 0x80) size += 1;
  return size * 0x100_0000 + Number(target >> BigInt(8 * (size - 3)));
};

/** Bitcoin's rule in whole numbers: t·a/T, at most four times either way. */
const retargeted = (bits: number, actual: bigint, timespan: bigint): number => {
  const target = targetOf(bits);
  if (actual * 4n <= timespan) return compactOf(floorDiv(target, 4n));
  if (actual >= timespan * 4n) return compactOf(target * 4n);
  return compactOf(floorDiv(target * actual, timespan));
};

test.each([
  ['faster than the timespan asks for', 'harder', 40n],
  ['slower than the timespan asks for', 'easier', 4n],
] as const)(
  'blocks that come %s make it %s at each interval, on all nodes alike',
  async (_pace, direction, timespan) => {
    const blocks = new Map<bigint, Block>();
    const world = createWorld({
      seed: 71,
      validators: 4,
      appState: ledgerAppState({
        ...DEFAULT_FIRST_POLICY,
        accounts: [],
        parameters: DEFAULT_LEDGER_PARAMETERS,
        difficulty: O.some({
          ...DEFAULT_DIFFICULTY_CONFIG,
          initialDifficulty: INITIAL,
          adjustmentInterval: INTERVAL,
          targetTimespan: timespan,
        }),
      }),
      config: { blockTime: 2n },
      observe: (node, event) => {
        if (node === 0 && event._tag === 'BlockCommitted') blocks.set(event.block.header.height, event.block);
      },
    });
    for (const node of NODES) world.start(node);
    expect(await world.runUntil(() => NODES.every((node) => world.record.committedBy(node) >= 16n), 240_000)).toBe(
      true,
    );
    expect(world.nodes.map((node) => node.fault())).toEqual(NODES.map(() => undefined));

    const bitsAt = (height: bigint): number => blocks.get(height)?.header.difficultyBits ?? 0;
    const secondsAt = (height: bigint): bigint => floorDiv(blocks.get(height)?.header.time ?? 0n, 1_000n);
    expect([1n, 2n, 3n, 4n].map(bitsAt)).toEqual([INITIAL, INITIAL, INITIAL, INITIAL]);
    for (const height of [10n, 15n]) {
      const actual = secondsAt(height - 1n) - secondsAt(height - INTERVAL);
      const before = bitsAt(height - 1n);
      expect(bitsAt(height)).toBe(retargeted(before, actual, timespan));
      expect(direction === 'harder' ? bitsAt(height) < before : bitsAt(height) > before).toBe(true);
      expect(bitsAt(height + 1n)).toBe(bitsAt(height));
    }
    expect(world.checker.violations()).toEqual([]);
  },
);
