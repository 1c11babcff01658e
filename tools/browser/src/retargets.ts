import { DifficultyManager } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';

const INTERVALS = 200;

/** Compact targets of a chain whose intervals take from a fifth to nearly twice the time they should. */
export const retargets = (): readonly number[] => {
  const manager = DifficultyManager.default();
  const targets = [manager.initialDifficulty()];
  for (let i = 1; i < INTERVALS; i++) {
    const current = targets[i - 1] ?? 0;
    const tenths = 2n + BigInt((i * 31) % 17);
    const next = manager.calculateNewDifficulty(current, (manager.targetTimespan() / 10n) * tenths);
    if (E.isLeft(next)) throw new Error(next.left.message);
    targets.push(next.right);
  }
  return targets;
};
