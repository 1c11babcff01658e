import { either as E } from 'fp-ts';
import type { Answer } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { joinFirst } from '../../src/state-sync/joining.ts';
import { recordJoining } from '../../src/state-sync/joining-record.ts';
import { testContext } from '../support/context.ts';
import { committedAt, GENESIS, stateAt } from '../support/genesis.ts';

const BASE = GENESIS.initialHeight + 6n;

/** A start on stores in which a state sync to the base left its record, with these blocks. */
const starting = (heights: readonly bigint[], syncState?: (done: Answer<string, void>) => void) => {
  const { ctx, blocks, rows, asked } = testContext();
  for (const height of heights) blocks.set(height, committedAt(height));
  recordJoining(ctx.ports, { base: committedAt(BASE), state: stateAt(BASE), rows: [] }, () => undefined);
  const answers: unknown[] = [];
  const { ports, application } = ctx;
  joinFirst({ genesis: GENESIS, ports, application, syncState }, (answer) => answers.push(answer));
  return { answers, rows, asked, idle: () => application.idle() };
};

describe('the start of a node whose block store has blocks', () => {
  const never = (): void => {
    throw new Error('a node with blocks joins nothing');
  };

  test.each([
    ['with', never],
    ['without', undefined],
  ])('drops what a death left of its state sync, %s one wanted again', (_with, syncState) => {
    const { answers, rows, asked } = starting([BASE, BASE + 1n], syncState);
    expect(answers).toEqual([E.right(undefined)]);
    expect(rows.size).toBe(0);
    expect(asked).toEqual([]);
  });
});

describe('the start of a node without blocks', () => {
  test('whose application is before its first block joins when that is wanted, and executes every block when not', async () => {
    let runs = 0;
    const sync = (done: Answer<string, void>): void => {
      runs += 1;
      done(E.right(undefined));
    };
    for (const syncState of [sync, undefined]) {
      const { answers, rows, idle } = starting([], syncState);
      await idle();
      expect(answers).toEqual([E.right(undefined)]);
      expect(rows.size).toBe(1);
    }
    expect(runs).toBe(1);
  });
});
