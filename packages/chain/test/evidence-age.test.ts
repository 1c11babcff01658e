import type { ChainParameters } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { evidenceAgeBlocks, isExpired } from '@zhtp/chain';
import { PARAMETERS } from './support.ts';

const aged = (evidenceAgeMs: bigint, blockTime: bigint): ChainParameters => ({
  ...PARAMETERS,
  consensus: { ...PARAMETERS.consensus, blockTime },
  evidenceAgeMs,
});
const OFFENCE = { height: 100n, time: 1_000_000n };

describe('the age of evidence', () => {
  test('in blocks is what fits its time, a begun block included', () => {
    expect(evidenceAgeBlocks(aged(60_000n, 10n))).toBe(6n);
    expect(evidenceAgeBlocks(aged(60_001n, 10n))).toBe(7n);
    expect(evidenceAgeBlocks(aged(1n, 10n))).toBe(1n);
  });

  test('is over only when both time and blocks are over', () => {
    const parameters = aged(60_000n, 10n);
    const at = (blocks: bigint, ms: bigint): boolean =>
      isExpired(OFFENCE, OFFENCE.height + blocks, OFFENCE.time + ms, parameters);
    expect(at(7n, 60_001n)).toBe(true);
    expect(at(6n, 60_001n)).toBe(false);
    expect(at(7n, 60_000n)).toBe(false);
    expect(at(6n, 60_000n)).toBe(false);
    expect(at(1_000_000n, 60_000n)).toBe(false);
    expect(at(1n, 10n ** 12n)).toBe(false);
  });
});
