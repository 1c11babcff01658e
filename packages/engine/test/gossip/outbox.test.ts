import { describe, expect, test } from 'vitest';
import { payloadOf } from '../../src/gossip/outbox.ts';
import { testContext, peerNamed } from '../support/context.ts';
import { identityNamed } from '../support/votes.ts';
import type { Peer } from '../../src/gossip/peers.ts';

const V0 = identityNamed('v0');
const PAYLOAD = payloadOf({ _tag: 'Status', height: 1n });

const outboxTo = (...names: readonly string[]) => {
  const { ctx, sent } = testContext();
  const peers = names.map((name) => ctx.peers.connect(peerNamed(name)));
  const receivers = (): readonly string[] => sent.splice(0).map(({ peer }) => peer);
  const [first] = peers;
  if (first === undefined) throw new Error('a test needs a peer');
  return { ctx, outbox: ctx.outbox, peers, first, receivers };
};

test('a broadcast goes to everybody and is remembered as sent', () => {
  const { outbox, peers, ctx, receivers } = outboxTo('a', 'b');
  outbox.broadcast(PAYLOAD, 'id');
  expect([receivers(), peers.map((peer) => ctx.peers.wasSent(peer, 'id'))]).toEqual([
    ['a', 'b'],
    [true, true],
  ]);
});

test('a message to one peer goes to it alone', () => {
  const { outbox, first, receivers } = outboxTo('a', 'b');
  outbox.send(first, { _tag: 'Status', height: 1n });
  expect(receivers()).toEqual(['a']);
});

describe('a repetition', () => {
  test('goes to everybody who has not said it is past the height, though it was sent before', () => {
    const { outbox, first, receivers, ctx } = outboxTo('a', 'b');
    first.headHeight = 5n;
    const heard = [4n, 5n, 6n].map((height) => {
      outbox.repeat(PAYLOAD, height);
      return receivers();
    });
    expect(heard).toEqual([['b'], ['b'], ['a', 'b']]);
    expect(ctx.counters.read().repeated).toBe(4);
  });

  test('spares whom the caller names', () => {
    const { outbox, receivers } = outboxTo('a', 'b');
    outbox.repeat(PAYLOAD, 1n, ({ id }) => id === 'a');
    expect(receivers()).toEqual(['b']);
  });
});

describe('passing on', () => {
  test('goes once to each peer that neither sent it, nor has it, nor hears its author', () => {
    const { outbox, peers, receivers, ctx } = outboxTo('sender', 'has it', 'hears', 'is author', 'deaf');
    const [sender, hasIt, hears, author] = peers;
    const known = (peer: Peer | undefined): Peer => {
      if (peer === undefined) throw new Error('a peer is missing');
      return peer;
    };
    ctx.peers.markHas(known(hasIt), 'id');
    ctx.peers.hears(known(hears), [V0]);
    ctx.peers.bind(known(author).id, V0);
    outbox.relay(PAYLOAD, 'id', V0, sender);
    outbox.relay(PAYLOAD, 'id', V0, sender);
    expect([receivers(), ctx.counters.read().relayed]).toEqual([['deaf'], 1]);
  });

  test('when a step lasts trusts nobody’s neighbours, and encodes once at most', () => {
    const { outbox, first, receivers, ctx } = outboxTo('hears', 'ahead', 'deaf');
    ctx.peers.hears(first, [V0]);
    const ahead = ctx.peers.get(peerNamed('ahead'));
    if (ahead !== undefined) ahead.headHeight = 1n;
    let encoded = 0;
    const payload = (): Uint8Array => {
      encoded += 1;
      return PAYLOAD;
    };
    for (let i = 0; i < 2; i++) outbox.pushMissing(payload, 'id', 1n);
    expect([receivers(), encoded]).toEqual([['hears', 'deaf'], 1]);
    ctx.peers.forgetSent();
    outbox.pushMissing(payload, 'id', 1n);
    expect(receivers()).toEqual(['hears', 'deaf']);
  });
});
