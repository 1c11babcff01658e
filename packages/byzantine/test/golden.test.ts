import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenVectors } from './golden/vectors.ts';

test('faults, penalties, ids and keys of a fixed history are those of the committed vectors', () => {
  const committed: unknown = JSON.parse(readFileSync(new URL('golden/byzantine.json', import.meta.url), 'utf8'));
  expect(goldenVectors()).toEqual(committed);
});
