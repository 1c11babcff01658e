import { describe, expect, test } from 'vitest';
import { pauseMs } from '../../src/height/height-cycle.ts';
import { stateAt } from '../support/genesis.ts';

const STATE = stateAt(5n);
const BLOCK_TIME = STATE.parameters.consensus.blockTime * 1_000n;
const FAST = { ...STATE, parameters: { ...STATE.parameters, fastBlocks: true } };

describe('the pause before the next height', () => {
  test.each([
    ['before the block’s own time', -1n, Number(BLOCK_TIME)],
    ['at it', 0n, Number(BLOCK_TIME)],
    ['after it', 1n, Number(BLOCK_TIME) - 1],
    ['just before the block time is over', BLOCK_TIME - 1n, 1],
    ['when it is over', BLOCK_TIME, 0],
    ['after that', BLOCK_TIME + 1n, 0],
  ])('%s lasts to the end of the block time, never longer than it', (_when, sinceMs, pause) => {
    expect(pauseMs(STATE, STATE.time + sinceMs, false)).toBe(pause);
  });

  test('is left out only where the chain has fast blocks and transactions wait', () => {
    const [now, whole] = [STATE.time, Number(BLOCK_TIME)];
    expect([pauseMs(FAST, now, true), pauseMs(FAST, now, false), pauseMs(STATE, now, true)]).toEqual([0, whole, whole]);
  });
});
