import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decryptKeyFile } from '@zhtp/crypto';
import { either as E } from 'fp-ts';
import { expect, test } from 'vitest';
import { counting, GOLDEN_PASSPHRASE, goldenHashes, goldenKeyFiles } from './golden/cases.ts';

const golden = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'golden', name), 'utf8'));

test('hashes, roots, identities and deterministic signatures are what they always were', () => {
  expect(goldenHashes()).toEqual(golden('hashes.json'));
});

test('a key file of fixed randomness is what it always was', () => {
  expect(goldenKeyFiles()).toEqual(golden('key-files.json'));
});

test('key files written long ago still open', () => {
  const files = golden('key-files.json');
  const opened = Array.isArray(files) ? files.map((file) => decryptKeyFile(file, GOLDEN_PASSPHRASE)) : [];
  expect(opened.map(E.map(({ algorithm, secretKey }) => [algorithm, secretKey]))).toEqual([
    E.right(['ML-DSA-44', counting(32)]),
    E.right(['ML-DSA-65', counting(32)]),
    E.right(['ML-DSA-87', counting(32)]),
  ]);
});
