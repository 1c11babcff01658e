import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Answer, StateStore, StorageError } from '@zhtp/types';
import { concatBytes } from '../bytes.ts';
import { answerLater } from '../answer-later.ts';
import { openLevelDatabase, type KeyRange, type LevelDatabase } from './level-database.ts';

/** State in a LevelDB of its own. */
export interface LevelStateStore extends StateStore {
  close(): TaskEither<StorageError, void>;
}

const FORMAT = { kind: 'zhtp-state', version: 1 };

/** Entries lie under 0x01 ‖ key. */
const ENTRY = Uint8Array.of(1);
const entryKey = (key: Uint8Array): Uint8Array => concatBytes([ENTRY, key]);

/** Opens, or creates, a state database in a folder of its own. A second process is refused. */
export const openLevelStateStore = (folder: string, done: Answer<StorageError, LevelStateStore>): void =>
  answerLater(open(folder), done);

const open = async (folder: string): Promise<Either<StorageError, LevelStateStore>> => {
  const database = await openLevelDatabase(folder, FORMAT);
  return E.isLeft(database) ? database : E.right(stateStore(database.right));
};

const stateStore = (database: LevelDatabase): LevelStateStore => ({
  get: (key) => () => database.get(entryKey(key)),
  scan: (prefix, visit) => () => database.visit(rangeOf(entryKey(prefix)), (key, value) => visit(key.slice(1), value)),
  write: (changes) => () => database.write(changes.map((change) => ({ ...change, key: entryKey(change.key) }))),
  close: () => () => database.close(),
});

/** All keys that begin with `prefix`, which begins with 0x01 and so always has a successor. */
const rangeOf = (prefix: Uint8Array): KeyRange => ({ from: prefix, to: successor(prefix) });

const successor = (prefix: Uint8Array): Option<Uint8Array> => {
  const last = prefix.findLastIndex((byte) => byte !== 0xff);
  if (last < 0) return O.none;
  const next = prefix.slice(0, last + 1);
  next[last] = (next[last] ?? 0) + 1;
  return O.some(next);
};
