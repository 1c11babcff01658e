import { expect, test } from 'vitest';
import { id, managerWith, right } from './support.ts';

test('ValidatorManager.events$ tells every subscriber of an effect after its cause', () => {
  const manager = managerWith([100, 100, 100, 100, 100]);
  const seen: string[] = [];
  manager.events$.subscribe((event) => {
    if (event._tag === 'ValidatorSlashed' && event.validator === id(1))
      right(manager.slashValidator(id(2), 'Liveness', 1));
  });
  manager.events$.subscribe((event) =>
    seen.push(`${event._tag} ${'validator' in event && event.validator === id(1) ? '1' : '2'}`),
  );
  right(manager.slashValidator(id(1), 'Liveness', 1));
  const first = seen.filter((each) => each.endsWith('1'));
  expect(first.length).toBeGreaterThan(1);
  expect(seen).toEqual([...first, ...first.map((each) => each.replace('1', '2'))]);
});
