import { createServer } from 'node:net';
import { either as E, option as O } from 'fp-ts';
import { firstValueFrom, skip, take, toArray } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createLibp2pNetwork,
  generatePeerKey,
  peerIdOfKey,
  peerKeyFromSeed,
  type LibP2pNetwork,
} from '@zhtp/network/node';
import { FRAME_PAYLOAD_BYTES_MAX, type PeerId } from '@zhtp/types';
import {
  connectTwo,
  event,
  GENESIS,
  identity,
  numbered,
  numberOf,
  right,
  saying,
  startNetwork,
  stopAll,
  toyKeys,
  toyVerifier,
  until,
} from './libp2p-fixture.ts';

afterEach(stopAll);

describe('four validators that know one seed', () => {
  const VALIDATORS = [identity(1), identity(2), identity(3), identity(4)];
  const startFour = async (): Promise<readonly LibP2pNetwork[]> => {
    const seed = await startNetwork({ nodeRole: 'seed', consensusKey: toyKeys(VALIDATORS) });
    const nodes = await Promise.all(
      VALIDATORS.map((validator, i) =>
        startNetwork({
          nodeRole: 'validator',
          persistentPeers: [seed.address],
          consensusKey: toyKeys(VALIDATORS),
          announcement: { validator, sign: (_message, done) => setImmediate(() => done(O.some(Uint8Array.of(i)))) },
        }),
      ),
    );
    const networks = nodes.map(({ network }) => network);
    await until(
      () => networks.every((network) => network.peers().filter(({ validator }) => O.isSome(validator)).length === 3),
      'each validator bound to three others',
    );
    return networks;
  };

  test('find each other, exchange a thousand votes in order, and gossip reaches all', async () => {
    const networks = await startFour();
    const arrivals = networks.map((network) => {
      const next = new Map<PeerId, number>();
      let total = 0;
      network.inbound$.subscribe(({ peer, payload }) => {
        const expected = next.get(peer) ?? 0;
        if (numberOf(payload) !== expected || payload.length !== 3_400)
          throw new Error(`payload ${String(expected)} from ${peer}`);
        next.set(peer, expected + 1);
        total += 1;
      });
      return () => total;
    });
    for (let n = 0; n < 1_000; n++) {
      for (const network of networks)
        for (const { peer, validator } of network.peers()) if (O.isSome(validator)) network.send(peer, numbered(n));
      if (n % 50 === 49) await new Promise(setImmediate);
    }
    await until(() => arrivals.every((total) => total() === 3_000), 'three thousand payloads at each');
    expect(networks.map((network) => network.counters().sendsDropped)).toEqual([0, 0, 0, 0]);

    await until(() => networks.every((network) => network.gossipListeners('transactions') >= 3), 'gossip listeners');
    const [publisher, ...others] = networks;
    const heard = others.map((network) => firstValueFrom(network.gossip$));
    publisher?.publish('transactions', Uint8Array.of(1, 2, 3));
    for (const { payload, topic, judge } of await Promise.all(heard)) {
      judge('accept');
      expect([topic, [...payload]]).toEqual(['transactions', [1, 2, 3]]);
    }
    expect(networks.every((network) => network.addressBook().length === 3)).toBe(true);
  });
});

describe('the largest payload', () => {
  test('of 8 MiB arrives; one byte more, or none, is refused and counted', async () => {
    const [{ network: a }, { network: b }] = await connectTwo();
    const arrived = firstValueFrom(b.inbound$);
    a.send(b.peerId, new Uint8Array(FRAME_PAYLOAD_BYTES_MAX + 1));
    a.send(b.peerId, new Uint8Array(0));
    a.send(b.peerId, new Uint8Array(FRAME_PAYLOAD_BYTES_MAX).fill(9));
    const { payload } = await arrived;
    expect([payload.length, payload.at(-1)]).toEqual([FRAME_PAYLOAD_BYTES_MAX, 9]);
    expect(a.counters().sendsRefused).toBe(2);
  });
});

describe('a slow reader', () => {
  test('makes its sender drop the oldest, costs others nothing, and loses nothing that arrived', async () => {
    const [a, slow] = await connectTwo(
      { limits: { sendFramesMax: 100, sendBytesMax: 64 * 1024 * 1024 } },
      { limits: { inboxPayloadsHigh: 8 } },
    );
    const quick = await startNetwork({ persistentPeers: [a.address] });
    await event(a.network, 'Connected', quick.network.peerId);
    const arrived = firstValueFrom(quick.network.inbound$.pipe(take(50), toArray()));
    for (let n = 0; a.network.counters().sendsDropped < 50; n++) {
      a.network.send(slow.network.peerId, numbered(n, 64 * 1024));
      if (n < 50) a.network.send(quick.network.peerId, numbered(n));
      if (n % 20 === 0) await new Promise(setImmediate);
    }
    expect((await arrived).map(({ payload }) => numberOf(payload))).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(slow.network.counters().readsPaused).toBe(1);

    const taken: number[] = [];
    slow.network.inbound$.subscribe(({ payload }) => taken.push(numberOf(payload)));
    a.network.send(slow.network.peerId, numbered(9_999_999));
    await until(() => taken.at(-1) === 9_999_999, 'the newest message');
    expect(taken[0]).toBe(0);
    expect(taken.every((n, i) => i === 0 || n > (taken[i - 1] ?? 0))).toBe(true);
    expect(slow.network.counters().inboundDiscarded).toBe(0);
  });
});

describe('a lost connection', () => {
  test('is made again, with the same peer, after that peer was killed and restarted', async () => {
    const seed = right(await peerKeyFromSeed(new Uint8Array(32).fill(5))());
    const first = await startNetwork({ privateKey: seed });
    const port = /tcp\/([0-9]+)/.exec(first.address)?.[1] ?? '';
    const b = await startNetwork({ persistentPeers: [first.address] });
    await event(b.network, 'Connected', first.network.peerId);
    const gone = event(b.network, 'Disconnected', first.network.peerId);
    await first.network.stop();
    await gone;
    const again = await startNetwork({ privateKey: seed, listenAddresses: [`/ip4/127.0.0.1/tcp/${port}`] });
    expect(again.network.peerId).toBe(first.network.peerId);
    await event(b.network, 'Connected', again.network.peerId);
    const arrived = firstValueFrom(again.network.inbound$);
    b.network.send(again.network.peerId, Uint8Array.of(7));
    expect([...(await arrived).payload]).toEqual([7]);
  });

  test('is given up when the peer restarted before it was missed', async () => {
    const privateKey = await generatePeerKey();
    const old = await startNetwork({ privateKey });
    const b = await startNetwork({ persistentPeers: [old.address] });
    await event(b.network, 'Connected', old.network.peerId);
    const seen = firstValueFrom(b.network.peers$.pipe(skip(1), take(2), toArray()));
    const restarted = await startNetwork({ privateKey, persistentPeers: [b.address] });
    expect((await seen).map(({ _tag }) => _tag)).toEqual(['Disconnected', 'Connected']);
    const arrived = firstValueFrom(restarted.network.inbound$);
    b.network.send(restarted.network.peerId, Uint8Array.of(7));
    expect([...(await arrived).payload]).toEqual([7]);
    expect(b.lines.some((line) => line.includes('it restarted'))).toBe(true);
  });

  test('two nodes that dial each other end with one link', async () => {
    const keys = await Promise.all([generatePeerKey(), generatePeerKey()]);
    const ports = await Promise.all([freePort(), freePort()]);
    const ids = keys.map((key) => right(peerIdOfKey(key)));
    const at = (i: number): string => `/ip4/127.0.0.1/tcp/${String(ports[i])}`;
    const nodes = await Promise.all(
      keys.map((privateKey, i) =>
        startNetwork({
          privateKey,
          listenAddresses: [at(i)],
          persistentPeers: [`${at(1 - i)}/p2p/${String(ids[1 - i])}`],
        }),
      ),
    );
    await until(() => nodes.every(({ network }) => network.peers().length === 1), 'both connected');
    const [a, b] = nodes.map(({ network }) => network);
    if (a === undefined || b === undefined) throw new Error('two nodes');
    const arrived = Promise.all([firstValueFrom(a.inbound$), firstValueFrom(b.inbound$)]);
    a.send(b.peerId, Uint8Array.of(1));
    b.send(a.peerId, Uint8Array.of(2));
    expect((await arrived).map(({ payload }) => payload[0])).toEqual([2, 1]);
  });
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

describe('a network that cannot start', () => {
  const create = async (changes: object) =>
    createLibp2pNetwork({
      genesisHash: GENESIS,
      nodeRole: 'full',
      privateKey: await generatePeerKey(),
      consensusKey: () => O.none,
      verifier: toyVerifier,
      ...changes,
    })();

  test('because its port is in use says so, and what to do', async () => {
    const { address } = await startNetwork();
    const network = right(await create({ listenAddresses: [address.replace(/\/p2p.*/, '')] }));
    const started = await network.start();
    expect(started).toMatchObject({
      left: { message: saying(/^cannot listen on .* is in use; stop the program.*port$/) },
    });
  });

  test('because of its key or an address names the value', async () => {
    const message = async (changes: object): Promise<string> => {
      const made = await create(changes);
      return E.isLeft(made) ? made.left.message : 'made';
    };
    expect(await message({ privateKey: Uint8Array.of(1) })).toContain('the peer key cannot be read');
    expect(await message({ listenAddresses: ['localhost:26656'] })).toContain('"localhost:26656" must look like');
    expect(await message({ persistentPeers: ['/ip4/10.0.0.7/tcp/1'] })).toContain('/p2p/<peer id>');
  });

  test('because it is stopped while it starts ends all the same', async () => {
    const network = right(await create({}));
    const started = network.start();
    await network.stop();
    await started;
    expect(network.multiaddrs()).toEqual([]);
  });

  test('a second time says so', async () => {
    const { network } = await startNetwork();
    expect(await network.start()).toMatchObject({ left: { message: saying('started before') } });
  });
});
