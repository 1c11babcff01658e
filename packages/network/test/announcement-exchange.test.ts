import { option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import {
  announcementSignBytes,
  createAnnouncementExchange,
  createCounterBoard,
  signedAnnouncementCodec,
  type Announcement,
  type AnnouncementExchange,
} from '@zhtp/network';
import { encode, peerId, type IdentityId, type PeerId, type SignatureCheck, type Validity } from '@zhtp/types';
import { GENESIS, identity, OTHER_GENESIS, right, toyKeys } from './libp2p-fixture.ts';
import { createManualTime } from './manual-time.ts';

const peer = (name: string): PeerId => right(peerId(name));
const VALIDATORS = [identity(1), identity(2), identity(3)];
const signed = (announcement: Announcement, key: number): Uint8Array =>
  encode(signedAnnouncementCodec)({ announcement, signature: Uint8Array.of(key) });

/** One node's exchange with everything it does to the outside written down. */
const createNode = (
  name: string,
  validator?: IdentityId,
  validators: { list: readonly IdentityId[] } = { list: VALIDATORS },
) => {
  const time = createManualTime(1_800_000_000_000n);
  const sent: { to: PeerId; bytes: Uint8Array }[] = [];
  const bound: string[] = [];
  const learned: string[] = [];
  const offences: PeerId[] = [];
  const checks: { readonly check: SignatureCheck; readonly done: (validity: Validity) => void }[] = [];
  const connected: PeerId[] = [];
  const counters = createCounterBoard();
  const exchange: AnnouncementExchange = createAnnouncementExchange({
    genesisHash: GENESIS,
    self: peer(name),
    addresses: () => [`/ip4/10.0.0.1/tcp/1`],
    source:
      validator === undefined
        ? O.none
        : O.some({ validator, sign: (_message, done) => done(O.some(Uint8Array.of(VALIDATORS.indexOf(validator)))) }),
    consensusKey: (id) => toyKeys(VALIDATORS)(validators.list.includes(id) ? id : identity(99)),
    verifier: { concurrency: 2, verify: (check, done) => checks.push({ check, done }) },
    clock: time.clock,
    timers: time.timers,
    random: (length) => new Uint8Array(length),
    counters,
    connectedPeers: () => connected,
    send: (to, list) => sent.push(...list.map((bytes) => ({ to, bytes }))),
    onBound: (to, id) => bound.push(`${to}=${String(VALIDATORS.indexOf(id))}`),
    onLearned: (announcement) => learned.push(announcement.peerId),
    onForgotten: (announcement) => learned.push(`-${announcement.peerId}`),
    onOffence: (by) => offences.push(by),
    log: () => undefined,
  });
  const verifyAll = (): void => {
    for (let next = checks.shift(); next !== undefined; next = checks.shift())
      next.done(next.check.signature[0] === next.check.publicKey[0] ? 'valid' : 'invalid');
  };
  exchange.start();
  return { exchange, time, sent, bound, learned, offences, checks, connected, counters, verifyAll };
};

const announcement = (changes: Partial<Announcement> = {}): Announcement => ({
  genesisHash: GENESIS,
  validator: identity(1),
  peerId: 'A',
  addresses: [],
  sequence: 1n,
  expiresAt: 1_800_000_600n,
  ...changes,
});

test('a peer is bound when it delivers its own announcement; one passed on only teaches the address', () => {
  const node = createNode('N');
  node.connected.push(peer('A'), peer('B'));
  node.exchange.onReceived(peer('B'), signed(announcement(), 0));
  node.verifyAll();
  expect(node.learned).toEqual(['A']);
  expect(node.bound).toEqual([]);
  node.exchange.onReceived(peer('A'), signed(announcement(), 0));
  expect(node.checks.length).toBe(0);
  expect(node.bound).toEqual(['A=0']);
});

test('a validator cannot claim another peer: that peer would have to deliver the claim', () => {
  const node = createNode('N');
  node.exchange.onReceived(peer('B'), signed(announcement({ validator: identity(2), peerId: 'A' }), 1));
  node.verifyAll();
  expect(node.bound).toEqual([]);
});

test('the same announcement from many peers is verified once and passed on once, not back to them', () => {
  const node = createNode('N');
  node.connected.push(...['A', 'B', 'C', 'D'].map(peer));
  for (const by of ['A', 'B', 'C', 'B']) node.exchange.onReceived(peer(by), signed(announcement(), 0));
  expect(node.checks.length).toBe(1);
  node.verifyAll();
  expect(node.sent.map(({ to }) => to)).toEqual(['D']);
  expect(node.bound).toEqual(['A=0']);
});

test('a wrong signature is refused without blame: a key may have been rotated where the peer stands', () => {
  const node = createNode('N');
  node.exchange.onReceived(peer('A'), signed(announcement(), 7));
  node.verifyAll();
  expect([node.bound, node.offences, node.exchange.book.entries()]).toEqual([[], [], []]);
  expect(node.counters.snapshot().announcementsRefused).toBe(1);
});

test('a peer whose signatures keep failing is no longer verified, until the next renewal', () => {
  const node = createNode('N');
  for (let i = 0; i < 80; i++) {
    node.exchange.onReceived(peer('A'), signed(announcement({ sequence: BigInt(i + 1) }), 7));
    node.verifyAll();
  }
  node.exchange.onReceived(peer('A'), signed(announcement(), 0));
  expect(node.checks.length).toBe(0);
  node.exchange.onReceived(peer('B'), signed(announcement(), 0));
  expect(node.checks.length).toBe(1);
  node.time.advance(300_000);
  node.exchange.onReceived(peer('A'), signed(announcement({ sequence: 2n }), 0));
  expect(node.checks.length).toBe(2);
});

test('no more verifications at once than the verifier has room for', () => {
  const node = createNode('N');
  for (let i = 1; i <= 9; i++) node.exchange.onReceived(peer('A'), signed(announcement({ sequence: BigInt(i) }), 0));
  expect(node.checks.length).toBe(2);
  node.verifyAll();
  expect(node.exchange.book.entries()[0]?.announcement.sequence).toBe(9n);
});

test('undecodable bytes and another chain are offences', () => {
  const node = createNode('N');
  node.exchange.onReceived(peer('A'), Uint8Array.of(1, 2, 3));
  node.exchange.onReceived(peer('B'), signed(announcement({ genesisHash: OTHER_GENESIS }), 0));
  expect(node.offences).toEqual(['A', 'B']);
});

test('a higher sequence moves a validator to another peer; the old one cannot be replayed', () => {
  const node = createNode('N');
  node.exchange.onReceived(peer('A'), signed(announcement(), 0));
  node.verifyAll();
  node.exchange.onReceived(peer('B'), signed(announcement({ peerId: 'B', sequence: 2n }), 0));
  node.verifyAll();
  node.exchange.onReceived(peer('A'), signed(announcement(), 0));
  node.verifyAll();
  expect(node.bound).toEqual(['A=0', 'B=0']);
  expect(node.exchange.book.entries().map(({ announcement: { peerId: name } }) => name)).toEqual(['B']);
});

test('two announcements that cross in verification leave the higher sequence', () => {
  const node = createNode('N');
  node.exchange.onReceived(peer('A'), signed(announcement({ sequence: 3n }), 0));
  node.exchange.onReceived(peer('A'), signed(announcement({ sequence: 2n }), 0));
  const [high, low] = node.checks.splice(0);
  high?.done('valid');
  low?.done('valid');
  expect(node.exchange.book.entries().map(({ announcement: { sequence } }) => sequence)).toEqual([3n]);
});

test('a validator announces itself on start, to whoever connects, and again before it expires, with rising sequences', () => {
  const node = createNode('N', identity(2));
  node.exchange.onConnected(peer('A'));
  node.connected.push(peer('A'));
  node.time.advance(900_000);
  expect(node.sent.length).toBe(4);
  const other = createNode('M');
  for (const { bytes } of node.sent) {
    other.exchange.onReceived(peer('N'), bytes);
    other.verifyAll();
  }
  const [latest] = other.exchange.book.entries();
  expect(latest?.announcement).toMatchObject({ validator: identity(2), peerId: 'N', sequence: 1_800_000_900_000n });
  expect(latest?.announcement.expiresAt).toBe(1_800_004_500n);
  expect(other.counters.snapshot().announcementsAccepted).toBe(4);
  expect(announcementSignBytes(announcement()).length).toBeGreaterThan(0);
});

test('its own announcement that comes back is neither verified nor passed on', () => {
  const node = createNode('N', identity(2));
  node.exchange.onConnected(peer('A'));
  node.connected.push(peer('A'), peer('B'));
  node.exchange.onReceived(peer('A'), node.sent[0]?.bytes ?? new Uint8Array(0));
  expect([node.checks.length, node.sent.length]).toEqual([0, 1]);
});

test('a newcomer is sent the whole book', () => {
  const node = createNode('N');
  for (const [i, name] of ['A', 'B'].entries()) {
    node.exchange.onReceived(peer(name), signed(announcement({ validator: identity(i + 1), peerId: name }), i));
    node.verifyAll();
  }
  node.exchange.onConnected(peer('Z'));
  expect(node.sent.map(({ to }) => to)).toEqual(['Z', 'Z']);
});

test('news spread along a chain of nodes that only know their neighbour', () => {
  const names = ['A', 'B', 'C', 'D', 'E'];
  const nodes = names.map((name, i) => createNode(name, i === 0 ? identity(1) : undefined));
  for (const [i, node] of nodes.entries())
    node.connected.push(...[names[i - 1], names[i + 1]].flatMap((name) => (name === undefined ? [] : [peer(name)])));
  nodes[0]?.exchange.onConnected(peer('B'));
  for (let round = 0; round < names.length; round++)
    for (const [i, node] of nodes.entries())
      for (const { to, bytes } of node.sent.splice(0)) {
        const receiver = nodes[names.indexOf(to)];
        receiver?.exchange.onReceived(peer(names[i] ?? ''), bytes);
        receiver?.verifyAll();
      }
  expect(nodes.map(({ learned }) => learned.join())).toEqual(['', 'A', 'A', 'A', 'A']);
});

test('who leaves the validator sets is forgotten; who joined is heard a moment later', () => {
  const validators = { list: VALIDATORS.slice(0, 1) };
  const node = createNode('N', undefined, validators);
  node.exchange.onReceived(peer('A'), signed(announcement(), 0));
  node.verifyAll();
  node.exchange.onReceived(peer('B'), signed(announcement({ validator: identity(2), peerId: 'B' }), 1));
  expect(node.checks.length).toBe(0);
  validators.list = VALIDATORS.slice(1);
  node.exchange.validatorsChanged();
  expect(node.learned).toEqual(['A', '-A']);

  const joined = createNode('B', identity(2));
  joined.connected.push(peer('N'));
  joined.exchange.validatorsChanged();
  joined.time.advance(10_000);
  expect(joined.sent.length).toBe(2);
  node.exchange.onReceived(peer('B'), joined.sent[1]?.bytes ?? new Uint8Array(0));
  node.verifyAll();
  expect(node.bound).toEqual(['A=0', 'B=1']);
});

test('what has expired is forgotten', () => {
  const node = createNode('N');
  node.exchange.onReceived(peer('A'), signed(announcement(), 0));
  node.verifyAll();
  node.time.advance(600_000);
  expect(node.learned).toEqual(['A', '-A']);
  node.exchange.stop();
  expect(node.time.pending()).toBe(0);
});
