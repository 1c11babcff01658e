import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenVectors } from './golden/cases.ts';

test('ids, signed bytes and encodings are those of the committed vectors', () => {
  const committed: unknown = JSON.parse(readFileSync(new URL('golden/governance.json', import.meta.url), 'utf8'));
  expect(goldenVectors()).toEqual(committed);
});
