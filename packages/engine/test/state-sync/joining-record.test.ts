import { either as E, option as O } from 'fp-ts';
import type { ChainStateRow, StateChange } from '@zhtp/types';
import { bytesToHex } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { PAST_PREFIX } from '../../src/evidence/past-heights.ts';
import { decodeChainState } from '../../src/height/chain-state.ts';
import { frozen } from '../../src/height/frozen-set.ts';
import { finishJoining, forgetJoining, recordJoining } from '../../src/state-sync/joining-record.ts';
import { chainStatesIn } from '../support/chain-states.ts';
import { testContext } from '../support/context.ts';
import { committedAt, stateAt, VALIDATORS } from '../support/genesis.ts';

const past = (name: number): StateChange => ({
  _tag: 'Put',
  key: Uint8Array.from([...PAST_PREFIX, name]),
  value: Uint8Array.of(name),
});

const joining = () => {
  const { ctx, blocks } = testContext();
  const states = new Map<bigint, Uint8Array>();
  const rows = new Map<string, ChainStateRow>();
  const stores = { blockStore: ctx.ports.blockStore, chainStates: chainStatesIn(states, rows) };
  const answers: unknown[] = [];
  const note = (answer: unknown): void => {
    answers.push(answer);
  };
  return {
    blocks,
    states,
    rows,
    answers,
    record: (height: bigint, changes: readonly StateChange[] = []): void => {
      recordJoining(stores, { base: committedAt(height), state: stateAt(height), rows: changes }, note);
    },
    finish: (height: bigint): void => {
      finishJoining(stores, height, note);
    },
    forget: (): void => {
      forgetJoining(stores, note);
    },
  };
};

describe('the record of a state sync', () => {
  test('goes with the state and what is remembered, and takes away what an earlier attempt remembered', () => {
    const { record, rows, states, answers } = joining();
    record(7n, [past(1), past(2)]);
    record(9n, [past(2), past(3)]);
    expect(answers).toEqual([E.right(undefined), E.right(undefined)]);
    const kept = [...rows.values()].filter(({ key }) => bytesToHex(key).startsWith(bytesToHex(PAST_PREFIX)));
    expect(new Set(kept.map(({ value }) => value[0]))).toEqual(new Set([2, 3]));
    expect(kept).toHaveLength(2);
    const stored = decodeChainState(states.get(9n) ?? new Uint8Array(), () => frozen(VALIDATORS));
    expect(E.isRight(stored) && stored.right.height).toBe(9n);
  });

  test('gives the block store its first block when the application is there, and is gone then', () => {
    const { record, finish, blocks, rows, answers } = joining();
    record(7n);
    finish(7n);
    expect(answers).toEqual([E.right(undefined), E.right(undefined)]);
    expect([...blocks.keys()]).toEqual([7n]);
    expect(O.fromNullable(blocks.get(7n))).toEqual(O.some(committedAt(7n)));
    expect(rows.size).toBe(0);
  });

  test.each([6n, 8n])('does nothing for an application at height %s: its stores do not belong together', (height) => {
    const { record, finish, blocks, answers } = joining();
    record(7n);
    finish(height);
    expect(answers.at(-1)).toEqual(E.right(undefined));
    expect(blocks.size).toBe(0);
  });

  test('that is damaged is named', () => {
    const { record, finish, rows, answers } = joining();
    record(7n);
    for (const [key, row] of rows) rows.set(key, { ...row, value: row.value.subarray(1) });
    finish(7n);
    expect(answers.at(-1)).toMatchObject(E.left(expect.stringContaining('the record of the state sync is damaged')));
  });

  test('is forgotten where a death left it behind', () => {
    const { record, forget, rows, answers } = joining();
    record(7n);
    forget();
    forget();
    expect(answers.slice(1)).toEqual([E.right(undefined), E.right(undefined)]);
    expect(rows.size).toBe(0);
  });
});
