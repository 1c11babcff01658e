import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { createChainStateStore, createMemoryChainStateStore, createMemoryStateStore, inEventLoop } from '@zhtp/store';
import { succeed } from '@zhtp/store/compliance';
import type { ChainStateStore, StorageError } from '@zhtp/types';

const load = (store: ChainStateStore, height: bigint) =>
  succeed<StorageError, O.Option<Uint8Array>>((done) => store.load(height, done));
const save = (store: ChainStateStore, height: bigint, byte: number) =>
  succeed<StorageError, void>((done) => store.save(height, Uint8Array.of(byte), done));

describe.each([
  ['over a state store', () => createChainStateStore(createMemoryStateStore())],
  ['in memory', () => createMemoryChainStateStore(inEventLoop)],
])('chain states %s', (_title, create) => {
  test('come back by height, the last save of a height wins, old heights are let go', async () => {
    const store = create();
    expect(await load(store, 1n)).toEqual(O.none);
    for (let height = 1n; height <= 20n; height++) await save(store, height, Number(height));
    await save(store, 20n, 99);
    expect(await load(store, 20n)).toEqual(O.some(Uint8Array.of(99)));
    expect(await load(store, 5n)).toEqual(O.some(Uint8Array.of(5)));
    expect(await load(store, 4n)).toEqual(O.none);
  });
});
