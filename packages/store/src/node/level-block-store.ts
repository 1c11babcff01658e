import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import {
  equalBytes,
  blockCodec,
  commitCertificateCodec,
  commitExtensionsCodec,
  decode,
  encode,
  type Answer,
  type BlockStore,
  type Codec,
  type CommitCertificate,
  type CommitExtensions,
  type CommittedBlock,
  type StorageError,
} from '@zhtp/types';
import { checkHeadCertificate, checkPair, otherBlock, placeOf, type Bounds } from '../block-store-rules.ts';
import { concatBytes, u64ToBytes, viewOf } from '../bytes.ts';
import { createLanes } from '../lanes.ts';
import { answerLater } from '../answer-later.ts';
import { openLevelDatabase, type LevelDatabase } from './level-database.ts';
import { damagedDatabase } from './level-error.ts';

/** Decided blocks in a LevelDB of their own. */
export interface LevelBlockStore extends BlockStore {
  close(done: Answer<StorageError, void>): void;
}

const FORMAT = { kind: 'zhtp-blocks', version: 1 };

/** 0x01 ‖ height: the block's canonical bytes. 0x02 ‖ height: its certificate's, apart, because the head's changes. */
const BLOCK = 1;
const CERTIFICATE = 2;
/** 0x03 ‖ height: the extensions of its precommits, for the last two heights. */
const EXTENSIONS = 3;
const keyOf = (kind: number, height: bigint): Uint8Array => concatBytes([Uint8Array.of(kind), u64ToBytes(height)]);
const ALL_BLOCKS = { from: Uint8Array.of(BLOCK), to: O.some(Uint8Array.of(BLOCK + 1)) };

type Result<A> = Promise<Either<StorageError, A>>;

/** A committed block and its length in canonical bytes. */
interface Loaded {
  readonly committed: CommittedBlock;
  readonly bytes: number;
}

/**
 * Opens, or creates, a block database in a folder of its own. A second process is refused; so is a head that does not
 * decode or whose certificate is not its.
 */
export const openLevelBlockStore = (folder: string, done: Answer<StorageError, LevelBlockStore>): void =>
  answerLater(open(folder), done);

const open = async (folder: string): Result<LevelBlockStore> => {
  const database = await openLevelDatabase(folder, FORMAT);
  if (E.isLeft(database)) return database;
  const bounds = await recoverBounds(database.right);
  if (E.isRight(bounds)) return E.right(blockStore(database.right, bounds.right));
  await database.right.close();
  return bounds;
};

const recoverBounds = async (database: LevelDatabase): Result<Option<Bounds>> => {
  const least = await database.edge(ALL_BLOCKS, 'least');
  if (E.isLeft(least)) return least;
  const greatest = await database.edge(ALL_BLOCKS, 'greatest');
  if (E.isLeft(greatest)) return greatest;
  if (O.isNone(least.right) || O.isNone(greatest.right)) return E.right(O.none);
  const bounds = { baseHeight: heightOf(least.right.value), headHeight: heightOf(greatest.right.value) };
  const head = await loadStored(database, bounds.headHeight);
  return E.isLeft(head) ? head : E.right(O.some(bounds));
};

const heightOf = (key: Uint8Array): bigint => viewOf(key).getBigUint64(1);

const loadStored = async (database: LevelDatabase, height: bigint): Result<Loaded> => {
  const block = await loadPart(database, BLOCK, height, blockCodec);
  if (E.isLeft(block)) return block;
  const certificate = await loadPart(database, CERTIFICATE, height, commitCertificateCodec);
  if (E.isLeft(certificate)) return certificate;
  const committed = { block: block.right.value, certificate: certificate.right.value };
  const pair = checkPair(committed);
  if (E.isLeft(pair)) return E.left(damagedDatabase(database.folder, pair.left.message));
  return E.right({ committed, bytes: block.right.bytes + certificate.right.bytes });
};

const loadPart = async <A>(
  database: LevelDatabase,
  kind: number,
  height: bigint,
  codec: Codec<A>,
): Result<{ readonly value: A; readonly bytes: number }> => {
  const stored = await database.get(keyOf(kind, height));
  if (E.isLeft(stored)) return stored;
  const what = `the ${codec.name} of height ${String(height)}`;
  if (O.isNone(stored.right)) return E.left(damagedDatabase(database.folder, `${what} is missing`));
  const value = decode(codec)(stored.right.value);
  return E.isLeft(value)
    ? E.left(damagedDatabase(database.folder, `${what} does not decode (${value.left.message})`))
    : E.right({ value: value.right, bytes: stored.right.value.length });
};

const blockStore = (database: LevelDatabase, recovered: Option<Bounds>): LevelBlockStore => {
  const writes = createLanes();
  let bounds = recovered;

  const inOrder = (work: () => Result<void>, done: Answer<StorageError, void>): void =>
    writes.enter('', (leave) =>
      answerLater(work(), (result) => {
        leave();
        done(result);
      }),
    );

  const isStored = (height: bigint): boolean =>
    O.isSome(bounds) && height >= bounds.value.baseHeight && height <= bounds.value.headHeight;

  const save = async (committed: CommittedBlock): Result<void> => {
    const pair = checkPair(committed);
    if (E.isLeft(pair)) return pair;
    const { height } = committed.block.header;
    const place = placeOf(bounds, height);
    if (E.isLeft(place)) return place;
    const block = encode(blockCodec)(committed.block);
    if (place.right === 'stored') return checkSame(height, block);
    const written = await database.write([
      { _tag: 'Put', key: keyOf(BLOCK, height), value: block },
      { _tag: 'Put', key: keyOf(CERTIFICATE, height), value: encode(commitCertificateCodec)(committed.certificate) },
    ]);
    if (E.isRight(written))
      bounds = O.some({ baseHeight: O.isNone(bounds) ? height : bounds.value.baseHeight, headHeight: height });
    return written;
  };

  const checkSame = async (height: bigint, block: Uint8Array): Result<void> => {
    const stored = await database.get(keyOf(BLOCK, height));
    if (E.isLeft(stored)) return stored;
    return O.isSome(stored.right) && equalBytes(stored.right.value, block)
      ? E.right(undefined)
      : E.left(otherBlock(height));
  };

  const saveHeadCertificate = async (certificate: CommitCertificate): Result<void> => {
    const head = await headCertificate();
    if (E.isLeft(head)) return head;
    const allowed = checkHeadCertificate(head.right, certificate);
    if (E.isLeft(allowed)) return allowed;
    return database.write([
      { _tag: 'Put', key: keyOf(CERTIFICATE, certificate.height), value: encode(commitCertificateCodec)(certificate) },
    ]);
  };

  const headCertificate = async (): Result<Option<CommitCertificate>> => {
    if (O.isNone(bounds)) return E.right(O.none);
    const stored = await loadPart(database, CERTIFICATE, bounds.value.headHeight, commitCertificateCodec);
    return E.isLeft(stored) ? stored : E.right(O.some(stored.right.value));
  };

  const saveExtensions = async (extensions: CommitExtensions): Result<void> => {
    const { height } = extensions;
    const older = { from: keyOf(EXTENSIONS, 0n), to: O.some(keyOf(EXTENSIONS, height > 0n ? height - 1n : 0n)) };
    const least = await database.edge(older, 'least');
    if (E.isLeft(least)) return least;
    return database.write([
      { _tag: 'Put', key: keyOf(EXTENSIONS, height), value: encode(commitExtensionsCodec)(extensions) },
      ...(O.isSome(least.right) ? [{ _tag: 'Delete' as const, key: least.right.value }] : []),
    ]);
  };

  const loadExtensions = async (height: bigint): Result<Option<CommitExtensions>> => {
    const stored = await database.get(keyOf(EXTENSIONS, height));
    if (E.isLeft(stored)) return stored;
    if (O.isNone(stored.right)) return E.right(O.none);
    const loaded = await loadPart(database, EXTENSIONS, height, commitExtensionsCodec);
    return E.isLeft(loaded) ? loaded : E.right(O.some(loaded.right.value));
  };

  const load = async (height: bigint): Result<Option<CommittedBlock>> => {
    if (!isStored(height)) return E.right(O.none);
    const loaded = await loadStored(database, height);
    return E.isLeft(loaded) ? loaded : E.right(O.some(loaded.right.committed));
  };

  const range = async (fromHeight: bigint, count: number, maxBytes: number): Result<readonly CommittedBlock[]> => {
    const found: CommittedBlock[] = [];
    let bytes = 0;
    for (let height = fromHeight; found.length < count && isStored(height); height++) {
      const loaded = await loadStored(database, height);
      if (E.isLeft(loaded)) return loaded;
      bytes += loaded.right.bytes;
      if (found.length > 0 && bytes > maxBytes) break;
      found.push(loaded.right.committed);
    }
    return E.right(found);
  };

  return {
    save: (committed, done) => inOrder(() => save(committed), done),
    saveHeadCertificate: (certificate, done) => inOrder(() => saveHeadCertificate(certificate), done),
    saveExtensions: (extensions, done) => inOrder(() => saveExtensions(extensions), done),
    loadExtensions: (height, done) => answerLater(loadExtensions(height), done),
    load: (height, done) => answerLater(load(height), done),
    range: (fromHeight, count, maxBytes, done) => answerLater(range(fromHeight, count, maxBytes), done),
    bounds: () => bounds,
    close: (done) => inOrder(() => database.close(), done),
  };
};
