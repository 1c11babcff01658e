import { committedBlockCodec, encode, type ChainStateStore } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import { volatileBlockStore, volatileChainStates } from '../../src/facade/volatile-ports.ts';
import { committedAt } from '../support/genesis.ts';

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

test('blocks in memory are handed out without a gap and within the bytes asked for, one at least, as from disk', async () => {
  const store = volatileBlockStore();
  for (let height = 3n; height <= 6n; height++)
    await new Promise((resolve) => {
      store.save(committedAt(height), resolve);
    });
  const range = (from: bigint, count: number, maxBytes: number): Promise<unknown> =>
    new Promise((resolve) => {
      store.range(from, count, maxBytes, resolve);
    });
  const blocks = (...heights: readonly bigint[]): unknown => E.right(heights.map(committedAt));
  const two = [3n, 4n].reduce((sum, height) => sum + encode(committedBlockCodec)(committedAt(height)).length, 0);
  expect(await range(3n, 9, two - 1)).toEqual(blocks(3n));
  expect(await range(3n, 9, two)).toEqual(blocks(3n, 4n));
  expect(await range(3n, 9, two + 1)).toEqual(blocks(3n, 4n));
  expect(await range(5n, 9, 1)).toEqual(blocks(5n));
  expect(await range(5n, 1, 9_999_999)).toEqual(blocks(5n));
  expect(await range(2n, 9, 9_999_999)).toEqual(blocks());
  expect(await range(7n, 9, 9_999_999)).toEqual(blocks());
});
