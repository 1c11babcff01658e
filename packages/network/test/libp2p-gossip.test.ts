import { filter, firstValueFrom } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { startNetwork, stopAll, until } from './libp2p-fixture.ts';

afterEach(stopAll);

describe('gossip', () => {
  test('is not relayed before the verdict, and not at all when it is ignored or rejected', async () => {
    const a = await startNetwork();
    const middle = await startNetwork({ persistentPeers: [a.address] });
    const c = await startNetwork({ persistentPeers: [middle.address] });
    await until(
      () =>
        middle.network.gossipListeners('evidence') === 2 &&
        a.network.gossipListeners('evidence') === 1 &&
        c.network.gossipListeners('evidence') === 1,
      'a line of three',
    );
    const heard: number[] = [];
    c.network.gossip$.subscribe(({ payload, judge }) => {
      heard.push(payload[0] ?? 0);
      judge('accept');
    });
    const warmUp = middle.network.gossip$.subscribe(({ judge }) => judge('accept'));
    let fresh = 0;
    await until(() => {
      a.network.publish('evidence', Uint8Array.of(99, (fresh += 1) & 0xff, fresh >> 8));
      return heard.length > 0;
    }, 'a mesh');
    warmUp.unsubscribe();

    const later = firstValueFrom(middle.network.gossip$.pipe(filter(({ payload }) => payload[0] === 0)));
    const verdicts = ['accept', 'ignore', 'reject', 'accept'] as const;
    middle.network.gossip$.subscribe(({ payload, judge }) => {
      const [n = 0] = payload;
      if (n > 0) judge(verdicts[n] ?? 'ignore');
    });
    for (const n of [0, 1, 2, 3]) a.network.publish('evidence', Uint8Array.of(n));
    await until(() => heard.includes(3), 'the accepted message');
    expect(heard.filter((n) => n !== 99)).toEqual([3]);
    (await later).judge('accept');
    await until(() => heard.includes(0), 'the message accepted late');
    expect(heard.filter((n) => n !== 99)).toEqual([3, 0]);
    expect(middle.network.counters().offences).toBe(1);
  });

  test('that nobody hears is counted, and may be published again', async () => {
    const { network } = await startNetwork();
    network.publish('transactions', Uint8Array.of(1));
    network.publish('transactions', new Uint8Array(0));
    await until(() => network.counters().gossipUnheard === 1, 'the count');
    expect(network.counters()).toMatchObject({ gossipPublished: 0, sendsRefused: 1 });
  });
});
