import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { evidenceIdOf, isExpired } from '@zhtp/chain';
import {
  array,
  BLOCK_EVIDENCE_MAX,
  decode,
  encode,
  encodeUtf8,
  hashCodec,
  struct,
  u64,
  type Block,
  type ChainStateRow,
  type Hash,
  type StateChange,
} from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import type { ChainState } from '../height/chain-state.ts';
import { frozen } from '../height/frozen-set.ts';
import type { KeptSets } from '../height/kept-sets.ts';

/** Prefix of the rows of this file in the chain state store; the sets that they name lie beside them (kept-sets.ts). */
export const PAST_PREFIX: Uint8Array = encodeUtf8('past-height/');

const heightCodec = struct('PastHeight', {
  height: u64,
  /** Unix milliseconds. */
  time: u64,
  validatorsHash: hashCodec,
  /** Ids of the evidence in the block. */
  evidence: array(hashCodec, BLOCK_EVIDENCE_MAX),
});

const writeHeight = encode(heightCodec);
const readHeight = decode(heightCodec);
const U64_BYTES = 8;

const keyOf = (height: bigint): Uint8Array => {
  const key = new Uint8Array(PAST_PREFIX.length + U64_BYTES);
  key.set(PAST_PREFIX);
  new DataView(key.buffer).setBigUint64(PAST_PREFIX.length, height);
  return key;
};

/** Dead numbers at the front of the list of times before it is cut. */
const SLACK_MAX = 1_024;

/**
 * What judging evidence needs of every height inside its age: block time, frozen set, and the evidence that is in blocks
 * already (protocol.md, Sync: one record per height, a set stored once). It follows from blocks alone, so all nodes remember
 * the same: what is not here is too old or not decided. Kept in rows that are written with the chain state of the height.
 */
export interface PastHeights {
  /**
   * Takes up what an earlier process wrote, after the sets; or says which row is damaged. A row is written after its block:
   * what lies above the head is of a state sync that did not end, and is nothing.
   */
  load(rows: readonly ChainStateRow[], head: bigint): Either<string, void>;
  /** Remembers the next height where no block of it was executed here; answers with its row. */
  adopt(past: PastHeight): StateChange;
  /**
   * Remembers a block just executed and forgets what is too old for the next one; answers with the changes of the rows.
   * @param before state before the block, whose set decided it
   */
  record(before: ChainState, block: Block, after: ChainState): readonly StateChange[];
  /** The set that decided this height; undefined when it is too old, or not decided yet. */
  setAt(height: bigint): ValidatorSet | undefined;
  isCommitted(evidence: Hash): boolean;
  /** First and last remembered height. */
  bounds(): { readonly oldest: bigint; readonly newest: bigint } | undefined;
}

/** What is remembered of one height. */
export interface PastHeight {
  readonly height: bigint;
  /** Unix milliseconds. */
  readonly time: bigint;
  /** Who decided it. */
  readonly set: ValidatorSet;
  /** Ids of the evidence in its block. */
  readonly evidence: readonly Hash[];
}

/** Consecutive heights decided by one set. */
interface Run {
  readonly from: bigint;
  readonly set: ValidatorSet;
}

/** @param sets told of each run of heights that one set decided: what a remembered height names is kept */
export const createPastHeights = (sets: KeptSets): PastHeights => {
  /** Block times from `first` on, as numbers: there may be millions, and each is below 2⁵³ (BLOCK_TIME_MAX_MS). */
  let times: number[] = [];
  let skipped = 0;
  let first = 0n;
  let runs: Run[] = [];
  const committed = new Map<Hash, bigint>();
  const evidenceOf = new Map<bigint, readonly Hash[]>();

  const oldest = (): bigint => first + BigInt(skipped);
  const next = (): bigint => first + BigInt(times.length);
  const isEmpty = (): boolean => times.length === skipped;

  const append = (height: bigint, time: bigint, set: ValidatorSet, evidence: readonly Hash[]): void => {
    if (isEmpty()) {
      times = [];
      skipped = 0;
      first = height;
    }
    if (height !== next())
      throw new Error(
        `broken invariant in engine: height ${String(height)} follows ${String(next() - 1n)} in the past heights`,
      );
    times.push(Number(time));
    if (runs.at(-1)?.set.hash !== set.hash) runs.push({ from: height, set: sets.hold(set) });
    if (evidence.length > 0) evidenceOf.set(height, evidence);
    for (const id of evidence) committed.set(id, height);
  };

  /** Forgets the oldest height; answers with its row's deletion. */
  const forgetOldest = (): StateChange => {
    const height = oldest();
    skipped += 1;
    if (skipped > SLACK_MAX && skipped * 2 > times.length) {
      times = times.slice(skipped);
      first += BigInt(skipped);
      skipped = 0;
    }
    for (const id of evidenceOf.get(height) ?? []) committed.delete(id);
    evidenceOf.delete(height);
    const [ended, following] = runs;
    if (ended !== undefined && following !== undefined && following.from <= oldest()) {
      runs = runs.slice(1);
      sets.release(ended.set.hash);
    }
    return { _tag: 'Delete', key: keyOf(height) };
  };

  const forgetExpired = ({ height, time, parameters }: ChainState): readonly StateChange[] => {
    const changes: StateChange[] = [];
    while (oldest() < height) {
      const offence = { height: oldest(), time: BigInt(times[skipped] ?? 0) };
      if (!isExpired(offence, height + 1n, time, parameters)) break;
      changes.push(forgetOldest());
    }
    return changes;
  };

  const adopt = ({ height, time, set, evidence }: PastHeight): StateChange => {
    append(height, time, set, evidence);
    const row = writeHeight({ height, time, validatorsHash: set.hash, evidence: [...evidence] });
    return { _tag: 'Put', key: keyOf(height), value: row };
  };

  return {
    load: (rows, head) => {
      for (const { value } of rows) {
        const past = readHeight(value);
        if (E.isLeft(past)) return E.left(`a remembered height is damaged: ${past.left.message}`);
        const { height, time, validatorsHash, evidence } = past.right;
        if (height > head) continue;
        const set = sets.get(validatorsHash);
        if (set === undefined)
          return E.left(`the validator set ${validatorsHash} of remembered height ${String(height)} is missing`);
        if (!isEmpty() && height !== next())
          return E.left(`remembered height ${String(height)} follows ${String(next() - 1n)}`);
        append(height, time, set, evidence);
      }
      return E.right(undefined);
    },
    record: (before, block, after) => {
      const { height, time } = after;
      // Executed again after a stop between its state and the application's commit: remembered already.
      if (!isEmpty() && height < next()) return [];
      const set = frozen(before.validators);
      const evidence = block.evidence.map((piece) => evidenceIdOf(piece));
      const row = adopt({ height, time, set, evidence });
      return [...forgetExpired(after), row];
    },
    adopt,
    setAt: (height) =>
      isEmpty() || height < oldest() || height >= next() ? undefined : runs.findLast(({ from }) => from <= height)?.set,
    isCommitted: (id) => committed.has(id),
    bounds: () => (isEmpty() ? undefined : { oldest: oldest(), newest: next() - 1n }),
  };
};
