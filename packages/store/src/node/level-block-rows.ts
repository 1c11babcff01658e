import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import {
  blockCodec,
  commitCertificateCodec,
  decode,
  encode,
  type Block,
  type Codec,
  type CommitCertificate,
  type CommittedBlock,
  type StorageError,
} from '@zhtp/types';
import { checkPair } from '../block-store-rules.ts';
import { concatBytes, u64ToBytes } from '../bytes.ts';
import type { LevelDatabase } from './level-database.ts';
import { damagedDatabase } from './level-error.ts';

/**
 * 0x01 ‖ height: the block's canonical bytes. 0x02 ‖ height: the certificate of the head, which may still grow; further down
 * it is in the block that follows (protocol.md, Blocks: it travels in block h + 1 and is stored for the head), and the batch
 * that stores that block deletes it here. At 100 validators of ML-DSA-65 it has a third of a megabyte. One of another round
 * than that block carries stays: only precommits of the round in which this node decided convict together with what others
 * kept (protocol.md, Evidence and accountability).
 */
export const BLOCK = 1;
export const CERTIFICATE = 2;
/** 0x03 ‖ height: the extensions of its precommits, for the last two heights. */
export const EXTENSIONS = 3;
export const keyOf = (kind: number, height: bigint): Uint8Array =>
  concatBytes([Uint8Array.of(kind), u64ToBytes(height)]);
export type Result<A> = Promise<Either<StorageError, A>>;

/** A value and its length in canonical bytes. */
export interface Loaded<A> {
  readonly value: A;
  readonly bytes: number;
}

export interface LoadedHeight extends Loaded<CommittedBlock> {
  /** The block that follows, where the certificate was found in it. */
  readonly next: Option<Loaded<Block>>;
}

/** @param found the block of this height, where it was loaded already */
export const loadStored = async (
  database: LevelDatabase,
  height: bigint,
  found: Option<Loaded<Block>>,
): Result<LoadedHeight> => {
  const block = O.isSome(found) ? E.right(found.value) : await loadPart(database, BLOCK, height, blockCodec);
  if (E.isLeft(block)) return block;
  const own = await findPart(database, CERTIFICATE, height, commitCertificateCodec);
  if (E.isLeft(own)) return own;
  const next = O.isSome(own.right) ? E.right(O.none) : await findPart(database, BLOCK, height + 1n, blockCodec);
  if (E.isLeft(next)) return next;
  const certificate = O.isSome(own.right) ? own.right : O.map(certificateIn)(next.right);
  if (O.isNone(certificate)) return E.left(missingPart(database, commitCertificateCodec, height));
  const committed = { block: block.right.value, certificate: certificate.value.value };
  const pair = checkPair(committed);
  if (E.isLeft(pair)) return E.left(damagedDatabase(database.folder, pair.left.message));
  return E.right({ value: committed, bytes: block.right.bytes + certificate.value.bytes, next: next.right });
};

const certificateIn = ({ value: { lastCommit } }: Loaded<Block>): Loaded<CommitCertificate> => ({
  value: lastCommit,
  bytes: encode(commitCertificateCodec)(lastCommit).length,
});

const partName = ({ name }: { readonly name: string }, height: bigint): string =>
  `the ${name} of height ${String(height)}`;

const missingPart = (database: LevelDatabase, codec: { readonly name: string }, height: bigint): StorageError =>
  damagedDatabase(database.folder, `${partName(codec, height)} is missing`);

const findPart = async <A>(
  database: LevelDatabase,
  kind: number,
  height: bigint,
  codec: Codec<A>,
): Result<Option<Loaded<A>>> => {
  const stored = await database.get(keyOf(kind, height));
  if (E.isLeft(stored)) return stored;
  if (O.isNone(stored.right)) return E.right(O.none);
  const value = decode(codec)(stored.right.value);
  return E.isLeft(value)
    ? E.left(damagedDatabase(database.folder, `${partName(codec, height)} does not decode (${value.left.message})`))
    : E.right(O.some({ value: value.right, bytes: stored.right.value.length }));
};

export const loadPart = async <A>(
  database: LevelDatabase,
  kind: number,
  height: bigint,
  codec: Codec<A>,
): Result<Loaded<A>> => {
  const found = await findPart(database, kind, height, codec);
  if (E.isLeft(found)) return found;
  return O.isNone(found.right) ? E.left(missingPart(database, codec, height)) : E.right(found.right.value);
};
