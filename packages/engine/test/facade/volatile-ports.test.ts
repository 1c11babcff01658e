import type { ChainStateStore } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import { volatileChainStates } from '../../src/facade/volatile-ports.ts';

const save = (store: ChainStateStore, height: bigint): Promise<unknown> =>
  new Promise((resolve) => {
    store.save(height, Uint8Array.of(Number(height)), [], resolve);
  });
const load = (store: ChainStateStore, height: bigint): Promise<unknown> =>
  new Promise((resolve) => {
    store.load(height, resolve);
  });

test('chain states in memory are kept of the last sixteen heights, as on disk', async () => {
  const store = volatileChainStates();
  for (let height = 1n; height <= 20n; height++) await save(store, height);
  expect(await load(store, 20n)).toEqual(E.right(O.some(Uint8Array.of(20))));
  expect(await load(store, 5n)).toEqual(E.right(O.some(Uint8Array.of(5))));
  expect(await load(store, 4n)).toEqual(E.right(O.none));
});
