import { createTaggedHasher } from '@zhtp/crypto';
import {
  encode,
  hashToBytes,
  putInternedHex32,
  U64_MAX,
  voteTypeCodec,
  type Hash,
  type IdentityId,
  type TypeOf,
  type VoteType,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { messageMemory } from './message-memory.ts';
import type { voteContentCodec } from './sign-bytes.ts';

/*
 * The bytes of `voteContentCodec`, written by code for this one type: every received vote is hashed and verified over
 * them, and the general codec costs several times as much. The declaration rules; tests compare the two.
 */

const U32_MAX = 0xffff_ffff;

const codeOf = encode(voteTypeCodec);
const CODES: Readonly<Record<VoteType, number>> = {
  PreVote: codeOf('PreVote')[0] ?? 0,
  PreCommit: codeOf('PreCommit')[0] ?? 0,
  Commit: codeOf('Commit')[0] ?? 0,
  Against: codeOf('Against')[0] ?? 0,
};

const assertRange = (what: string, value: bigint | number, max: bigint | number): void => {
  if (value < 0 || value > max)
    throw new Error(`${what} of a vote is ${String(value)}, it must be from 0 to ${String(max)}`);
};

const putHash = (bytes: Uint8Array, at: number, value: Hash | IdentityId): number => {
  putInternedHex32(bytes, view, at, value);
  return at + 32;
};

const putOptionalHash = (bytes: Uint8Array, at: number, value: Option<Hash>): number => {
  if (O.isNone(value)) {
    bytes[at] = 0;
    return at + 1;
  }
  bytes[at] = 1;
  return putHash(bytes, at + 1, value.value);
};

/** Longest content: every option there. */
const CONTENT_BYTES_MAX = 1 + 8 + 4 + 33 + 5 + 33 + 32;

/** Contents are written where they are hashed, and signed messages copied from there. */
const hasher = createTaggedHasher('zhtp/vote-id/v1', CONTENT_BYTES_MAX);
const bytes = hasher.input;
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** A vote's content in canonical bytes, until the next one is written. */
export interface WrittenVote {
  /** Its tagged hash: the vote's id. */
  readonly id: () => Hash;
  /** What its voter signs on this chain. */
  readonly signBytes: (genesisHash: Hash) => Uint8Array;
}

export const writeVote = (vote: TypeOf<typeof voteContentCodec>): WrittenVote => {
  const { voteType, height, round, proposalId, polRound, appHash, voter } = vote;
  assertRange('height', height, U64_MAX);
  assertRange('round', round, U32_MAX);
  bytes[0] = CODES[voteType];
  view.setBigUint64(1, height);
  view.setUint32(9, round);
  let at = putOptionalHash(bytes, 13, proposalId);
  if (O.isSome(polRound)) {
    assertRange('polRound', polRound.value, U32_MAX);
    bytes[at] = 1;
    view.setUint32(at + 1, polRound.value);
    at += 5;
  } else {
    bytes[at] = 0;
    at += 1;
  }
  at = putOptionalHash(bytes, at, appHash);
  length = putHash(bytes, at, voter);
  return written;
};

let length = 0;

const written: WrittenVote = {
  id: () => hasher.hash(length),
  signBytes: (genesisHash) => {
    const prefix = genesisBytes(genesisHash);
    const message = messageMemory(prefix.length + length);
    message.set(prefix);
    for (let i = 0; i < length; i++) message[prefix.length + i] = bytes[i] ?? 0;
    return message;
  },
};

/** Of the chain whose votes were written last: nearly always the same one. */
let genesis: { readonly hash: Hash; readonly bytes: Uint8Array } | undefined;

const genesisBytes = (hash: Hash): Uint8Array => {
  if (genesis?.hash !== hash) genesis = { hash, bytes: hashToBytes(hash) };
  return genesis.bytes;
};
