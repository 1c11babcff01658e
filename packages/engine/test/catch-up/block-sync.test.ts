import { either as E, option as O } from 'fp-ts';
import {
  decode,
  encode,
  syncRequestCodec,
  syncResponseCodec,
  type CommittedBlock,
  type SyncResponse,
} from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createBlockSync, SYNC_RANGE_BLOCKS, SYNC_RANGES_MAX } from '../../src/catch-up/block-sync.ts';
import { createStateServer } from '../../src/catch-up/state-server.ts';
import { createKeptParameters } from '../../src/height/kept-parameters.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import type { DecisionIntake, DecisionVerdict } from '../../src/intake/decision-intake.ts';
import { peerNamed, testContext, type Request } from '../support/context.ts';
import { committedAt } from '../support/genesis.ts';

const LIAR = peerNamed('liar');
const HONEST = peerNamed('honest');

const syncing = (height = 1n) => {
  const base = testContext(height);
  const received: { readonly committed: CommittedBlock; readonly done: (verdict: DecisionVerdict) => void }[] = [];
  const decisions: DecisionIntake = {
    receive: (committed, done) => {
      received.push({ committed, done });
    },
    restore: () => undefined,
    isDecided: () => false,
    hasCoreDecided: () => false,
    markDecided: () => false,
    reset: () => undefined,
  };
  const sync = createBlockSync(
    base.ctx,
    decisions,
    createStateServer(base.ctx, createKeptSets(), createKeptParameters()),
  );
  const peer = (name: typeof LIAR) => base.ctx.peers.connect(name);
  /** Takes the oldest open request and says what it asked for. */
  const next = (): Request & { readonly from: bigint; readonly count: number } => {
    const request = base.requests.shift();
    if (request === undefined) throw new Error('nothing was asked');
    const asked = decode(syncRequestCodec)(request.payload);
    if (E.isLeft(asked) || asked.right._tag !== 'Blocks') throw new Error('blocks were not asked for');
    return { ...request, from: asked.right.fromHeight, count: asked.right.count };
  };
  const answer = (request: Request, response: SyncResponse): void => {
    request.done(E.right(encode(syncResponseCodec)(response)));
  };
  const blocks = (from: bigint, count: number): SyncResponse => ({
    _tag: 'Blocks',
    blocks: Array.from({ length: count }, (_, i) => committedAt(from + BigInt(i))),
  });
  return { ...base, stored: base.blocks, sync, received, peer, next, answer, blocks };
};

describe('asking for blocks', () => {
  test('a peer ahead is asked for a bounded range, others for the ranges behind it', () => {
    const { sync, peer, next, requests } = syncing();
    for (let i = 0; i < SYNC_RANGES_MAX + 2; i++) sync.advertised(peer(peerNamed(`p${String(i)}`)), 1_000n);
    expect(requests).toHaveLength(SYNC_RANGES_MAX);
    const asked = Array.from({ length: SYNC_RANGES_MAX }, next).map(({ peer: who, from, count }) => ({
      who,
      from,
      count,
    }));
    expect(asked.map(({ from }) => from)).toEqual([1n, 17n, 33n, 49n]);
    expect(asked.every(({ count }) => count === SYNC_RANGE_BLOCKS)).toBe(true);
    expect(new Set(asked.map(({ who }) => who)).size).toBe(SYNC_RANGES_MAX);
  });

  test('one height behind is asked for only when it lasts', () => {
    const { sync, peer, requests, fireTimers } = syncing(5n);
    sync.heightStarted();
    sync.advertised(peer(HONEST), 5n);
    expect(requests).toEqual([]);
    fireTimers();
    expect(requests).toHaveLength(1);
  });

  test('verified blocks are fed one height after another', () => {
    const { sync, peer, next, answer, blocks, received, moveTo } = syncing();
    sync.advertised(peer(HONEST), 3n);
    answer(next(), blocks(1n, 3));
    expect(received.map(({ committed }) => committed.block.header.height)).toEqual([1n]);
    received[0]?.done('accepted');
    moveTo(2n);
    sync.heightStarted();
    expect(received.map(({ committed }) => committed.block.header.height)).toEqual([1n, 2n]);
  });
});

describe('liars', () => {
  test('an advertised height that goes down is an offence, and the peer is worth nothing until it says more', () => {
    const { sync, peer, reports, requests } = syncing();
    sync.advertised(peer(LIAR), 9n);
    sync.advertised(peer(LIAR), 8n);
    expect(reports).toEqual(['liar: height-went-down']);
    expect(peer(LIAR).headHeight).toBe(0n);
    expect(requests).toHaveLength(1);
  });

  test('the same height again is no offence', () => {
    const { sync, peer, reports } = syncing();
    sync.advertised(peer(HONEST), 9n);
    sync.advertised(peer(HONEST), 9n);
    expect(reports).toEqual([]);
  });

  test('blocks of heights that were not asked for are refused whole', () => {
    const { sync, peer, next, answer, blocks, reports, received } = syncing();
    sync.advertised(peer(LIAR), 9n);
    answer(next(), blocks(2n, 3));
    expect(reports).toEqual(['liar: unasked-answer']);
    expect(received).toEqual([]);
  });

  test('another kind of answer is not what was asked', () => {
    const { sync, peer, next, answer, reports } = syncing();
    sync.advertised(peer(LIAR), 9n);
    answer(next(), { _tag: 'Status', baseHeight: 1n, headHeight: 9n });
    expect(reports).toEqual(['liar: unasked-answer']);
  });

  test('bytes that are no answer are an offence', () => {
    const { sync, peer, next, reports } = syncing();
    sync.advertised(peer(LIAR), 9n);
    next().done(E.right(Uint8Array.of(7, 7, 7)));
    expect(reports).toEqual(['liar: undecodable']);
  });

  test('more blocks than asked for are not kept', () => {
    const { sync, peer, next, answer, blocks, received, moveTo } = syncing();
    sync.advertised(peer(LIAR), 1n);
    sync.advertised(peer(LIAR), 2n);
    answer(next(), blocks(1n, 4));
    received[0]?.done('accepted');
    moveTo(3n);
    sync.heightStarted();
    expect(received.map(({ committed }) => committed.block.header.height)).toEqual([1n]);
  });

  test('a bad certificate costs the peer all it sent, and the height is asked of another', () => {
    const { sync, peer, next, answer, blocks, reports, received } = syncing();
    sync.advertised(peer(LIAR), 2n);
    answer(next(), blocks(1n, 2));
    sync.advertised(peer(HONEST), 2n);
    received[0]?.done('bad');
    expect(reports).toEqual(['liar: bad-certificate']);
    const again = next();
    expect([again.peer, again.from, again.count]).toEqual([HONEST, 1n, 2]);
  });

  test('an empty answer means that it has nothing: nobody is asked in a circle', () => {
    const { sync, peer, next, answer, reports, requests } = syncing();
    sync.advertised(peer(LIAR), 9n);
    answer(next(), { _tag: 'Blocks', blocks: [] });
    expect([reports, requests]).toEqual([[], []]);
    expect(peer(LIAR).headHeight).toBe(0n);
  });

  test('a peer that does not answer is not asked again until it says its height again', () => {
    const { sync, peer, next, requests } = syncing();
    sync.advertised(peer(LIAR), 9n);
    next().done(E.left({ _tag: 'RequestError', message: 'timeout' }));
    expect(requests).toEqual([]);
    sync.advertised(peer(LIAR), 9n);
    expect(requests).toHaveLength(1);
  });
});

describe('serving', () => {
  const served = (payload: Uint8Array): O.Option<Uint8Array> => {
    const { sync, stored } = syncing();
    for (let height = 1n; height <= 40n; height++) stored.set(height, committedAt(height));
    let answered: O.Option<Uint8Array> = O.none;
    sync.serve({ peer: LIAR, payload, respond: (answer) => (answered = answer) });
    return answered;
  };
  const heights = (answer: O.Option<Uint8Array>): readonly bigint[] => {
    const response = O.isSome(answer) ? decode(syncResponseCodec)(answer.value) : E.left(undefined);
    if (E.isLeft(response) || response.right._tag !== 'Blocks') throw new Error('no blocks were served');
    return response.right.blocks.map(({ block }) => block.header.height);
  };
  const ask = encode(syncRequestCodec);

  test('at most one range is served, however much is asked for', () => {
    expect(heights(served(ask({ _tag: 'Blocks', fromHeight: 3n, count: 65_535 })))).toHaveLength(SYNC_RANGE_BLOCKS);
    expect(heights(served(ask({ _tag: 'Blocks', fromHeight: 39n, count: 5 })))).toEqual([39n, 40n]);
    expect(heights(served(ask({ _tag: 'Blocks', fromHeight: 2n ** 64n - 1n, count: 5 })))).toEqual([]);
    expect(heights(served(ask({ _tag: 'Blocks', fromHeight: 1n, count: 0 })))).toEqual([]);
  });

  test('bytes that are no request are refused', () => {
    expect(served(Uint8Array.of(9))).toEqual(O.none);
  });

  test('the status is what the store holds', () => {
    const answer = served(ask({ _tag: 'Status' }));
    expect(O.isSome(answer) && decode(syncResponseCodec)(answer.value)).toEqual(
      E.right({ _tag: 'Status', baseHeight: 1n, headHeight: 40n }),
    );
  });
});
