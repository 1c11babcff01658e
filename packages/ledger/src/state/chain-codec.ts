import { taggedHash } from '@zhtp/crypto';
import type { FaultFile } from '@zhtp/byzantine';
import {
  array,
  boolean,
  byzantineFaultTypeCodec,
  hashCodec,
  identityCodec,
  struct,
  text,
  u32,
  u64,
  VALIDATORS_MAX,
  type Codec,
  type FrozenValidator,
  type Hash,
  type TypeOf,
} from '@zhtp/types';
import type { DifficultyRecord, LastBlock } from '../chain-domains.ts';

/** Bounds for a decoder, beyond what the rules let grow. */
const RECORDS_MAX = 10_000;
const FAULT_TEXT_BYTES_MAX = 4_096;

export const faultFileCodec: Codec<FaultFile> = struct('FaultFile', {
  records: array(
    struct('FaultRecord', {
      faultType: byzantineFaultTypeCodec,
      height: u64,
      subject: text(FAULT_TEXT_BYTES_MAX),
      weight: u32,
      detail: text(FAULT_TEXT_BYTES_MAX),
      isPunished: boolean,
    }),
    RECORDS_MAX,
  ),
});

/**
 * A frozen set, its keys by hash: most of a set are its keys, they seldom change, and the map `consensus-keys` holds each
 * that ever served.
 */
export const frozenSetCodec = array(
  struct('FrozenMember', { identity: identityCodec, keyHash: hashCodec, votingPower: u64 }),
  VALIDATORS_MAX,
);
export type FrozenSet = TypeOf<typeof frozenSetCodec>;

/** Keys of one set are those of the one before, nearly all. */
const hashes = new WeakMap<Uint8Array, Hash>();

export const keyHashOf = (consensusKey: Uint8Array): Hash => {
  const known = hashes.get(consensusKey) ?? taggedHash('zhtp/consensus-key/v1', consensusKey);
  hashes.set(consensusKey, known);
  return known;
};

export const frozenSet = (set: readonly FrozenValidator[]): FrozenSet =>
  set.map(({ identity, consensusKey, votingPower }) => ({
    identity,
    keyHash: keyHashOf(consensusKey),
    votingPower,
  }));

export const difficultyRecordCodec: Codec<DifficultyRecord> = struct('DifficultyRecord', {
  bits: u32,
  startHeight: u64,
  startSeconds: u64,
});

export const lastBlockCodec: Codec<LastBlock> = struct('LastBlock', {
  height: u64,
  atSeconds: u64,
  proposer: identityCodec,
  fees: u64,
});
