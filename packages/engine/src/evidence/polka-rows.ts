import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
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
  type ChainStateRow,
  type ChainStateStore,
  type ConsensusVote,
  type TypeOf,
} from '@zhtp/types';
import { answerNow, askPort, inTurn, thenAsk, type Ask } from './asking.ts';
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
): Ask<readonly (readonly ConsensusVote[])[]> => {
  const readPolka = (key: Uint8Array): Ask<readonly (readonly ConsensusVote[])[]> =>
    pipe(
      askPort<readonly ChainStateRow[]>('a kept polka', (done) => {
        chainStates.rows(key, done);
      }),
      thenAsk((rows) =>
        answerNow(
          E.traverseArray(({ value }: ChainStateRow) =>
            E.mapLeft(({ message }: { readonly message: string }) => `a kept polka is damaged: ${message}`)(
              readVotes(value),
            ),
          )(rows),
        ),
      ),
    );
  return pipe(
    askPort<readonly ChainStateRow[]>('the list of kept polkas', (done) => {
      chainStates.rows(POLKA_INDEX_PREFIX, done);
    }),
    thenAsk((rows) => answerNow(E.traverseArray(readIndexRow)(rows))),
    thenAsk((entries) => {
      const wanted = entries.filter(({ height }) => height >= fromHeight && height <= toHeight);
      const keys = wanted.flatMap(({ height, polkas }) => polkas.map((polka) => polkaKey(height, polka)));
      return inTurn(keys, readPolka);
    }),
    thenAsk((found) => answerNow(E.right(found.flat()))),
  );
};
