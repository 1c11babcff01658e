import { DifficultyConfig, encodeCompact, retarget } from '@zhtp/difficulty';
import type { Json } from '@zhtp/types';
import { right, toHex } from '../support.ts';

/** Policies that no vector from outside has: other factors, timespans that the factor does not divide, numeric bounds. */
const POLICIES = {
  bitcoin: {},
  threefold: { maxAdjustmentFactor: 3n, targetTimespan: 1_000n },
  fixed: { maxAdjustmentFactor: 1n },
  bounded: { initialDifficulty: 0x1c7f_ffff, minDifficulty: 0x1c00_8000, maxDifficulty: 0x1d00_8000 },
  easy: { powLimit: 0x2100_ffff, targetTimespan: 86_400n },
} as const;

const TARGETS = [1n, 0x80n, 0x12_3456n, 1n << 200n, (1n << 224n) - 1n, (1n << 256n) - 1n];
const SHARES = [-1n, 0n, 1n, 332n, 333n, 334n, 999n, 1_000n, 1_001n, 2_999n, 3_001n, 4_000n, 1_000_000n];

/** New targets of fixed policies, old targets and times (thousandths of the target timespan). */
export const goldenVectors = (): Json =>
  Object.entries(POLICIES).flatMap(([policy, changes]) => {
    const config = { ...DifficultyConfig.default(), ...changes };
    return TARGETS.map((target) => {
      const oldBits = right(encodeCompact(target));
      return {
        policy,
        oldBits: toHex(oldBits),
        newBits: SHARES.map((share) => toHex(right(retarget(config, oldBits, (config.targetTimespan * share) / 1_000n)))),
      };
    });
  });
