import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenVectors } from './golden/vectors.ts';

test('encodings, roots, challenges and signed bytes are those of the committed vectors', async () => {
  const committed: unknown = JSON.parse(readFileSync(new URL('golden/proofs.json', import.meta.url), 'utf8'));
  expect(await goldenVectors()).toEqual(committed);
});
