import { expect, test } from 'vitest';
import { blockIdOf } from '@zhtp/chain';
import { blockCodec, BODY_CHUNK_BYTES, encode, type Hash, type PeerMessage } from '@zhtp/types';
import { chunkAt, chunkCount } from '../../src/catch-up/body-chunks.ts';
import { createBodyExchange } from '../../src/catch-up/body-exchange.ts';
import { bodyOfBytes } from '../../src/catch-up/body-reader.ts';
import type { Peer } from '../../src/gossip/peers.ts';
import { peerNamed, testContext } from '../support/context.ts';
import { blockAt, committedAt } from '../support/genesis.ts';

type Chunk = Extract<PeerMessage, { readonly _tag: 'BodyChunk' }>;

const exchange = (peers: number) => {
  const base = testContext();
  const arrived: Hash[] = [];
  const connected = Array.from({ length: peers }, (_, i) => base.ctx.peers.connect(peerNamed(`p${String(i)}`)));
  const bodies = createBodyExchange(base.ctx, (id) => arrived.push(id));
  const peer = (index: number): Peer => connected[index] ?? base.ctx.peers.connect(peerNamed(`p${String(index)}`));
  /** Requests since the last look: peer and piece. */
  const asked = () => {
    const requests = base.sent.flatMap(({ peer: to, message }) =>
      message._tag === 'BodyRequest' ? [`${to}/${String(message.chunk)}`] : [],
    );
    base.sent.length = 0;
    return requests;
  };
  return { ...base, bodies, arrived, peer, asked };
};

const BLOCK = blockAt(1n);
const ID = blockIdOf(BLOCK.header);
const SMALL = encode(blockCodec)(BLOCK);

/** A block of 13 pieces. */
const LARGE_BLOCK = blockAt(
  1n,
  Array.from({ length: 14 }, (_, i) => new Uint8Array(60_000).fill(i)),
);
const LARGE_ID = blockIdOf(LARGE_BLOCK.header);
const LARGE = encode(blockCodec)(LARGE_BLOCK);

const piece = (bytes: Uint8Array, blockId: Hash, chunk: number): Chunk => ({
  _tag: 'BodyChunk',
  blockId,
  chunk,
  chunks: chunkCount(bytes),
  bytes: chunkAt(bytes, chunk) ?? new Uint8Array(0),
});
const small = piece(SMALL, ID, 0);
const large = (chunk: number) => piece(LARGE, LARGE_ID, chunk);

test('two peers are asked for the first piece, and other ones the next time', () => {
  const { bodies, asked } = exchange(3);
  bodies.fetch(ID);
  expect(asked()).toEqual(['p0/0', 'p1/0']);
  bodies.fetch(ID);
  expect(asked()).toEqual(['p2/0', 'p0/0']);
});

test('who is known to have the body is asked alone', () => {
  const { bodies, asked, peer } = exchange(3);
  bodies.fetch(ID, peer(2));
  expect(asked()).toEqual(['p2/0']);
});

test('a lone peer is asked once at a time; with nobody connected nothing is sent', () => {
  const { bodies, asked } = exchange(1);
  bodies.fetch(ID);
  expect(asked()).toEqual(['p0/0']);
  const alone = testContext();
  createBodyExchange(alone.ctx, () => undefined).fetch(ID);
  expect(alone.sent).toEqual([]);
});

test('a body that was asked for is kept and told of, once', () => {
  const { bodies, arrived, peer, ctx } = exchange(2);
  bodies.fetch(ID);
  bodies.receive(peer(0), small);
  bodies.receive(peer(1), small);
  expect(arrived).toEqual([ID]);
  expect(ctx.bodies.get(ID)?.block).toEqual(BLOCK);
  expect(ctx.counters.read().unasked).toBe(1);
});

test('a body nobody asked for, or asked somebody else for, is not looked at', () => {
  const { bodies, arrived, peer, ctx } = exchange(3);
  bodies.receive(peer(0), small);
  bodies.fetch(ID);
  bodies.receive(peer(2), small);
  expect([arrived, ctx.bodies.get(ID), ctx.counters.read().unasked]).toEqual([[], undefined, 2]);
});

test('the pieces of a large body come from whoever answered first, a window ahead', () => {
  const { bodies, arrived, peer, asked, ctx } = exchange(2);
  bodies.fetch(LARGE_ID);
  expect(asked()).toEqual(['p0/0', 'p1/0']);
  bodies.receive(peer(1), large(0));
  expect(asked()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((chunk) => `p1/${String(chunk)}`));
  bodies.receive(peer(0), large(0));
  expect(asked()).toEqual([]);
  const pieces = chunkCount(LARGE);
  for (let chunk = 1; chunk < pieces - 1; chunk++) bodies.receive(peer(1), large(chunk));
  expect(asked()).toEqual([9, 10, 11, 12].map((chunk) => `p1/${String(chunk)}`));
  expect(arrived).toEqual([]);
  bodies.receive(peer(1), large(pieces - 1));
  expect(arrived).toEqual([LARGE_ID]);
  expect(ctx.bodies.get(LARGE_ID)?.bytes).toEqual(LARGE);
});

test('pieces in any order make the same body', () => {
  const { bodies, arrived, peer } = exchange(1);
  bodies.fetch(LARGE_ID);
  bodies.receive(peer(0), large(0));
  for (let chunk = chunkCount(LARGE) - 1; chunk > 0; chunk--) {
    bodies.receive(peer(0), large(chunk));
    bodies.receive(peer(0), large(chunk));
  }
  expect(arrived).toEqual([LARGE_ID]);
});

test('a source that falls silent gets company, and what it sent is not asked for again', () => {
  const { bodies, arrived, peer, asked } = exchange(2);
  bodies.fetch(LARGE_ID, peer(0));
  for (const chunk of [0, 1, 2, 3, 4]) bodies.receive(peer(0), large(chunk));
  asked();
  bodies.fetch(LARGE_ID);
  expect(asked()).toEqual([]);
  bodies.fetch(LARGE_ID);
  const again = asked();
  expect(again).toContain('p1/0');
  expect(again.filter((request) => request.startsWith('p0'))).toEqual(
    [5, 6, 7, 8, 9, 10, 11, 12].map((chunk) => `p0/${String(chunk)}`),
  );
  for (let chunk = 0; chunk < chunkCount(LARGE); chunk++) bodies.receive(peer(1), large(chunk));
  expect(arrived).toEqual([LARGE_ID]);
});

test('four copies of one body are on their way at once, and the ones begun first are given up for more', () => {
  for (const [rounds, heard] of [
    [2, ['p0', 'p1', 'p2', 'p3']],
    [3, ['p2', 'p3', 'p4', 'p5']],
  ] as const) {
    const { bodies, ctx, peer } = exchange(6);
    for (let round = 0; round < rounds; round++) bodies.fetch(LARGE_ID);
    const listened = [0, 1, 2, 3, 4, 5].filter((i) => {
      const before = ctx.counters.read().unasked ?? 0;
      bodies.receive(peer(i), large(0));
      return (ctx.counters.read().unasked ?? 0) === before;
    });
    expect(listened.map((i) => peer(i).id)).toEqual(heard);
  }
});

test('when the source leaves, whoever has shown the first piece goes on', () => {
  const { bodies, arrived, peer, asked } = exchange(2);
  bodies.fetch(LARGE_ID);
  bodies.receive(peer(0), large(0));
  bodies.receive(peer(1), large(0));
  asked();
  bodies.disconnected(peer(0).id);
  expect(asked()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((chunk) => `p1/${String(chunk)}`));
  for (let chunk = 1; chunk < chunkCount(LARGE); chunk++) bodies.receive(peer(1), large(chunk));
  expect(arrived).toEqual([LARGE_ID]);
});

test('a body that is not what its header says is reported with its sender, and the right one is still wanted', () => {
  const { bodies, arrived, peer, reports } = exchange(2);
  bodies.fetch(ID);
  const forged = encode(blockCodec)({ ...BLOCK, transactions: [Uint8Array.of(1)] });
  bodies.receive(peer(0), piece(forged, ID, 0));
  expect([arrived, reports]).toEqual([[], ['p0: undecodable']]);
  bodies.receive(peer(1), small);
  expect(arrived).toEqual([ID]);
});

test('another block under the wanted id, and bytes that are no block, are reported', () => {
  const { bodies, arrived, peer, reports } = exchange(2);
  bodies.fetch(ID);
  bodies.receive(peer(0), piece(encode(blockCodec)(blockAt(2n)), ID, 0));
  bodies.receive(peer(1), piece(new Uint8Array(100), ID, 0));
  expect([arrived, reports]).toEqual([[], ['p0: undecodable', 'p1: undecodable']]);
});

test.each([
  ['a count above the largest block', { ...large(0), chunks: 97 }],
  ['a piece beyond the count', { ...large(0), chunk: 13 }],
  ['a short piece that is not the last', { ...large(0), bytes: new Uint8Array(BODY_CHUNK_BYTES - 1) }],
  ['an empty last piece', { ...large(12), bytes: new Uint8Array(0) }],
  ['no pieces at all', { ...large(0), chunks: 0 }],
])('%s is reported', (_what, wrong) => {
  const { bodies, arrived, peer, reports, ctx } = exchange(1);
  bodies.fetch(LARGE_ID);
  bodies.receive(peer(0), wrong);
  expect([arrived, reports, ctx.counters.read().badBody]).toEqual([[], ['p0: undecodable'], 1]);
});

test('a count that changes on the way is reported', () => {
  const { bodies, peer, reports } = exchange(1);
  bodies.fetch(LARGE_ID);
  bodies.receive(peer(0), large(0));
  bodies.receive(peer(0), { ...large(1), chunks: 14 });
  expect(reports).toEqual(['p0: undecodable']);
});

test('what was wanted is forgotten with its height', () => {
  const { bodies, arrived, peer } = exchange(1);
  bodies.fetch(ID);
  bodies.reset();
  bodies.receive(peer(0), small);
  expect(arrived).toEqual([]);
});

const request = (blockId: Hash, chunk = 0, height = 1n) => ({ _tag: 'BodyRequest' as const, height, blockId, chunk });

test('a body in hand is served piece by piece; an unknown one, or a piece beyond the last, is not answered', () => {
  const { bodies, peer, sent, ctx } = exchange(1);
  const body = bodyOfBytes(LARGE);
  if (body._tag === 'Right') ctx.bodies.put(body.right, undefined);
  bodies.serve(peer(0), request(LARGE_ID, 12));
  bodies.serve(peer(0), request(LARGE_ID, 13));
  bodies.serve(peer(0), request(blockIdOf(blockAt(2n).header)));
  expect(sent).toEqual([{ peer: 'p0', message: large(12) }]);
});

test('bodies asked for in turns never mix, and a height ends without what was written for the last one', () => {
  const { bodies, peer, sent, ctx } = exchange(2);
  for (const bytes of [LARGE, SMALL]) {
    const body = bodyOfBytes(bytes);
    if (body._tag === 'Right') ctx.bodies.put(body.right, undefined);
  }
  const turns = [request(LARGE_ID, 0), request(ID), request(LARGE_ID, 0), request(LARGE_ID, 1), request(ID)];
  for (const turn of turns) bodies.serve(peer(0), turn);
  bodies.reset();
  bodies.serve(peer(1), request(LARGE_ID, 1));
  expect(sent.map(({ message }) => message)).toEqual([large(0), small, large(0), large(1), small, large(1)]);
});

test('the body of a decided height comes from the block store', () => {
  const { bodies, peer, sent, blocks, moveTo } = exchange(1);
  blocks.set(1n, committedAt(1n));
  bodies.serve(peer(0), request(ID));
  expect(sent).toEqual([]);
  moveTo(2n);
  bodies.serve(peer(0), request(ID));
  expect(sent).toEqual([{ peer: 'p0', message: small }]);
});

test('a peer is served so many bodies per height and no more', () => {
  const { bodies, peer, sent, ctx } = exchange(2);
  const body = bodyOfBytes(SMALL);
  if (body._tag === 'Right') ctx.bodies.put(body.right, undefined);
  const quota = (16 * ctx.view().state.parameters.maxBlockBytes) / BODY_CHUNK_BYTES;
  for (let i = 0; i <= quota; i++) bodies.serve(peer(0), request(ID));
  expect([sent.length, ctx.counters.read().bodyQuotaSpent]).toEqual([quota, 1]);
  bodies.serve(peer(1), request(ID));
  expect(sent).toHaveLength(quota + 1);
  bodies.reset();
  bodies.serve(peer(0), request(ID));
  expect(sent).toHaveLength(quota + 2);
});
