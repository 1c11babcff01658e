import {
  encode,
  putHex,
  U64_MAX,
  voteTypeCodec,
  type Hash,
  type IdentityId,
  type TypeOf,
  type VoteType,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
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
  putHex(bytes, at, value);
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

const LENGTH_MAX = 1 + 8 + 4 + 33 + 5 + 33 + 32;

/** Reused: votes are many, and an array of more than 64 bytes costs more than to fill it. */
const scratch = new Uint8Array(LENGTH_MAX);
const view = new DataView(scratch.buffer);

/** Canonical bytes of a vote's content, for use before the next call. */
export const voteContentView = (vote: TypeOf<typeof voteContentCodec>): Uint8Array => {
  const { voteType, height, round, proposalId, polRound, appHash, voter } = vote;
  assertRange('height', height, U64_MAX);
  assertRange('round', round, U32_MAX);
  scratch[0] = CODES[voteType];
  view.setBigUint64(1, height);
  view.setUint32(9, round);
  let at = putOptionalHash(scratch, 13, proposalId);
  if (O.isSome(polRound)) {
    assertRange('polRound', polRound.value, U32_MAX);
    scratch[at] = 1;
    view.setUint32(at + 1, polRound.value);
    at += 5;
  } else {
    scratch[at] = 0;
    at += 1;
  }
  at = putOptionalHash(scratch, at, appHash);
  at = putHash(scratch, at, voter);
  return scratch.subarray(0, at);
};

/** Canonical bytes of a vote's content behind `prefix`. */
export const voteContentBytes = (vote: TypeOf<typeof voteContentCodec>, prefix: Uint8Array): Uint8Array => {
  const content = voteContentView(vote);
  const bytes = new Uint8Array(prefix.length + content.length);
  bytes.set(prefix);
  bytes.set(content, prefix.length);
  return bytes;
};
