import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Certificate } from '@zhtp/bft';
import {
  array,
  consensusVoteCodec,
  decode,
  encode,
  encodeUtf8,
  hashCodec,
  struct,
  u32,
  u64,
  VALIDATORS_MAX,
  type Answer,
  type ChainStateRow,
  type ChainStateStore,
  type ConsensusVote,
  type TypeOf,
} from '@zhtp/types';
import { blockIdOfValue } from '../loop/translate.ts';

/*
 * Kept polkas in the chain state store: one small row per height that says which there are, and one row per polka with its
 * votes. A start reads the small ones alone.
 */

/** Prefix of the small rows. */
export const POLKA_INDEX_PREFIX: Uint8Array = encodeUtf8('polka/index/');
const VOTES_PREFIX = encodeUtf8('polka/votes/');

/** More than are ever kept of one height; a damaged row names no more. */
const POLKAS_MAX = 1_024;

const polkaOfHeightCodec = struct('PolkaOfHeight', { round: u32, blockId: hashCodec, bytes: u32 });
export type PolkaOfHeight = TypeOf<typeof polkaOfHeightCodec>;

const indexCodec = struct('PolkasOfHeight', { height: u64, polkas: array(polkaOfHeightCodec, POLKAS_MAX) });
export type PolkasOfHeight = TypeOf<typeof indexCodec>;

const slotCodec = struct('PolkaSlot', { height: u64, round: u32, blockId: hashCodec });
const votesCodec = array(consensusVoteCodec, VALIDATORS_MAX);

const writeIndex = encode(indexCodec);
const readIndex = decode(indexCodec);
const writeHeight = encode(u64);
const writeSlot = encode(slotCodec);
const writeVotes = encode(votesCodec);
const readVotes = decode(votesCodec);

const keyOf = (prefix: Uint8Array, suffix: Uint8Array): Uint8Array => Uint8Array.from([...prefix, ...suffix]);

export const polkaKey = (height: bigint, { round, blockId }: Pick<PolkaOfHeight, 'round' | 'blockId'>): Uint8Array =>
  keyOf(VOTES_PREFIX, writeSlot({ height, round, blockId }));

export const polkaRow = ({
  height,
  round,
  value,
  votes,
}: Certificate<ConsensusVote>): { readonly row: ChainStateRow; readonly polka: PolkaOfHeight } => {
  const bytes = writeVotes(votes.map(({ signed }) => signed));
  const polka = { round, blockId: blockIdOfValue(value), bytes: bytes.length };
  return { row: { key: polkaKey(height, polka), value: bytes }, polka };
};

export const indexRow = (entry: PolkasOfHeight): ChainStateRow => ({
  key: keyOf(POLKA_INDEX_PREFIX, writeHeight(entry.height)),
  value: writeIndex(entry),
});

export const readIndexRow = ({ value }: ChainStateRow): Either<string, PolkasOfHeight> =>
  E.mapLeft(
    ({ message }: { readonly message: string }) => `the row that says which polkas are kept is damaged: ${message}`,
  )(readIndex(value));

/** The kept polkas of these heights, both ends included, by height and round: the votes of each. */
export const readKeptPolkas = (
  chainStates: Pick<ChainStateStore, 'rows'>,
  fromHeight: bigint,
  toHeight: bigint,
  done: Answer<string, readonly (readonly ConsensusVote[])[]>,
): void => {
  const found: (readonly ConsensusVote[])[] = [];

  const readFrom = (keys: readonly Uint8Array[], at: number): void => {
    const next = keys[at];
    if (next === undefined) {
      done(E.right(found));
      return;
    }
    chainStates.rows(next, (rows) => {
      if (E.isLeft(rows)) {
        done(E.left(`a kept polka could not be read: ${rows.left.message}`));
        return;
      }
      for (const { value } of rows.right) {
        const votes = readVotes(value);
        if (E.isLeft(votes)) {
          done(E.left(`a kept polka is damaged: ${votes.left.message}`));
          return;
        }
        found.push(votes.right);
      }
      readFrom(keys, at + 1);
    });
  };

  chainStates.rows(POLKA_INDEX_PREFIX, (index) => {
    if (E.isLeft(index)) {
      done(E.left(`which polkas are kept could not be read: ${index.left.message}`));
      return;
    }
    const entries = E.traverseArray(readIndexRow)(index.right);
    if (E.isLeft(entries)) {
      done(entries);
      return;
    }
    const wanted = entries.right.filter(({ height }) => height >= fromHeight && height <= toHeight);
    const keys = wanted.flatMap(({ height, polkas }) => polkas.map((polka) => polkaKey(height, polka)));
    readFrom(keys, 0);
  });
};
