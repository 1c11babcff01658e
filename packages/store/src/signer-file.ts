import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { equalBytes, decode, encodeFor, encodeUtf8, hashToBytes, type Hash } from '@zhtp/types';
import { concatBytes, viewOf } from './bytes.ts';
import { crc32c } from './crc32c.ts';
import { readRecord, RECORD_OVERHEAD_BYTES, writeRecord } from './record.ts';
import { compareSlots, emptySignerState, signerStateCodec, type SignerState } from './signer-state.ts';

/**
 * A signer file begins with 80 bytes, the same in every format version, big-endian:
 *
 *     "ZHTPSIGN" | version u32 | identity hash 32 | genesis hash 32 | CRC-32C of these 76 u32
 *
 * Records follow (record.ts, salt 0), numbered from 0. Each holds the whole state in canonical bytes; the last counts.
 * Appending makes a signature cost one flush; replacing the file, which costs two, happens when it has grown long.
 */
const SIGNER_HEADER_BYTES = 80;
const MAGIC = encodeUtf8('ZHTPSIGN');
const VERSION = 2;
const SALT = 0;

/**
 * What a signer file belongs to: one validator on one chain, whichever of its keys signs. Its slots rise over all of them, so
 * that nobody signs a slot twice by changing the key.
 */
export interface SignerBinding {
  readonly identityHash: Hash;
  readonly genesisHash: Hash;
}

export type SignerOpenError =
  | { readonly _tag: 'Missing'; readonly message: string }
  | { readonly _tag: 'Damaged'; readonly message: string }
  | { readonly _tag: 'OtherValidator'; readonly message: string }
  | { readonly _tag: 'OtherChain'; readonly message: string }
  | { readonly _tag: 'UnsupportedVersion'; readonly message: string };

export interface SignerFile {
  readonly state: SignerState;
  readonly nextSequence: bigint;
  /** Length of the torn record behind the last whole one: its signature never left the signer. */
  readonly tornBytes: Option<number>;
  readonly wholeBytes: number;
}

const headerOf = (binding: SignerBinding): Uint8Array => {
  const header = new Uint8Array(SIGNER_HEADER_BYTES);
  header.set(MAGIC);
  const view = viewOf(header);
  view.setUint32(8, VERSION);
  header.set(hashToBytes(binding.identityHash), 12);
  header.set(hashToBytes(binding.genesisHash), 44);
  view.setUint32(76, crc32c(header, 0, 0, 76));
  return header;
};

const encodeStateFor = encodeFor(signerStateCodec);

/** Makes records, each in the memory of the one before: a signer has one on its way to the disk at a time. */
export const createSignerRecords = (): ((sequence: bigint, state: SignerState) => Uint8Array) => {
  let memory = new Uint8Array();
  let record = memory;
  return (sequence, state) => {
    encodeStateFor(state, (payload) => {
      const length = RECORD_OVERHEAD_BYTES + payload.length;
      if (length > memory.length) memory = new Uint8Array(2 * length);
      if (length !== record.length || record.buffer !== memory.buffer) record = memory.subarray(0, length);
      writeRecord(record, 0, SALT, sequence, payload);
    });
    return record;
  };
};

/** A whole file with this record alone. */
export const signerFileBytes = (binding: SignerBinding, record: Uint8Array): Uint8Array =>
  concatBytes([headerOf(binding), record]);

/**
 * Reads a signer file. Stricter than a journal: a record that is there in full and does not hold is damage, even the
 * last one, because its signature may have been given out.
 */
export const readSignerFile = (
  name: string,
  binding: SignerBinding,
  bytes: Uint8Array,
): Either<SignerOpenError, SignerFile> => {
  const header = checkHeader(name, binding, bytes);
  if (E.isLeft(header)) return header;
  let state = emptySignerState;
  let sequence = firstSequence(bytes);
  let offset = SIGNER_HEADER_BYTES;
  let records = 0;
  for (;;) {
    const read = readRecord(bytes, offset, SALT);
    const misplaced = 'sequence' in read && records > 0 && read.sequence !== sequence;
    if (misplaced)
      return E.left(damaged(name, offset, `record ${String(read.sequence)} stands where ${String(sequence)} belongs`));
    switch (read._tag) {
      case 'CutHeader':
      case 'CutPayload':
        if (records === 0) return E.left(damaged(name, offset, 'it ends before its first record'));
        return E.right({
          state,
          nextSequence: sequence,
          tornBytes: offset === bytes.length ? O.none : O.some(bytes.length - offset),
          wholeBytes: offset,
        });
      case 'BadHeader':
      case 'BadPayload':
        return E.left(damaged(name, offset, `the checksum of record ${String(sequence)} does not hold`));
      case 'Record': {
        const next = decode(signerStateCodec)(read.payload);
        if (E.isLeft(next)) return E.left(damaged(name, offset, next.left.message));
        if (goesBack(state, next.right))
          return E.left(damaged(name, offset, 'a record goes back behind the one before it'));
        state = next.right;
        sequence = read.sequence + 1n;
        offset = read.end;
        records++;
      }
    }
  }
};

const firstSequence = (bytes: Uint8Array): bigint => {
  const read = readRecord(bytes, SIGNER_HEADER_BYTES, SALT);
  return 'sequence' in read ? read.sequence : 0n;
};

const goesBack = (before: SignerState, after: SignerState): boolean => {
  if (
    O.isSome(before.last) &&
    (O.isNone(after.last) || compareSlots(after.last.value.slot, before.last.value.slot) < 0)
  )
    return true;
  return (
    O.isSome(before.attestation) &&
    (O.isNone(after.attestation) || after.attestation.value.height < before.attestation.value.height)
  );
};

const checkHeader = (name: string, binding: SignerBinding, bytes: Uint8Array): Either<SignerOpenError, void> => {
  if (bytes.length < SIGNER_HEADER_BYTES) return E.left(damaged(name, 0, `it has only ${String(bytes.length)} bytes`));
  const view = viewOf(bytes);
  if (!equalBytes(bytes.subarray(0, 8), MAGIC)) return E.left(damaged(name, 0, 'it does not begin with "ZHTPSIGN"'));
  if (view.getUint32(76) !== crc32c(bytes, 0, 0, 76))
    return E.left(damaged(name, 0, 'the checksum of its header does not hold'));
  const version = view.getUint32(8);
  if (version !== VERSION)
    return E.left({
      _tag: 'UnsupportedVersion',
      message:
        `signer file ${name} has format version ${String(version)}; this program reads version ${String(VERSION)}. ` +
        'Start it with the program version that wrote it.',
    });
  if (!equalBytes(bytes.subarray(12, 44), hashToBytes(binding.identityHash)))
    return E.left({
      _tag: 'OtherValidator',
      message: `signer file ${name} remembers what another validator signed. Start with a key of the validator this home was made for, or use the home of this one.`,
    });
  if (!equalBytes(bytes.subarray(44, 76), hashToBytes(binding.genesisHash)))
    return E.left({
      _tag: 'OtherChain',
      message: `signer file ${name} belongs to another chain (its genesis hash differs). Start with the genesis this home was made for.`,
    });
  return E.right(undefined);
};

const damaged = (name: string, offset: number, found: string): SignerOpenError => ({
  _tag: 'Damaged',
  message:
    `signer file ${name} is damaged at byte ${String(offset)}: ${found}. Not signing: what this key signed is no longer known for ` +
    'certain. Check the disk; restore only a copy made while the node was stopped and that has not run since, or register a new consensus key and start with it in a new home.',
});

export const missing = (name: string): SignerOpenError => ({
  _tag: 'Missing',
  message:
    `signer file ${name} is missing, but this home has been used. Not signing: what this key signed is not known. Put the file back ` +
    'if it was moved; otherwise register a new consensus key and start with it in a new home.',
});
