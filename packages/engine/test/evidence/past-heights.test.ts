import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { duplicateVote, evidenceIdOf } from '@zhtp/chain';
import { bytesToHex, type Block, type ChainStateRow, type Evidence, type FrozenValidator } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import type { ChainState } from '../../src/height/chain-state.ts';
import { createPastHeights, PAST_PREFIX, type PastHeights } from '../../src/evidence/past-heights.ts';
import { frozen } from '../../src/height/frozen-set.ts';
import { createKeptSets, SET_PREFIX } from '../../src/height/kept-sets.ts';
import { chainStatesIn } from '../support/chain-states.ts';
import { blockAt, GENESIS, stateAt, VALIDATORS } from '../support/genesis.ts';
import { hashNamed, vote } from '../support/votes.ts';

/** Old after six seconds and, at a block a second, after six blocks. */
const AGED = {
  ...GENESIS.parameters,
  consensus: { ...GENESIS.parameters.consensus, blockTime: 1n },
  evidenceAgeMs: 6_000n,
};
const OTHERS: readonly FrozenValidator[] = VALIDATORS.map((validator) => ({ ...validator, votingPower: 2n }));

const evidenceAt = (height: bigint, name = 'other'): Evidence =>
  duplicateVote(vote({ height }), vote({ height, proposalId: O.some(hashNamed(name)) }));
const carrying = (height: bigint, evidence: readonly Evidence[]): Block => ({ ...blockAt(height), evidence });

/** A node's memory with the rows it writes, and the same memory after a restart. */
const remembering = (parameters = AGED) => {
  const rows = new Map<string, ChainStateRow>();
  const store = chainStatesIn(new Map(), rows);
  const sets = createKeptSets();
  const past = createPastHeights(sets);
  const execute = (
    height: bigint,
    change: { readonly block?: Block; readonly validators?: readonly FrozenValidator[]; readonly time?: bigint } = {},
  ): void => {
    const { block = blockAt(height), validators = VALIDATORS, time } = change;
    const before: ChainState = { ...stateAt(height - 1n), parameters, validators };
    const after: ChainState = { ...stateAt(height), parameters, ...(time === undefined ? {} : { time }) };
    const changes = past.record(before, block, after);
    store.writeRows([...changes, ...sets.changesWith(height, [frozen(validators)])], () => undefined);
  };
  const restarted = (): PastHeights => {
    const again = createKeptSets();
    const restarted = createPastHeights(again);
    store.rows(SET_PREFIX, (found) => {
      if (found._tag === 'Right') expect(again.load(found.right, 0n)).toMatchObject({ _tag: 'Right' });
    });
    store.rows(PAST_PREFIX, (found) => {
      if (found._tag === 'Right') expect(restarted.load(found.right, 1_000_000n)).toMatchObject({ _tag: 'Right' });
    });
    return restarted;
  };
  return { past, rows, execute, restarted };
};

describe('past heights', () => {
  test('above the head are of a state sync that did not end: they count for nothing, and the height is remembered anew', () => {
    const { rows, execute } = remembering();
    execute(7n);
    const sets = createKeptSets();
    const past = createPastHeights(sets);
    const stored = (prefix: Uint8Array): readonly ChainStateRow[] =>
      [...rows.values()].filter(({ key }) => bytesToHex(key).startsWith(bytesToHex(prefix)));
    expect(sets.load(stored(SET_PREFIX), 6n)).toMatchObject({ _tag: 'Right' });
    expect(past.load(stored(PAST_PREFIX), 6n)).toMatchObject({ _tag: 'Right' });
    expect(past.bounds()).toBeUndefined();
    expect(past.record(stateAt(0n), blockAt(1n), stateAt(1n))).toHaveLength(1);
    expect(past.bounds()).toEqual({ oldest: 1n, newest: 1n });
  });

  test('are remembered from the first on, with the set that decided each', () => {
    const { past, execute } = remembering();
    expect(past.bounds()).toBeUndefined();
    expect(past.setAt(1n)).toBeUndefined();
    execute(1n);
    execute(2n, { validators: OTHERS });
    execute(3n);
    expect(past.bounds()).toEqual({ oldest: 1n, newest: 3n });
    expect([1n, 2n, 3n].map((height) => past.setAt(height)?.totalPower)).toEqual([4n, 8n, 4n]);
    expect([past.setAt(0n), past.setAt(4n)]).toEqual([undefined, undefined]);
  });

  test('are forgotten when both time and blocks are over, not before', () => {
    const { past, execute } = remembering();
    for (let height = 1n; height <= 6n; height++) execute(height);
    expect(past.bounds()?.oldest).toBe(1n);
    // For block 8: seven blocks later, but the parent is only six seconds later.
    execute(7n);
    expect(past.bounds()?.oldest).toBe(1n);
    execute(8n);
    expect(past.bounds()).toEqual({ oldest: 2n, newest: 8n });
    execute(9n, { time: stateAt(9n).time + 1_000_000n });
    expect(past.bounds()).toEqual({ oldest: 4n, newest: 9n });
  });

  test('come back after a restart exactly as they were', () => {
    const { past, execute, restarted, rows } = remembering();
    const committed = evidenceAt(4n);
    for (let height = 1n; height <= 14n; height++) {
      const validators = height % 5n < 2n ? OTHERS : VALIDATORS;
      execute(height, height === 9n ? { validators, block: carrying(9n, [committed]) } : { validators });
      const again = restarted();
      expect(again.bounds()).toEqual(past.bounds());
      for (let at = 0n; at <= height + 1n; at++) expect(again.setAt(at)?.hash).toBe(past.setAt(at)?.hash);
      expect(again.isCommitted(evidenceIdOf(committed))).toBe(past.isCommitted(evidenceIdOf(committed)));
    }
    expect(past.bounds()).toEqual({ oldest: 8n, newest: 14n });
    // One row per height and one per set: nothing that was forgotten stays.
    expect(rows.size).toBe(7 + 2);
  });

  test('name the evidence of their blocks until the blocks are forgotten', () => {
    const { past, execute } = remembering();
    const [piece, later] = [evidenceAt(1n), evidenceAt(2n)];
    execute(1n);
    execute(2n);
    execute(3n, { block: carrying(3n, [piece]) });
    const id = evidenceIdOf(piece);
    expect([past.isCommitted(id), past.isCommitted(evidenceIdOf(later))]).toEqual([true, false]);
    for (let height = 4n; height <= 9n; height++) execute(height);
    // The offence is too old by now, the block that carries it is not.
    expect([past.setAt(1n), past.isCommitted(id)]).toEqual([undefined, true]);
    execute(10n);
    expect(past.isCommitted(id)).toBe(false);
  });

  test('are not written again when a block is executed a second time', () => {
    const { past, execute, rows } = remembering();
    for (let height = 1n; height <= 10n; height++) execute(height);
    const before = [...rows.keys()];
    for (let height = 1n; height <= 10n; height++) execute(height);
    expect([[...rows.keys()], past.bounds()]).toEqual([before, { oldest: 4n, newest: 10n }]);
  });

  test('stay few however long the chain, and are cut in pieces', () => {
    const { past, execute, rows } = remembering();
    for (let height = 1n; height <= 3_000n; height++) execute(height);
    expect(past.bounds()).toEqual({ oldest: 2_994n, newest: 3_000n });
    expect(past.setAt(2_994n)?.totalPower).toBe(4n);
    expect(rows.size).toBe(7 + 1);
  });

  test('a gap is a broken invariant', () => {
    const { execute } = remembering();
    execute(1n);
    expect(() => {
      execute(3n);
    }).toThrow('height 3 follows 1');
  });
});

describe('damaged rows of past heights are refused by name', () => {
  /** What a start says of three heights of two sets after this was done to their rows. */
  const refusal = (damage: (heights: ChainStateRow[], sets: ChainStateRow[]) => void): string => {
    const { execute, rows } = remembering();
    execute(1n);
    execute(2n, { validators: OTHERS });
    execute(3n);
    const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    const startingWith = (prefix: Uint8Array) =>
      sorted.filter(({ key }) => bytesToHex(key).startsWith(bytesToHex(prefix)));
    const [heights, found] = [startingWith(PAST_PREFIX), startingWith(SET_PREFIX)];
    damage(heights, found);
    const sets = createKeptSets();
    const loaded = pipe(
      sets.load(found, 3n),
      E.chain(() => createPastHeights(sets).load(heights, 3n)),
    );
    return E.isLeft(loaded) ? loaded.left : 'loaded';
  };
  const cut = (rows: ChainStateRow[], index: number): void => {
    const [row] = rows.splice(index, 1);
    if (row !== undefined) rows.push({ ...row, value: row.value.subarray(1) });
  };

  test('a missing height, a missing set, bytes that do not decode', () => {
    expect(refusal(() => undefined)).toBe('loaded');
    expect(refusal((heights) => heights.splice(1, 1))).toBe('remembered height 3 follows 1');
    const hashOf = frozen(VALIDATORS).hash;
    expect(refusal((_heights, sets) => sets.splice(0, 2))).toBe(
      `the validator set ${hashOf} of remembered height 1 is missing`,
    );
    expect(
      refusal((heights) => {
        cut(heights, 0);
      }),
    ).toContain('a remembered height is damaged');
    expect(
      refusal((_heights, sets) => {
        cut(sets, 0);
      }),
    ).toContain('a stored validator set is damaged');
  });
});
