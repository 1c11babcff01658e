import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { createChainStateStore, createMemoryChainStateStore, createMemoryStateStore, inEventLoop } from '@zhtp/store';
import { succeed } from '@zhtp/store/compliance';
import { encodeUtf8, type ChainStateRow, type ChainStateStore, type StateChange, type StorageError } from '@zhtp/types';

const load = (store: ChainStateStore, height: bigint) =>
  succeed<StorageError, O.Option<Uint8Array>>((done) => store.load(height, done));
const save = (store: ChainStateStore, height: bigint, byte: number) =>
  succeed<StorageError, void>((done) => store.save(height, Uint8Array.of(byte), [], done));
const rows = (store: ChainStateStore, prefix: string) =>
  succeed<StorageError, readonly ChainStateRow[]>((done) => store.rows(encodeUtf8(prefix), done));
const put = (key: string, byte: number): StateChange => ({
  _tag: 'Put',
  key: encodeUtf8(key),
  value: Uint8Array.of(byte),
});
const row = (key: string, byte: number): ChainStateRow => ({ key: encodeUtf8(key), value: Uint8Array.of(byte) });

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

  test('rows come with a state or by themselves, back by prefix in byte order, and stay until deleted', async () => {
    const store = create();
    expect(await rows(store, '')).toEqual([]);
    await succeed<StorageError, void>((done) => store.save(1n, Uint8Array.of(1), [put('b/2', 2), put('a/1', 1)], done));
    await succeed<StorageError, void>((done) => store.writeRows([put('b/10', 10), put('b/3', 3)], done));
    for (let height = 2n; height <= 40n; height++) await save(store, height, 7);
    expect(await rows(store, 'b/')).toEqual([row('b/10', 10), row('b/2', 2), row('b/3', 3)]);
    expect(await rows(store, '')).toHaveLength(4);
    await succeed<StorageError, void>((done) =>
      store.writeRows([{ _tag: 'Delete', key: encodeUtf8('b/2') }, put('b/3', 33)], done),
    );
    expect(await rows(store, 'b/')).toEqual([row('b/10', 10), row('b/3', 33)]);
    expect(await load(store, 40n)).toEqual(O.some(Uint8Array.of(7)));
  });
});
