import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenVectors } from './golden/vectors.ts';

test('rounds and fee splits are those of the committed vectors', () => {
  const committed: unknown = JSON.parse(readFileSync(new URL('golden/rewards.json', import.meta.url), 'utf8'));
  expect(goldenVectors()).toEqual(committed);
});
