import { expect, test } from 'vitest';
import { blockIdOf } from '@zhtp/chain';
import type { Hash } from '@zhtp/types';
import { bodyOfBlock } from '../src/body-reader.ts';
import { createBodyExchange } from '../src/body-exchange.ts';
import { peerNamed, testContext } from './support/context.ts';
import { blockAt } from './support/genesis.ts';

const exchange = (peers: number) => {
  const base = testContext();
  const arrived: Hash[] = [];
  const names = Array.from({ length: peers }, (_, i) => peerNamed(`p${String(i)}`));
  const connected = names.map((name) => base.ctx.peers.connect(name));
  const bodies = createBodyExchange(base.ctx, (id) => arrived.push(id));
  const peer = connected[0] ?? base.ctx.peers.connect(peerNamed('p0'));
  return { ...base, bodies, arrived, peer };
};

const BLOCK = blockAt(1n);
const ID = blockIdOf(BLOCK.header);

test('two peers are asked for a body, and other ones the next time', () => {
  const { bodies, sent } = exchange(3);
  bodies.fetch(ID);
  bodies.fetch(ID);
  expect(sent.map(({ peer }) => peer)).toEqual(['p0', 'p1', 'p2', 'p0']);
  expect(sent.every(({ message }) => message._tag === 'BodyRequest' && message.blockId === ID)).toBe(true);
});

test('a lone peer is asked once at a time; with nobody connected nothing is sent', () => {
  const { bodies, sent } = exchange(1);
  bodies.fetch(ID);
  expect(sent).toHaveLength(1);
  const alone = testContext();
  createBodyExchange(alone.ctx, () => undefined).fetch(ID);
  expect(alone.sent).toEqual([]);
});

test('a body that was asked for is kept and told of, once', () => {
  const { bodies, arrived, peer, ctx } = exchange(2);
  bodies.fetch(ID);
  bodies.receive(peer, BLOCK);
  bodies.receive(peer, BLOCK);
  expect(arrived).toEqual([ID]);
  expect(ctx.bodies.get(ID)?.block).toEqual(BLOCK);
  expect(ctx.counters.read().unasked).toBe(1);
});

test('a body nobody asked for is not kept', () => {
  const { bodies, arrived, peer, ctx } = exchange(1);
  bodies.receive(peer, BLOCK);
  expect([arrived, ctx.bodies.get(ID)]).toEqual([[], undefined]);
});

test('a body that is not what its header says is reported, and the right one is still wanted', () => {
  const { bodies, arrived, peer, reports } = exchange(1);
  bodies.fetch(ID);
  bodies.receive(peer, { ...BLOCK, transactions: [Uint8Array.of(1)] });
  expect([arrived, reports]).toEqual([[], ['p0: undecodable']]);
  bodies.receive(peer, BLOCK);
  expect(arrived).toEqual([ID]);
});

test('what was wanted is forgotten with its height', () => {
  const { bodies, arrived, peer } = exchange(1);
  bodies.fetch(ID);
  bodies.reset();
  bodies.receive(peer, BLOCK);
  expect(arrived).toEqual([]);
});

test('a body in hand is served, an unknown one is not answered', () => {
  const { bodies, peer, sent, ctx } = exchange(1);
  const body = bodyOfBlock(BLOCK);
  if (body._tag === 'Right') ctx.bodies.put(body.right, undefined);
  bodies.serve(peer, { _tag: 'BodyRequest', height: 1n, blockId: ID });
  bodies.serve(peer, { _tag: 'BodyRequest', height: 1n, blockId: blockIdOf(blockAt(2n).header) });
  expect(sent).toEqual([{ peer: 'p0', message: { _tag: 'Body', block: BLOCK } }]);
});
