import { expect, test } from 'vitest';
import { createMemoryHub } from '@zhtp/network';
import { peerId } from '@zhtp/types';
import { identity, right } from './libp2p-fixture.ts';

const peer = (name: string) => right(peerId(name));

const createWorld = () => {
  const tasks: (() => void)[] = [];
  const hub = createMemoryHub((task) => tasks.push(task), { nowMs: () => 42n });
  const run = (): void => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task();
  };
  return { hub, run };
};

test('everybody who joins is connected to everybody, and a validator is bound at once', () => {
  const { hub, run } = createWorld();
  const [a, b, c] = [hub.join(peer('a')), hub.join(peer('b'), identity(2)), hub.join(peer('c'))];
  const seen = [a, b, c].map((network) => {
    const events: string[] = [];
    network.peers$.subscribe((event) => events.push(`${event._tag} ${event.peer}`));
    return events;
  });
  expect(seen).toEqual([[], [], []]);
  run();
  expect(seen).toEqual([
    ['Connected b', 'Bound b', 'Connected c'],
    ['Connected a', 'Connected c'],
    ['Connected a', 'Connected b', 'Bound b'],
  ]);
});

test('a payload is what it was when it was sent, stamped with the clock', () => {
  const { hub, run } = createWorld();
  const [a, b] = [hub.join(peer('a')), hub.join(peer('b'))];
  run();
  const arrived: unknown[] = [];
  b.inbound$.subscribe((payload) => arrived.push(payload));
  const payload = Uint8Array.of(1);
  a.send(b.peer, payload);
  payload[0] = 2;
  run();
  expect(arrived).toEqual([{ peer: a.peer, payload: Uint8Array.of(1), receivedAtMs: 42n }]);
});

test('who has left hears and says nothing, and may come back', () => {
  const { hub, run } = createWorld();
  const [a, b] = [hub.join(peer('a')), hub.join(peer('b'))];
  run();
  const arrived: number[] = [];
  b.inbound$.subscribe(({ payload }) => arrived.push(payload[0] ?? 0));
  a.leave();
  run();
  a.send(b.peer, Uint8Array.of(1));
  a.publish('transactions', Uint8Array.of(1));
  run();
  const again = hub.join(peer('a'));
  run();
  again.send(b.peer, Uint8Array.of(3));
  run();
  expect(arrived).toEqual([3]);
  expect(() => hub.join(peer('a'))).toThrow('has joined this hub already');
});
