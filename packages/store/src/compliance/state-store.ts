import { either as E, option as O } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StateStore, StorageError } from '@zhtp/types';
import { assertEqual, type ComplianceCase } from './case.ts';

/** A fresh, empty store, and the same one as a new process finds it (or itself, if it is as durable as the process). */
export interface StateStoreSubject {
  readonly store: StateStore;
  readonly restart: () => Promise<StateStore>;
}

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

const succeed = async <A>(task: TaskEither<StorageError, A>): Promise<A> => {
  const result = await task();
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const get = async (store: StateStore, key: Uint8Array) => O.toNullable(await succeed(store.get(key)));
const put = (key: Uint8Array, value: Uint8Array) => ({ _tag: 'Put', key, value }) as const;
const scan = async (store: StateStore, prefix: Uint8Array): Promise<readonly (readonly [Uint8Array, Uint8Array])[]> => {
  const found: (readonly [Uint8Array, Uint8Array])[] = [];
  await succeed(store.scan(prefix, (key, value) => void found.push([key, value])));
  return found;
};

/** What applications rely on. */
export const stateStoreCompliance: readonly ComplianceCase<StateStoreSubject>[] = [
  {
    title: 'an absent key is none, an empty value is a value',
    run: async ({ store }) => {
      assertEqual(await get(store, bytes(1)), null, 'absent');
      await succeed(store.write([put(bytes(1), bytes()), put(bytes(), bytes(7))]));
      assertEqual(await get(store, bytes(1)), bytes(), 'empty value');
      assertEqual(await get(store, bytes()), bytes(7), 'empty key');
    },
  },
  {
    title: 'later changes of a batch win, deleting an absent key is harmless, all of it survives a restart',
    run: async ({ store, restart }) => {
      await succeed(store.write([put(bytes(1), bytes(1)), put(bytes(2), bytes(2))]));
      await succeed(
        store.write([
          put(bytes(1), bytes(8)),
          { _tag: 'Delete', key: bytes(1) },
          put(bytes(3), bytes(1)),
          put(bytes(3), bytes(3)),
          { _tag: 'Delete', key: bytes(9) },
        ]),
      );
      assertEqual(
        await scan(await restart(), bytes()),
        [
          [bytes(2), bytes(2)],
          [bytes(3), bytes(3)],
        ],
        'entries',
      );
    },
  },
  {
    title: 'a scan sees exactly the keys of its prefix, in byte order',
    run: async ({ store }) => {
      const keys = [
        bytes(0xff, 0xff, 1),
        bytes(0xff, 0xff),
        bytes(0xff),
        bytes(0x10, 0x02),
        bytes(0x10),
        bytes(0x0f, 0xff),
        bytes(0x11),
        bytes(0x10, 0x10, 0x00),
      ];
      await succeed(store.write(keys.map((key) => put(key, key))));
      const scanned = async (...prefix: readonly number[]) => (await scan(store, bytes(...prefix))).map(([key]) => key);
      assertEqual(await scanned(0x10), [bytes(0x10), bytes(0x10, 0x02), bytes(0x10, 0x10, 0x00)], 'prefix 10');
      assertEqual(await scanned(0xff), [bytes(0xff), bytes(0xff, 0xff), bytes(0xff, 0xff, 1)], 'prefix ff');
      assertEqual(await scanned(0xff, 0xff), [bytes(0xff, 0xff), bytes(0xff, 0xff, 1)], 'prefix ffff');
      assertEqual(await scanned(0x77), [], 'no such prefix');
      assertEqual((await scanned()).length, keys.length, 'all');
    },
  },
  {
    title: 'a scan of more than a page sees every entry once',
    run: async ({ store }) => {
      const keyOf = (i: number): Uint8Array => bytes(i >> 8, i & 0xff);
      await succeed(store.write(Array.from({ length: 1_000 }, (_, i) => put(keyOf(i), keyOf(i)))));
      const found = await scan(store, bytes());
      assertEqual(
        found.map(([key]) => key),
        Array.from({ length: 1_000 }, (_, i) => keyOf(i)),
        'keys',
      );
    },
  },
  {
    title: 'what is handed out is the caller’s own',
    run: async ({ store }) => {
      const value = bytes(1);
      await succeed(store.write([put(bytes(1), value)]));
      value[0] = 9;
      (await get(store, bytes(1)))?.fill(9);
      assertEqual(await get(store, bytes(1)), bytes(1), 'stored value');
      const before = [await get(store, bytes(1)), (await scan(store, bytes(1)))[0]?.[1]];
      await succeed(store.write([put(bytes(1), bytes(2))]));
      assertEqual(before, [bytes(1), bytes(1)], 'values read before another of their length was stored');
      assertEqual(await get(store, bytes(1)), bytes(2), 'other value');
    },
  },
];
