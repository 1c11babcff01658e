import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import {
  equalBytes,
  blockCodec,
  committedBlockCodec,
  encode,
  type Answer,
  type BlockStore,
  type CommitCertificate,
  type CommitExtensions,
  type CommittedBlock,
  type StorageError,
} from '@zhtp/types';
import { checkHeadCertificate, checkPair, otherBlock, placeOf, type Bounds } from './block-store-rules.ts';
import { createLanes } from './lanes.ts';
import type { Schedule } from './schedule.ts';

/** Places of blocks that were let go, at the front of the list, before it is cut: to move all others at each height costs more. */
const EMPTY_PLACES_MAX = 256;

/**
 * Decided blocks in memory, for simulation and tests: as durable as the process.
 * @param keptHeights how many of the last heights stay; all when left out
 */
export const createMemoryBlockStore = (schedule: Schedule, keptHeights?: bigint): BlockStore => {
  /** Heights follow each other, from the base on: a table by height would be made anew again and again as the first ones go. */
  const blocks: (CommittedBlock | undefined)[] = [];
  let emptyPlaces = 0;
  const extensions = new Map<bigint, CommitExtensions>();
  const lanes = createLanes();
  let bounds: Option<Bounds> = O.none;

  const later = <A>(work: () => Either<StorageError, A>, done: Answer<StorageError, A>): void =>
    lanes.enter('', (leave) =>
      schedule(() => {
        const result = work();
        leave();
        done(result);
      }),
    );

  const blockAt = (height: bigint): CommittedBlock | undefined =>
    O.isNone(bounds) || height < bounds.value.baseHeight || height > bounds.value.headHeight
      ? undefined
      : blocks[emptyPlaces + Number(height - bounds.value.baseHeight)];

  const dropFirst = (): void => {
    blocks[emptyPlaces] = undefined;
    emptyPlaces += 1;
    if (emptyPlaces < EMPTY_PLACES_MAX) return;
    blocks.splice(0, emptyPlaces);
    emptyPlaces = 0;
  };

  const save = (committed: CommittedBlock): Either<StorageError, void> => {
    const { height } = committed.block.header;
    const pair = checkPair(committed);
    if (E.isLeft(pair)) return pair;
    const place = placeOf(bounds, height);
    if (E.isLeft(place)) return place;
    const stored = blockAt(height);
    if (stored !== undefined) return sameBlock(stored, committed) ? E.right(undefined) : E.left(otherBlock(height));
    blocks.push(committed);
    let baseHeight = O.isNone(bounds) ? height : bounds.value.baseHeight;
    if (keptHeights !== undefined)
      for (; baseHeight < height && baseHeight + keptHeights <= height; baseHeight++) dropFirst();
    bounds = O.some({ baseHeight, headHeight: height });
    return E.right(undefined);
  };

  const saveHeadCertificate = (certificate: CommitCertificate): Either<StorageError, void> => {
    const head = blocks.at(-1);
    const allowed = checkHeadCertificate(O.fromNullable(head?.certificate), certificate);
    if (E.isRight(allowed) && head !== undefined) blocks[blocks.length - 1] = { block: head.block, certificate };
    return allowed;
  };

  const saveExtensions = (saved: CommitExtensions): Either<StorageError, void> => {
    extensions.set(saved.height, saved);
    for (const height of extensions.keys()) if (height < saved.height - 1n) extensions.delete(height);
    return E.right(undefined);
  };

  const range = (fromHeight: bigint, count: number, maxBytes: number): readonly CommittedBlock[] => {
    const found: CommittedBlock[] = [];
    let bytes = 0;
    for (let height = fromHeight; found.length < count; height++) {
      const committed = blockAt(height);
      if (committed === undefined) break;
      bytes += encode(committedBlockCodec)(committed).length;
      if (found.length > 0 && bytes > maxBytes) break;
      found.push(committed);
    }
    return found;
  };

  return {
    save: (committed, done) => later(() => save(committed), done),
    saveHeadCertificate: (certificate, done) => later(() => saveHeadCertificate(certificate), done),
    saveExtensions: (saved, done) => later(() => saveExtensions(saved), done),
    loadExtensions: (height, done) => later(() => E.right(O.fromNullable(extensions.get(height))), done),
    load: (height, done) => later(() => E.right(O.fromNullable(blockAt(height))), done),
    range: (fromHeight, count, maxBytes, done) => later(() => E.right(range(fromHeight, count, maxBytes)), done),
    bounds: () => bounds,
  };
};

const sameBlock = (a: CommittedBlock, b: CommittedBlock): boolean =>
  equalBytes(encode(blockCodec)(a.block), encode(blockCodec)(b.block));
