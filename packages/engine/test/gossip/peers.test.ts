import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPeers } from '../../src/gossip/peers.ts';
import { peerNamed } from '../support/context.ts';
import { identityNamed } from '../support/votes.ts';

const [A, B] = [peerNamed('a'), peerNamed('b')];
const [V0, V1] = [identityNamed('v0'), identityNamed('v1')];
const REMEMBERED_MAX = 8_192;

test('a peer is known from its connection to its end, and once however often it connects', () => {
  const peers = createPeers();
  const first = peers.connect(A);
  first.headHeight = 7n;
  expect([peers.connect(A), peers.count(), peers.get(A)?.headHeight]).toEqual([first, 1, 7n]);
  peers.disconnect(A);
  expect([peers.get(A), peers.count()]).toEqual([undefined, 0]);
  expect(peers.connect(A).headHeight).toBe(0n);
});

test('only a connected peer is bound to a validator; bindings are listed in identity order', () => {
  const peers = createPeers();
  expect(peers.bind(A, V0)).toBeUndefined();
  peers.connect(A);
  peers.connect(B);
  peers.connect(peerNamed('c'));
  peers.bind(A, V0);
  peers.bind(B, V1);
  expect([peers.get(A)?.validator, peers.validators()]).toEqual([V0, [V0, V1].sort()]);
});

describe('deaf to an author is who neither is it nor hears it itself', () => {
  const deaf = (peers: ReturnType<typeof createPeers>) => peers.deafTo(V0).map(({ id }) => id);

  test('and every change of connections, bindings and neighbours is seen at once', () => {
    const peers = createPeers();
    const a = peers.connect(A);
    expect(deaf(peers)).toEqual([A]);
    peers.connect(B);
    expect(deaf(peers)).toEqual([A, B]);
    peers.bind(B, V0);
    expect(deaf(peers)).toEqual([A]);
    peers.hears(a, [V0, V1]);
    expect(deaf(peers)).toEqual([]);
    peers.hears(a, [V1]);
    expect(deaf(peers)).toEqual([A]);
    peers.disconnect(A);
    expect(deaf(peers)).toEqual([]);
  });

  test('and the same neighbours told again are no change', () => {
    const peers = createPeers();
    const a = peers.connect(A);
    peers.connect(B);
    peers.hears(a, [V0, V1]);
    const found = peers.deafTo(V0);
    peers.hears(a, [V0, V1]);
    expect(peers.deafTo(V0)).toBe(found);
    peers.hears(a, [V1, V0]);
    expect(peers.deafTo(V0)).not.toBe(found);
  });

  test('what a peer that has left claims changes nothing', () => {
    const peers = createPeers();
    const gone = peers.connect(A);
    peers.disconnect(A);
    peers.hears(gone, [V0]);
    peers.connect(A);
    expect(deaf(peers)).toEqual([A]);
  });

  test('whoever brought the message, and whatever was asked before', () => {
    const peers = createPeers();
    const author = peers.connect(A);
    const b = peers.connect(B);
    peers.bind(A, V0);
    const changes = [
      () => peers.hears(b, [V0]),
      () => peers.connect(peerNamed('c')),
      () => peers.bind(B, V1),
      () => peers.hears(b, []),
      () => peers.disconnect(A),
      () => peers.disconnect(B),
      () => peers.connect(A),
    ];
    expect(peers.deafTo(V0, author)).toEqual([b]);
    for (const change of changes) {
      change();
      for (const from of [author, b, undefined]) expect(peers.deafTo(V0, from)).toEqual(peers.deafTo(V0));
    }
  });

  test('of however many authors', () => {
    const peers = createPeers();
    peers.connect(A);
    for (let i = 0; i < 5_000; i++) expect(peers.deafTo(identityNamed(`author ${String(i)}`))).toHaveLength(1);
  });
});

describe('messages remembered of a peer', () => {
  test('are forgotten all together beyond so many, which costs a repetition at most', () => {
    const peers = createPeers();
    const peer = peers.connect(A);
    for (let i = 0; i < REMEMBERED_MAX; i++) peers.markHas(peer, String(i));
    expect([peer.hasCount, peers.has(peer, '0')]).toEqual([REMEMBERED_MAX, true]);
    peers.markHas(peer, 'one more');
    expect([peer.hasCount, peers.has(peer, '0'), peers.has(peer, 'one more')]).toEqual([1, false, true]);
  });

  test('are its own, however many they are and whoever else has them', () => {
    const anEvent = fc.record({
      who: fc.constantFrom(A, B),
      what: fc.constantFrom('mark', 'mark', 'mark', 'mark', 'mark', 'mark', 'mark', 'forget', 'leave'),
      message: fc.integer({ min: 0, max: 9 }).map(String),
    });
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 60 }), (events) => {
        const peers = createPeers();
        const had = { [A]: new Set<string>(), [B]: new Set<string>() };
        for (const { who, what, message } of events) {
          const peer = peers.connect(who);
          if (what === 'mark') {
            peers.markHas(peer, message);
            had[who]?.add(message);
          } else if (what === 'forget') {
            peers.forgetMessages();
            for (const messages of Object.values(had)) messages.clear();
          } else {
            peers.disconnect(who);
            had[who]?.clear();
          }
          for (const id of [A, B]) {
            const has = peers.connect(id);
            expect(Array.from({ length: 10 }, (_, m) => String(m)).filter((m) => peers.has(has, m))).toEqual(
              [...(had[id] ?? [])].sort(),
            );
            expect(has.hasCount).toBe(had[id]?.size);
          }
        }
      }),
    );
  });

  test('as sent are forgotten while a step lasts, as had only with the height', () => {
    const peers = createPeers();
    const peer = peers.connect(A);
    peers.markHas(peer, 'had');
    peers.markSent(peer, 'sent');
    peers.forgetSent();
    expect([peers.has(peer, 'had'), peer.sent.size]).toEqual([true, 0]);
    peers.markSent(peer, 'sent');
    peers.forgetMessages();
    expect([peers.has(peer, 'had'), peer.hasCount, peer.sent.size]).toEqual([false, 0, 0]);
  });
});

describe('what all peers were sent', () => {
  test('each of them was sent, and whoever connects afterwards was not', () => {
    const peers = createPeers();
    const a = peers.connect(A);
    peers.markSentToAll('vote');
    expect(peers.wasSent(a, 'vote')).toBe(true);
    const b = peers.connect(B);
    expect([peers.wasSent(a, 'vote'), peers.wasSent(b, 'vote')]).toEqual([true, false]);
    peers.markSentToAll('next');
    expect([peers.wasSent(a, 'next'), peers.wasSent(b, 'next'), peers.wasSent(b, 'vote')]).toEqual([true, true, false]);
  });

  test.each([7, 8, 9, 20])('is known and forgotten one by one: %i messages', (count) => {
    const peers = createPeers();
    const a = peers.connect(A);
    const messages = Array.from({ length: count }, (_, i) => `message ${String(i)}`);
    for (const message of [...messages, ...messages]) peers.markSentToAll(message);
    const known = (): boolean[] => messages.map((message) => peers.wasSent(a, message));
    expect([known().every(Boolean), peers.wasSent(a, 'another'), a.sent.size]).toEqual([true, false, 0]);
    peers.connect(B);
    expect([known().every(Boolean), [...a.sent]]).toEqual([true, messages]);
    peers.markSentToAll('another');
    peers.forgetSent();
    expect([known().some(Boolean), peers.wasSent(a, 'another')]).toEqual([false, false]);
  });

  test('is not known of a peer that comes back', () => {
    const peers = createPeers();
    peers.connect(A);
    peers.connect(B);
    peers.markSentToAll('vote');
    peers.disconnect(A);
    expect(peers.wasSent(peers.connect(A), 'vote')).toBe(false);
  });

  test('counts as lost with the rest, and goes with its height', () => {
    const peers = createPeers();
    const a = peers.connect(A);
    for (const forget of [
      () => {
        peers.forgetSent();
      },
      () => {
        peers.forgetMessages();
      },
    ]) {
      peers.markSentToAll('vote');
      peers.markSent(a, 'own');
      forget();
      expect([peers.wasSent(a, 'vote'), peers.wasSent(a, 'own')]).toEqual([false, false]);
    }
  });

  test('is bounded: beyond the most it is forgotten and told', () => {
    let forgotten = 0;
    const peers = createPeers(() => {
      forgotten += 1;
    });
    const a = peers.connect(A);
    for (let message = 0; message < REMEMBERED_MAX; message++) peers.markSentToAll(String(message));
    expect([forgotten, peers.wasSent(a, '0')]).toEqual([0, true]);
    peers.markSentToAll('one more');
    expect([forgotten, peers.wasSent(a, '0'), peers.wasSent(a, 'one more')]).toEqual([1, false, true]);
  });
});
