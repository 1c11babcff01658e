import { isAmount, isCount, isRecord, floorDivCount } from '@zhtp/types';

/** Longest window: one bit per block and validator is kept in state. */
export const LIVENESS_WINDOW_MAX = 10_000;

/** Which of the last blocks a validator missed, from their commit certificates (economics.md, Validators). */
export interface LivenessWindow {
  /** Blocks counted since it joined, was released, or was last found at fault. */
  readonly counted: number;
  readonly missed: number;
  /** Bit i is set when the latest block whose number is i modulo the window was missed. */
  readonly missedBits: bigint;
}

/** Nothing counted yet. */
export const FRESH_WINDOW: LivenessWindow = { counted: 0, missed: 0, missedBits: 0n };

/** Parameters: blocks, and the percentage of them that must be signed. */
export interface LivenessRule {
  readonly signedBlocksWindow: number;
  readonly minSignedPercent: number;
}

const isRule = (rule: LivenessRule): boolean =>
  isRecord(rule) &&
  isCount(rule.signedBlocksWindow) &&
  rule.signedBlocksWindow >= 1 &&
  rule.signedBlocksWindow <= LIVENESS_WINDOW_MAX &&
  isCount(rule.minSignedPercent) &&
  rule.minSignedPercent <= 100;

const isWindow = (window: LivenessWindow): boolean =>
  isRecord(window) && isCount(window.counted) && isCount(window.missed) && isAmount(window.missedBits);

/**
 * One more block. `fault` when a full window holds more misses than the rule allows; the window then starts anew. By what is
 * no rule, window or answer nobody is at fault, and the window stays.
 */
export const countBlock = (
  rule: LivenessRule,
  window: LivenessWindow,
  signed: boolean,
): { readonly window: LivenessWindow; readonly fault: boolean } => {
  if (!isWindow(window)) return { window: FRESH_WINDOW, fault: false };
  if (!isRule(rule) || typeof signed !== 'boolean') return { window, fault: false };
  const { signedBlocksWindow, minSignedPercent } = rule;
  const { counted, missed, missedBits } = window;
  // Most windows hold no miss: then there is no bit to look at.
  const bit = signed && missedBits === 0n ? 0n : 1n << BigInt(counted % signedBlocksWindow);
  const forgets = (missedBits & bit) !== 0n;
  const next: LivenessWindow = {
    // A counter that only has to tell "full" and the position: it never grows beyond two windows.
    counted: counted + 1 === 2 * signedBlocksWindow ? signedBlocksWindow : counted + 1,
    missed: missed - (forgets ? 1 : 0) + (signed ? 0 : 1),
    missedBits: signed ? missedBits & ~bit : missedBits | bit,
  };
  const allowed = signedBlocksWindow - floorDivCount(signedBlocksWindow * minSignedPercent, 100);
  const fault = next.counted >= signedBlocksWindow && next.missed > allowed;
  return { window: fault ? FRESH_WINDOW : next, fault };
};
