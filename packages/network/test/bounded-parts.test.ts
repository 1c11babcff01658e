import { describe, expect, test } from 'vitest';
import { option as O } from 'fp-ts';
import {
  backoffMs,
  createAddressBook,
  createFairInbox,
  createPeerTable,
  createRedialer,
  createScoreBoard,
  createSendQueue,
  PENALTY_LIMIT,
  type DialTarget,
} from '@zhtp/network';
import { peerId, type PeerEvent } from '@zhtp/types';
import { GENESIS, identity, right } from './libp2p-fixture.ts';
import { createManualTime } from './manual-time.ts';

const peer = (name: string) => right(peerId(name));
const [P, Q] = [peer('P'), peer('Q')];

describe('a send queue', () => {
  test('gives up the oldest for the newest, by count and by bytes', () => {
    const queue = createSendQueue({ framesMax: 3, bytesMax: 100 });
    expect([1, 2, 3].map((n) => queue.push(Uint8Array.of(n)))).toEqual([0, 0, 0]);
    expect(queue.push(Uint8Array.of(4))).toBe(1);
    expect(queue.push(new Uint8Array(98).fill(5))).toBe(1);
    expect([queue.shift()?.[0], queue.shift()?.[0], queue.shift()?.[0], queue.shift()]).toEqual([3, 4, 5, undefined]);
    expect(queue.queuedBytes()).toBe(0);
  });

  test('keeps a frame that is larger than all its room, alone', () => {
    const queue = createSendQueue({ framesMax: 3, bytesMax: 10 });
    queue.push(Uint8Array.of(1));
    expect(queue.push(new Uint8Array(50))).toBe(1);
    expect([queue.length(), queue.queuedBytes()]).toEqual([1, 50]);
  });

  test('stays in order over many turns', () => {
    const queue = createSendQueue({ framesMax: 5_000, bytesMax: 1 << 20 });
    const seen: number[] = [];
    for (let i = 0; i < 10_000; i++) {
      queue.push(Uint8Array.of(i & 0xff, i >> 8));
      if (i % 3 !== 0) seen.push(...(queue.shift() ?? []));
    }
    const numbers = seen.flatMap((byte, i) => (i % 2 === 0 ? [byte | ((seen[i + 1] ?? 0) << 8)] : []));
    expect(numbers).toEqual(Array.from(numbers, (_, i) => i));
  });
});

describe('a fair inbox', () => {
  const inboxOf = (perTurn: number, open = { now: true }) => {
    const tasks: (() => void)[] = [];
    const delivered: string[] = [];
    const inbox = createFairInbox<string>({
      schedule: (task) => tasks.push(task),
      deliver: (item) => delivered.push(item),
      isOpen: () => open.now,
      perTurn,
      itemsHigh: 4,
      bytesHigh: 1_000,
    });
    const turn = (): void => tasks.shift()?.();
    return { inbox, delivered, turn, tasks };
  };
  const reader = (calls: string[]) => ({
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
  });

  test('serves peers in turn: one that floods delays itself only', () => {
    const { inbox, delivered, turn } = inboxOf(4);
    const [flood, quiet] = [inbox.lane(reader([])), inbox.lane(reader([]))];
    flood.open();
    quiet.open();
    for (let i = 0; i < 100; i++) flood.push(`f${String(i)}`, 1);
    quiet.push('q', 1);
    expect(delivered).toEqual([]);
    turn();
    expect(delivered).toEqual(['f0', 'q', 'f1', 'f2']);
  });

  test('pauses its reader at the mark, lets it go on at half of it, and loses nothing', () => {
    const { inbox, delivered, turn, tasks } = inboxOf(1);
    const calls: string[] = [];
    const lane = inbox.lane(reader(calls));
    lane.open();
    for (let i = 0; i < 6; i++) lane.push(String(i), 1);
    expect(calls).toEqual(['pause']);
    for (let left = 6; left > 0; left--) {
      expect(calls).toEqual(left >= 3 ? ['pause'] : ['pause', 'resume']);
      turn();
    }
    expect(delivered).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(tasks.length).toBe(0);
  });

  test('holds everything while nobody listens or the peer is not admitted', () => {
    const open = { now: false };
    const { inbox, delivered, turn, tasks } = inboxOf(9, open);
    const lane = inbox.lane(reader([]));
    lane.push('a', 1);
    expect(tasks.length).toBe(0);
    lane.open();
    turn();
    expect(delivered).toEqual([]);
    open.now = true;
    inbox.wake();
    turn();
    expect(delivered).toEqual(['a']);
  });

  test('says how much a closed lane never handed over', () => {
    const { inbox, delivered, turn } = inboxOf(1);
    const lane = inbox.lane(reader([]));
    lane.open();
    for (const item of ['a', 'b', 'c']) lane.push(item, 1);
    turn();
    expect(lane.close()).toBe(2);
    turn();
    lane.push('d', 1);
    expect(delivered).toEqual(['a']);
  });
});

describe('a score', () => {
  test('bans at the limit and not before, longer each time, and forgives with time', () => {
    const time = createManualTime();
    const scores = createScoreBoard(() => time.clock.nowMs());
    expect([1, 2, 3].map(() => scores.charge(P, 'bad-signature'))).toEqual(['tolerated', 'tolerated', 'tolerated']);
    expect(scores.penaltyOf(P)).toBe(75);
    expect(scores.charge(P, 'bad-signature')).toBe('banned');
    expect([scores.isBanned(P), scores.isBanned(Q)]).toEqual([true, false]);
    time.advance(59_999);
    expect(scores.isBanned(P)).toBe(true);
    time.advance(1);
    expect(scores.isBanned(P)).toBe(false);
    expect(scores.charge(P, 'height-went-down')).toBe('banned');
    time.advance(60_000);
    expect(scores.isBanned(P)).toBe(true);
    time.advance(60_000);
    expect(scores.isBanned(P)).toBe(false);
  });

  test('forgives a point in six seconds', () => {
    const time = createManualTime();
    const scores = createScoreBoard(() => time.clock.nowMs());
    scores.charge(P, 'undecodable');
    time.advance(60_000);
    expect(scores.penaltyOf(P)).toBe(40);
    time.advance(10_000_000);
    expect(scores.penaltyOf(P)).toBe(0);
  });

  test('remembers a bounded number of peers', () => {
    const scores = createScoreBoard(() => 0n, 2);
    scores.charge(P, 'undecodable');
    scores.charge(Q, 'undecodable');
    scores.charge(peer('R'), 'undecodable');
    expect([scores.penaltyOf(P), scores.penaltyOf(Q)]).toEqual([0, PENALTY_LIMIT / 2]);
  });
});

describe('a redialler', () => {
  const setUp = (reached: () => boolean, mayDial = () => true) => {
    const time = createManualTime();
    const dialled: DialTarget[] = [];
    const redialer = createRedialer({
      timers: time.timers,
      random: (length) => new Uint8Array(length),
      mayDial,
      dial: (target, done) => {
        dialled.push(target);
        done(reached());
      },
    });
    return { time, dialled, redialer };
  };

  test('waits half a second, doubled up to half a minute, and up to half as much again', () => {
    const none = (length: number) => new Uint8Array(length);
    const most = (length: number) => new Uint8Array(length).fill(255);
    expect([0, 1, 5, 6, 7, 1_000].map((n) => backoffMs(n, none))).toEqual([500, 1_000, 16_000, 30_000, 30_000, 30_000]);
    expect(backoffMs(0, most)).toBe(749);
    expect(backoffMs(99, most)).toBe(44_999);
  });

  test('never gives up on a wanted peer', () => {
    const { time, dialled, redialer } = setUp(() => false);
    redialer.want({ peer: P, addresses: ['x'] });
    time.advance(24 * 3_600_000);
    expect(dialled.length).toBeGreaterThan(2_800);
    redialer.unwant(P);
    expect(time.pending()).toBe(0);
  });

  test('leaves a connected peer alone and starts over, quickly, when it goes', () => {
    const { time, dialled, redialer } = setUp(() => true);
    redialer.want({ peer: P, addresses: ['x'] });
    time.advance(0);
    redialer.connected(P);
    time.advance(3_600_000);
    expect(dialled.length).toBe(1);
    redialer.disconnected(P);
    time.advance(499);
    expect(dialled.length).toBe(1);
    time.advance(1);
    expect(dialled.length).toBe(2);
  });

  test('does not dial a peer that came by itself, and learns new addresses', () => {
    const { time, dialled, redialer } = setUp(() => true);
    redialer.connected(P);
    redialer.want({ peer: P, addresses: ['old'] });
    redialer.want({ peer: P, addresses: ['new'] });
    time.advance(60_000);
    expect(dialled).toEqual([]);
    redialer.disconnected(P);
    time.advance(500);
    expect(dialled).toEqual([{ peer: P, addresses: ['new'] }]);
    redialer.stop();
    expect(time.pending()).toBe(0);
  });

  test('a connection that fails the handshake again and again is tried less and less', () => {
    const { time, dialled, redialer } = setUp(() => true);
    redialer.want({ peer: P, addresses: ['x'] });
    time.advance(7_499);
    expect(dialled.length).toBe(4);
    time.advance(1);
    expect(dialled.length).toBe(5);
  });

  test('a connection that ends within seconds makes the next wait longer, one that lasts does not', () => {
    const { time, dialled, redialer } = setUp(() => true);
    redialer.want({ peer: P, addresses: ['x'] });
    time.advance(0);
    for (let i = 0; i < 3; i++) {
      redialer.connected(P);
      time.advance(9_999);
      redialer.disconnected(P);
      time.advance(500 * 2 ** i - 1);
      expect(dialled.length).toBe(i + 1);
      time.advance(1);
      expect(dialled.length).toBe(i + 2);
    }
    redialer.connected(P);
    time.advance(10_000);
    redialer.disconnected(P);
    time.advance(500);
    expect(dialled.length).toBe(5);
  });

  test('waits out a ban', () => {
    let banned = true;
    const { time, dialled, redialer } = setUp(
      () => true,
      () => !banned,
    );
    redialer.want({ peer: P, addresses: ['x'] });
    time.advance(3_600_000);
    expect(dialled).toEqual([]);
    banned = false;
    time.advance(30_000);
    expect(dialled.length).toBe(1);
  });
});

describe('the peer table', () => {
  const [v1, v2] = [identity(1), identity(2)];
  const setUp = () => {
    const table = createPeerTable();
    const events: PeerEvent[] = [];
    table.events$.subscribe((event) => events.push(event));
    for (const name of [P, Q]) table.connect({ peer: name, nodeRole: 'full', listenAddresses: [] });
    return { table, events };
  };

  test('a validator has one peer: it moves, and the old peer speaks for nobody', () => {
    const { table } = setUp();
    expect(table.bind(P, v1)).toBe(true);
    expect(table.bind(P, v1)).toBe(false);
    expect(table.bind(Q, v1)).toBe(true);
    expect(table.peerOf(v1)).toEqual(O.some(Q));
    expect(table.list().map(({ validator }) => validator)).toEqual([O.none, O.some(v1)]);
  });

  test('a peer has one validator: the later one', () => {
    const { table } = setUp();
    table.bind(P, v1);
    table.bind(P, v2);
    expect([table.peerOf(v1), table.peerOf(v2)]).toEqual([O.none, O.some(P)]);
  });

  test('a peer that is not connected is not bound; a binding ends with the connection', () => {
    const { table, events } = setUp();
    expect(table.bind(peer('R'), v1)).toBe(false);
    table.bind(P, v1);
    table.disconnect(P);
    table.disconnect(P);
    expect(table.peerOf(v1)).toEqual(O.none);
    expect(events.map(({ _tag }) => _tag)).toEqual(['Connected', 'Connected', 'Bound', 'Disconnected']);
  });

  test('a late subscriber hears who is connected and bound now, then what follows', () => {
    const { table } = setUp();
    table.bind(Q, v1);
    const late: PeerEvent[] = [];
    const subscription = table.events$.subscribe((event) => late.push(event));
    table.disconnect(P);
    subscription.unsubscribe();
    expect(late.map(({ _tag, peer: name }) => `${_tag} ${name}`)).toEqual([
      'Connected P',
      'Connected Q',
      'Bound Q',
      'Disconnected P',
    ]);
  });
});

describe('the address book', () => {
  const entry = (n: number, expiresAt: bigint) => ({
    announcement: { genesisHash: GENESIS, validator: identity(n), peerId: 'p', addresses: [], sequence: 1n, expiresAt },
    signature: new Uint8Array(1),
  });

  test('is bounded: the entry that expires first gives way', () => {
    const book = createAddressBook(2);
    for (const [n, expiresAt] of [
      [1, 30n],
      [2, 20n],
      [3, 40n],
    ] as const)
      book.put(entry(n, expiresAt));
    expect(book.entries().map(({ announcement }) => announcement.expiresAt)).toEqual([30n, 40n]);
    book.put(entry(3, 50n));
    expect(book.entries().length).toBe(2);
  });

  test('forgets the expired and those who left the sets, and says whom', () => {
    const book = createAddressBook(9);
    for (const [n, expiresAt] of [
      [1, 10n],
      [2, 11n],
      [3, 11n],
    ] as const)
      book.put(entry(n, expiresAt));
    const gone = book.prune(10n, (validator) => validator !== identity(3));
    expect(gone.map(({ announcement }) => announcement.validator)).toEqual([identity(1), identity(3)]);
    expect(O.isSome(book.get(identity(2)))).toBe(true);
  });
});
