import { describe, expect, test } from 'vitest';
import { bodyOfBlock } from '../../src/catch-up/body-reader.ts';
import { createBuilding } from '../../src/effects/building.ts';
import { createJudging } from '../../src/effects/judging.ts';
import { createMempool } from '../../src/application/mempool.ts';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { createVoteExtensions } from '../../src/extensions/vote-extensions.ts';
import { testContext } from '../support/context.ts';
import { blockAt, GENESIS } from '../support/genesis.ts';
import { identityNamed } from '../support/votes.ts';

const building = () => {
  const base = testContext();
  return {
    ...base,
    building: createBuilding(
      base.ctx,
      identityNamed('v0'),
      createMempool(),
      { forBlock: () => [] },
      createVoteExtensions(base.ctx),
    ),
  };
};

describe('a proposer whose clock is not past the time of the parent', () => {
  test('waits until it is', async () => {
    const { building: build, timers, fireTimers, setNow, asked, posted, ctx } = building();
    setNow(GENESIS.genesisTime - 40n);
    build.build(1n, 0);
    expect([asked, [...timers].map(({ afterMs }) => afterMs)]).toEqual([[], [41]]);
    setNow(GENESIS.genesisTime + 1n);
    fireTimers();
    await ctx.application.idle();
    expect(asked).toEqual(['prepareProposal']);
    expect(posted.map(({ input }) => input._tag)).toEqual(['ValueBuilt']);
  });

  test('does not ask the application for a block of a height that was decided meanwhile', async () => {
    const { building: build, fireTimers, setNow, setDecided, asked, ctx } = building();
    setNow(GENESIS.genesisTime - 40n);
    build.build(1n, 0);
    setDecided(true);
    fireTimers();
    await ctx.application.idle();
    expect(asked).toEqual([]);
  });

  test('builds nothing for a height that is over', () => {
    const { building: build, moveTo, asked, timers } = building();
    moveTo(2n);
    build.build(1n, 0);
    expect([asked, timers.size]).toEqual([[], 0]);
  });
});

test('a block that breaks a rule is judged invalid once, without asking the application', () => {
  const { ctx, posted, asked, events } = testContext();
  const body = bodyOfBlock(blockAt(1n));
  if (body._tag === 'Left') throw new Error(body.left.message);
  ctx.bodies.put(body.right, undefined);
  const judging = createJudging(ctx, createPastHeights(createKeptSets()));
  judging.judge(body.right.id);
  judging.judge(body.right.id);
  expect(posted.map(({ input }) => input)).toEqual([
    { _tag: 'ValueJudged', height: 1n, value: body.right.id, verdict: 'invalid' },
  ]);
  expect([asked, events.map(({ _tag }) => _tag)]).toEqual([[], ['BlockRefused']]);
});

test.each([
  ['of more bytes than a block may have', Array.from({ length: 18 }, () => new Uint8Array(60_000)), '1048576'],
  [
    'of more transactions than a block may have',
    Array.from({ length: 1_001 }, (_, i) => Uint8Array.of(i & 255)),
    '1000',
  ],
])('a block %s is judged invalid for that', (_what, transactions, max) => {
  const { ctx, asked, events } = testContext();
  const body = bodyOfBlock(blockAt(1n, transactions));
  if (body._tag === 'Left') throw new Error(body.left.message);
  ctx.bodies.put(body.right, undefined);
  createJudging(ctx, createPastHeights(createKeptSets())).judge(body.right.id);
  expect(asked).toEqual([]);
  expect(events).toMatchObject([{ _tag: 'BlockRefused', reason: expect.stringContaining(`at most ${max}`) as string }]);
});
