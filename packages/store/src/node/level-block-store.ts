import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import {
  equalBytes,
  blockCodec,
  commitCertificateCodec,
  commitExtensionsCodec,
  encode,
  type Answer,
  type Block,
  type BlockStore,
  type CommitCertificate,
  type CommitExtensions,
  type CommittedBlock,
  type Hash,
  type StorageError,
} from '@zhtp/types';
import { checkHeadCertificate, checkPair, otherBlock, placeOf, type Bounds } from '../block-store-rules.ts';
import { viewOf } from '../bytes.ts';
import { createLanes } from '../lanes.ts';
import { answerLater } from '../answer-later.ts';
import {
  BLOCK,
  CERTIFICATE,
  EXTENSIONS,
  keyOf,
  loadPart,
  loadStored,
  type Loaded,
  type LoadedHeight,
  type Result,
} from './level-block-rows.ts';
import { openLevelDatabase, type LevelDatabase } from './level-database.ts';

/** Decided blocks in a LevelDB of their own. */
export interface LevelBlockStore extends BlockStore {
  close(done: Answer<StorageError, void>): void;
}

/** Version 1 kept the certificate of every height a second time, beside the one in the block after it. */
const FORMAT = { kind: 'zhtp-blocks', version: 2 };

const ALL_BLOCKS = { from: Uint8Array.of(BLOCK), to: O.some(Uint8Array.of(BLOCK + 1)) };

/** The head, by which block a certificate of its height must name, and the round of the one it is stored with. */
interface Stored extends Bounds {
  readonly headId: Hash;
  readonly headRound: number;
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

const recoverBounds = async (database: LevelDatabase): Result<Option<Stored>> => {
  const least = await database.edge(ALL_BLOCKS, 'least');
  if (E.isLeft(least)) return least;
  const greatest = await database.edge(ALL_BLOCKS, 'greatest');
  if (E.isLeft(greatest)) return greatest;
  if (O.isNone(least.right) || O.isNone(greatest.right)) return E.right(O.none);
  const [baseHeight, headHeight] = [heightOf(least.right.value), heightOf(greatest.right.value)];
  const head = await loadStored(database, headHeight, O.none);
  if (E.isLeft(head)) return head;
  const { blockId, round } = head.right.value.certificate;
  return E.right(O.some({ baseHeight, headHeight, headId: blockId, headRound: round }));
};

const heightOf = (key: Uint8Array): bigint => viewOf(key).getBigUint64(1);

const blockStore = (database: LevelDatabase, recovered: Option<Stored>): LevelBlockStore => {
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
    const { blockId, round } = committed.certificate;
    const written = await database.write([
      { _tag: 'Put', key: keyOf(BLOCK, height), value: block },
      { _tag: 'Put', key: keyOf(CERTIFICATE, height), value: encode(commitCertificateCodec)(committed.certificate) },
      ...(carriesHeadCertificate(committed.block)
        ? [{ _tag: 'Delete' as const, key: keyOf(CERTIFICATE, height - 1n) }]
        : []),
    ]);
    if (E.isRight(written))
      bounds = O.some({
        baseHeight: O.isNone(bounds) ? height : bounds.value.baseHeight,
        headHeight: height,
        headId: blockId,
        headRound: round,
      });
    return written;
  };

  /** A quorum of another round shows less after a fork: who left the height in the earlier one keeps no polkas of it. */
  const carriesHeadCertificate = ({ lastCommit }: Block): boolean =>
    O.isSome(bounds) &&
    lastCommit.height === bounds.value.headHeight &&
    lastCommit.blockId === bounds.value.headId &&
    lastCommit.round === bounds.value.headRound;

  const checkSame = async (height: bigint, block: Uint8Array): Result<void> => {
    const stored = await database.get(keyOf(BLOCK, height));
    if (E.isLeft(stored)) return stored;
    return O.isSome(stored.right) && equalBytes(stored.right.value, block)
      ? E.right(undefined)
      : E.left(otherBlock(height));
  };

  const saveHeadCertificate = async (certificate: CommitCertificate): Result<void> => {
    const head = O.map(({ headHeight, headId }: Stored) => ({ height: headHeight, blockId: headId }))(bounds);
    const allowed = checkHeadCertificate(head, certificate);
    if (E.isLeft(allowed)) return allowed;
    const written = await database.write([
      { _tag: 'Put', key: keyOf(CERTIFICATE, certificate.height), value: encode(commitCertificateCodec)(certificate) },
    ]);
    if (E.isRight(written)) bounds = O.map((at: Stored) => ({ ...at, headRound: certificate.round }))(bounds);
    return written;
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
    const loaded = await loadStored(database, height, O.none);
    return E.isLeft(loaded) ? loaded : E.right(O.some(loaded.right.value));
  };

  const range = async (fromHeight: bigint, count: number, maxBytes: number): Result<readonly CommittedBlock[]> => {
    const found: CommittedBlock[] = [];
    let bytes = 0;
    let next: Option<Loaded<Block>> = O.none;
    for (let height = fromHeight; found.length < count && isStored(height); height++) {
      const loaded: Either<StorageError, LoadedHeight> = await loadStored(database, height, next);
      if (E.isLeft(loaded)) return loaded;
      ({ next } = loaded.right);
      bytes += loaded.right.bytes;
      if (found.length > 0 && bytes > maxBytes) break;
      found.push(loaded.right.value);
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
    bounds: () => O.map(({ baseHeight, headHeight }: Stored): Bounds => ({ baseHeight, headHeight }))(bounds),
    close: (done) => inOrder(() => database.close(), done),
  };
};
