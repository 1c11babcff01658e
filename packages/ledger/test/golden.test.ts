import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goldenMaps, goldenStates, goldenTransactions } from './golden/cases.ts';

const golden = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'golden', name), 'utf8'));

test('sign bytes, ids and bytes of transactions are what they always were', () => {
  expect(goldenTransactions()).toEqual(golden('transactions.json'));
});

test('roots and proofs of maps are what they always were', () => {
  expect(goldenMaps()).toEqual(golden('maps.json'));
});

test('app hashes, receipts and results hashes are what they always were', () => {
  expect(goldenStates()).toEqual(golden('states.json'));
});
