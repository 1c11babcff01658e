import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { ClassicLevel } from 'classic-level';
import { equalBytes, decodeUtf8, encodeUtf8, storageError, type StorageError } from '@zhtp/types';
import { concatBytes, viewOf } from '../bytes.ts';
import { crc32c } from '../crc32c.ts';
import { damagedDatabase, levelError } from './level-error.ts';

/** Keys from `from` up to, without, `to`. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Option<Uint8Array>;
}

export type Write =
  | { readonly _tag: 'Put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly _tag: 'Delete'; readonly key: Uint8Array };

type Result<A> = Promise<Either<StorageError, A>>;

/**
 * A LevelDB whose values carry a checksum: value, CRC-32C of key and value u32. LevelDB has checksums of its own and
 * does not look at them in ordinary reads. The key 0x00 holds the kind of the database and its format version, u32.
 */
export interface LevelDatabase {
  readonly folder: string;
  get(key: Uint8Array): Result<Option<Uint8Array>>;
  /** All of the writes, durable, or none. After a failure nothing more is written: what reached the log is not known. */
  write(writes: readonly Write[]): Result<void>;
  /** The least key of a range, or the greatest. */
  edge(range: KeyRange, which: 'least' | 'greatest'): Result<Option<Uint8Array>>;
  /** Visits a range in key order, read page by page from one snapshot. */
  visit(range: KeyRange, each: (key: Uint8Array, value: Uint8Array) => void): Result<void>;
  close(): Result<void>;
}

export interface DatabaseFormat {
  readonly kind: string;
  readonly version: number;
}

const FORMAT_KEY = Uint8Array.of(0);
const PAGE_ENTRIES = 256;
const VIEW = { keyEncoding: 'view', valueEncoding: 'view' } as const;

const seal = (key: Uint8Array, value: Uint8Array): Uint8Array => {
  const checksum = new Uint8Array(4);
  viewOf(checksum).setUint32(0, crc32c(value, crc32c(key)));
  return concatBytes([value, checksum]);
};

/** A plain copy: classic-level hands out Buffers, whose `slice` shares memory. */
const unseal = (key: Uint8Array, sealed: Uint8Array): Option<Uint8Array> => {
  if (sealed.length < 4) return O.none;
  const value = new Uint8Array(sealed.subarray(0, sealed.length - 4));
  return viewOf(sealed).getUint32(value.length) === crc32c(value, crc32c(key)) ? O.some(value) : O.none;
};

export const openLevelDatabase = async (folder: string, format: DatabaseFormat): Result<LevelDatabase> => {
  const level = new ClassicLevel<Uint8Array, Uint8Array>(folder, VIEW);
  try {
    await level.open({ createIfMissing: true });
    const checked = await checkFormat(level, folder, format);
    if (E.isLeft(checked)) {
      await level.close();
      return checked;
    }
    return E.right(database(level, folder));
  } catch (cause) {
    return E.left(levelError('opening', folder, cause));
  }
};

type Level = ClassicLevel<Uint8Array, Uint8Array>;

const checkFormat = async (level: Level, folder: string, format: DatabaseFormat): Result<void> => {
  const stored = await level.get(FORMAT_KEY);
  if (stored === undefined) return beginFormat(level, folder, format);
  const value = unseal(FORMAT_KEY, stored);
  if (O.isNone(value) || value.value.length < 4)
    return E.left(damagedDatabase(folder, 'its format entry does not hold'));
  const nameBytes = value.value.subarray(4);
  const version = viewOf(value.value).getUint32(0);
  if (!equalBytes(nameBytes, encodeUtf8(format.kind)))
    return E.left(
      storageError(
        `${folder} holds a "${decodeUtf8(nameBytes)}" database, not "${format.kind}": check the paths of this home.`,
      ),
    );
  if (version !== format.version)
    return E.left(
      storageError(
        `database ${folder} has format version ${String(version)}; this program reads version ${String(format.version)}. ` +
          'Start it with the program version that wrote it.',
      ),
    );
  return E.right(undefined);
};

/** A database without a format entry is new, or not ours. */
const beginFormat = async (level: Level, folder: string, format: DatabaseFormat): Result<void> => {
  for await (const key of level.keys({ limit: 1 }))
    return E.left(
      damagedDatabase(folder, `it has no format entry and is not empty (first key of ${String(key.length)} bytes)`),
    );
  const version = new Uint8Array(4);
  viewOf(version).setUint32(0, format.version);
  await level.put(FORMAT_KEY, seal(FORMAT_KEY, concatBytes([version, encodeUtf8(format.kind)])), { sync: true });
  return E.right(undefined);
};

const database = (level: Level, folder: string): LevelDatabase => {
  let stopped: Option<StorageError> = O.none;

  const attempt = async <A>(what: string, work: () => Result<A>): Result<A> => {
    try {
      return await work();
    } catch (cause) {
      return E.left(levelError(what, folder, cause));
    }
  };

  const opened = (key: Uint8Array, sealed: Uint8Array): Either<StorageError, Uint8Array> => {
    const value = unseal(key, sealed);
    return O.isSome(value)
      ? E.right(value.value)
      : E.left(damagedDatabase(folder, `the checksum of an entry does not hold (key ${hex(key)})`));
  };

  return {
    folder,
    get: (key) =>
      attempt('reading', async () => {
        const sealed = await level.get(key);
        if (sealed === undefined) return E.right(O.none);
        const value = opened(key, sealed);
        return E.isLeft(value) ? value : E.right(O.some(value.right));
      }),
    write: async (writes) => {
      if (O.isSome(stopped)) return E.left(stopped.value);
      const result = await attempt<void>('writing', async () => {
        await level.batch(writes.map(operation), { sync: true });
        return E.right(undefined);
      });
      if (E.isLeft(result)) stopped = O.some(result.left);
      return result;
    },
    edge: (range, which) =>
      attempt('reading', async () => {
        for await (const key of level.keys({ ...bounds(range), limit: 1, reverse: which === 'greatest' }))
          return E.right(O.some(new Uint8Array(key)));
        return E.right(O.none);
      }),
    visit: (range, each) =>
      attempt('reading', async () => {
        const iterator = level.iterator(bounds(range));
        try {
          for (;;) {
            const page = await iterator.nextv(PAGE_ENTRIES);
            if (page.length === 0) return E.right(undefined);
            for (const [key, sealed] of page) {
              const value = opened(key, sealed);
              if (E.isLeft(value)) return value;
              each(new Uint8Array(key), value.right);
            }
          }
        } finally {
          await iterator.close();
        }
      }),
    close: () =>
      attempt<void>('closing', async () => {
        await level.close();
        return E.right(undefined);
      }),
  };
};

const operation = (write: Write) =>
  write._tag === 'Put'
    ? ({ type: 'put', key: write.key, value: seal(write.key, write.value) } as const)
    : ({ type: 'del', key: write.key } as const);

const bounds = ({ from, to }: KeyRange): { gte: Uint8Array; lt?: Uint8Array } =>
  O.isNone(to) ? { gte: from } : { gte: from, lt: to.value };

const hex = (key: Uint8Array): string =>
  Array.from(key.subarray(0, 40), (byte) => byte.toString(16).padStart(2, '0')).join('');
