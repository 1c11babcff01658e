import { DifficultyManager } from '@zhtp/difficulty';
import { either as E } from 'fp-ts';
import { expect, test } from 'vitest';

test('DifficultyManager.events$ tells every subscriber of an effect after its cause', () => {
  const manager = DifficultyManager.default();
  const seen: bigint[] = [];
  manager.events$.subscribe(() => {
    const interval = manager.adjustmentInterval();
    if (interval < 10n)
      expect(E.isRight(manager.applyGovernanceUpdate({ adjustmentInterval: interval + 1n }))).toBe(true);
  });
  manager.events$.subscribe((event) => {
    if (event._tag === 'DifficultyConfigChanged') seen.push(event.current.adjustmentInterval);
  });
  expect(E.isRight(manager.applyGovernanceUpdate({ adjustmentInterval: 7n }))).toBe(true);
  expect(seen).toEqual([7n, 8n, 9n, 10n]);
});
