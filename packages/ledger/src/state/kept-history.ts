import type { StateChange, StateStore } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { LedgerMeta, StoredLedger } from '../stored-ledger.ts';
import type { LedgerChanges } from '../working-state.ts';
import { stateBefore, undoOf } from './height-undo.ts';
import { keptRangeRow, type KeptRange } from './kept-range.ts';
import { deleteRow, numberedKey, putRow } from './rows.ts';

/** Rows of heights that are no longer kept, deleted in one block: a bound on its work when fewer are to be kept than before. */
const PRUNED_PER_BLOCK = 1_000n;

/** Where the row stands that leads from the state after this height back to the one before. */
const undoKey = numberedKey('ledger/undo/');

const oldestAfter = (statesFrom: bigint, height: bigint, keptHeights: bigint): bigint => {
  const wanted = height - keptHeights + 1n;
  if (wanted <= statesFrom) return statesFrom;
  return wanted < statesFrom + PRUNED_PER_BLOCK ? wanted : statesFrom + PRUNED_PER_BLOCK;
};

const among = (states: readonly StoredLedger[], height: bigint): StoredLedger | undefined =>
  states.find(({ meta }) => meta.height === height);

/**
 * The states after the last heights. Those of this run stay in memory and share what they have in common; older ones are
 * made from rows that each block leaves behind, in the same batch as itself, so that there is never half of one.
 */
export class KeptHistory {
  readonly #store: StateStore;
  readonly #keptHeights: bigint;
  #range: KeptRange;
  /** Without gaps, the committed one last. */
  #recent: readonly StoredLedger[];
  #turn: Promise<unknown> = Promise.resolve();

  /** @param keptHeights at least 1 */
  constructor(store: StateStore, keptHeights: number, committed: StoredLedger, range: KeptRange) {
    this.#store = store;
    this.#keptHeights = BigInt(Math.max(1, keptHeights));
    this.#range = range;
    this.#recent = [committed];
  }

  range(): KeptRange {
    return this.#range;
  }

  /** What goes into the batch of a block, which has changed this of `before`. */
  rows(before: StoredLedger, { height }: LedgerMeta, changes: LedgerChanges): readonly StateChange[] {
    const { statesFrom } = this.#range;
    const oldest = oldestAfter(statesFrom, height, this.#keptHeights);
    const pruned: StateChange[] = [];
    for (let gone = statesFrom + 1n; gone <= oldest && gone < height; gone++) pruned.push(deleteRow(undoKey(gone)));
    return [
      ...(oldest < height ? [putRow(undoKey(height), undoOf(before, changes))] : []),
      ...pruned,
      keptRangeRow({ ...this.#range, statesFrom: oldest }),
    ];
  }

  /** The batch is durable. */
  committed(stored: StoredLedger): void {
    const { height } = stored.meta;
    this.#range = { ...this.#range, statesFrom: oldestAfter(this.#range.statesFrom, height, this.#keptHeights) };
    this.#recent = [...this.#recent, stored].slice(-Number(this.#keptHeights));
  }

  /** The state after a height; Left: why there is none. One walk back at a time. */
  at(height: bigint): Promise<Either<string, StoredLedger>> {
    const found = among(this.#recent, height);
    if (found !== undefined) return Promise.resolve(E.right(found));
    const answer = this.#turn.then(() => this.#walkTo(height));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #walkTo(height: bigint): Promise<Either<string, StoredLedger>> {
    const refused = this.#refusal(height);
    if (refused !== undefined) return E.left(refused);
    const [oldest] = this.#recent;
    let state = among(this.#recent, height) ?? oldest;
    if (state === undefined) return E.left('no state is kept');
    const older: StoredLedger[] = [];
    while (state.meta.height > height) {
      const from: bigint = state.meta.height;
      const row = await this.#store.get(undoKey(from))();
      if (E.isLeft(row)) return E.left(row.left.message);
      if (O.isNone(row.right)) return E.left(this.#refusal(height) ?? damaged(from, 'it is missing'));
      const before = stateBefore(state, row.right.value);
      if (E.isLeft(before)) return E.left(damaged(from, before.left));
      state = before.right;
      older.unshift(state);
    }
    this.#remember(older);
    return E.right(state);
  }

  /** Blocks may have come meanwhile. */
  #remember(older: readonly StoredLedger[]): void {
    const [oldest] = this.#recent;
    if (oldest !== undefined && older.at(-1)?.meta.height === oldest.meta.height - 1n)
      this.#recent = [...older, ...this.#recent].slice(-Number(this.#keptHeights));
  }

  #refusal(height: bigint): string | undefined {
    const { statesFrom } = this.#range;
    const last = this.#recent.at(-1)?.meta.height ?? statesFrom;
    if (height > last) return `there is no state after height ${String(height)} yet: the last block is ${String(last)}`;
    return height < statesFrom
      ? `the state after height ${String(height)} is not kept: kept are the states after heights ${String(statesFrom)} to ${String(last)}`
      : undefined;
  }
}

const damaged = (height: bigint, why: string): string =>
  `row ledger/undo of height ${String(height)} is damaged, states before that height cannot be given any more: ${why}`;
