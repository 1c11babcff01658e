import { createServer } from 'node:net';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { filter, firstValueFrom, skip, take, toArray } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createLibp2pNetwork,
  generatePeerKey,
  peerIdOfKey,
  peerKeyFromSeed,
  type LibP2pNetwork,
} from '@zhtp/network/node';
import { encodeFrame, encodeHello } from '@zhtp/network';
import { FRAME_PAYLOAD_BYTES_MAX, type PeerId, type RequestError } from '@zhtp/types';
import {
  connectTwo,
  event,
  GENESIS,
  identity,
  OTHER_GENESIS,
  right,
  saying,
  startNetwork,
  stopAll,
  toyKeys,
  toyVerifier,
  until,
} from './libp2p-fixture.ts';

afterEach(stopAll);

const ask = (network: LibP2pNetwork, peer: PeerId, payload: Uint8Array): Promise<E.Either<RequestError, Uint8Array>> =>
  new Promise((resolve) => network.request(peer, payload, resolve));

const numbered = (n: number, bytes = 3_400): Uint8Array => {
  const payload = new Uint8Array(bytes).fill(n);
  new DataView(payload.buffer).setUint32(0, n);
  return payload;
};
const numberOf = (payload: Uint8Array): number => new DataView(payload.buffer, payload.byteOffset).getUint32(0);

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

describe('the handshake', () => {
  test('turns away another chain, and both sides say why in one line', async () => {
    const a = await startNetwork();
    const b = await startNetwork({ genesisHash: OTHER_GENESIS, persistentPeers: [a.address] });
    const says = ({ lines }: { readonly lines: readonly string[] }): boolean =>
      lines.some((line) => line.includes('both need the same genesis file') && !line.includes('\n'));
    await until(() => says(a) && says(b), 'both to name the genesis');
    expect([a.network.peers(), b.network.peers()]).toEqual([[], []]);
    expect(a.network.counters().handshakesRefused).toBeGreaterThan(0);
  });

  test('turns away whoever comes when all places are taken, wanted peers excepted', async () => {
    const [a] = await connectTwo({ peersMax: 1 });
    const c = await startNetwork({ persistentPeers: [a.address] });
    await until(() => a.lines.some((line) => line.includes('all 1 places are taken')), 'the third to be turned away');
    await until(() => c.network.peers().length === 0, 'the third to be without a peer');
    expect(a.network.peers().length).toBe(1);
  });

  test('gives up on a peer that never says Hello', async () => {
    const silent: { fire: (() => void) | undefined } = { fire: undefined };
    const a = await startNetwork({
      timers: {
        start: (afterMs, fire) => {
          if (afterMs === 1_234) silent.fire ??= fire;
          return () => undefined;
        },
      },
      limits: { handshakeMs: 1_234 },
    });
    const stranger = await startStranger(a.address);
    await until(() => silent.fire !== undefined, 'a link that waits for its Hello');
    silent.fire?.();
    await until(() => a.lines.some((line) => line.includes('no Hello within 1234 ms')), 'the timeout');
    expect(a.network.counters().handshakesTimedOut).toBe(1);
    await stranger.stop();
  });
});

/** A libp2p host of another make: it can open our streams and write what it likes on them. */
const startStranger = async (address: string) => {
  const [{ createLibp2p }, { tcp }, { noise }, { yamux }, { multiaddr }] = await Promise.all([
    import('libp2p'),
    import('@libp2p/tcp'),
    import('@libp2p/noise'),
    import('@libp2p/yamux'),
    import('@multiformats/multiaddr'),
  ]);
  const host = await createLibp2p({ transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()] });
  await host.handle('/zhtp/consensus/1', () => undefined);
  const connection = await host.dial(multiaddr(address));
  return {
    id: host.peerId.toString(),
    open: (protocol: string) => connection.newStream(protocol),
    stop: () => host.stop(),
  };
};

describe('a hostile peer', () => {
  const bytesOnDirectStream = async (
    bytes: Uint8Array,
  ): Promise<{ readonly lines: readonly string[]; readonly bans: number }> => {
    const a = await startNetwork();
    const stranger = await startStranger(a.address);
    const stream = await stranger.open('/zhtp/consensus/1');
    const closed = new Promise((resolve) => stream.addEventListener('close', resolve));
    stream.send(bytes);
    await closed;
    await until(() => a.lines.some((line) => line.includes('disconnected')), 'the disconnection');
    await stranger.stop();
    expect(a.network.peers()).toEqual([]);
    return { lines: a.lines, bans: a.network.counters().bans };
  };

  test('that announces an oversized frame is disconnected and banned before a byte of it is stored', async () => {
    const { lines, bans } = await bytesOnDirectStream(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1));
    expect(lines.join('\n')).toContain('4294967295 payload bytes is over the limit');
    expect(bans).toBe(1);
  });

  test('that is not admitted yet may send a Hello and nothing larger', async () => {
    const { lines } = await bytesOnDirectStream(Uint8Array.of(0, 0, 0x20, 1, 1));
    expect(lines.join('\n')).toContain('8193 payload bytes is over the limit of 8192');
  });

  test('that speaks another frame version is disconnected', async () => {
    const { lines } = await bytesOnDirectStream(Uint8Array.of(0, 0, 0, 1, 9, 0));
    expect(lines.join('\n')).toContain('frame version 9');
  });

  test('that begins with anything but a Hello is turned away', async () => {
    const { lines } = await bytesOnDirectStream(Uint8Array.of(0, 0, 0, 6, 1, 0, 0, 0, 1, 7, 7));
    expect(lines.join('\n')).toContain('its first frame is no Hello');
  });

  test('that misbehaves is disconnected, stays out for the ban, and the rest stays connected', async () => {
    const [a, b] = await connectTwo();
    const c = await startNetwork({ persistentPeers: [a.address] });
    await event(a.network, 'Connected', c.network.peerId);
    const gone = event(a.network, 'Disconnected', b.network.peerId);
    for (let i = 0; i < 4; i++) a.network.report(b.network.peerId, 'bad-signature');
    await gone;
    await until(
      () => b.network.counters().dialsFailed + b.network.counters().dials > 1,
      'another attempt of the banned peer',
    );
    expect(a.network.peers().map(({ peer }) => peer)).toEqual([c.network.peerId]);
    expect(a.network.counters()).toMatchObject({ offences: 4, bans: 1 });
  });
});

describe('bytes of no meaning', () => {
  test('on any of the streams leave the node as it was', async () => {
    const a = await startNetwork({ consensusKey: toyKeys([identity(1)]) });
    const noise = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), { numRuns: 30, seed: 3 });
    const hello = encodeHello({
      protocolVersion: 1,
      genesisHash: GENESIS,
      nodeRole: 'full',
      session: new Uint8Array(16),
      listenAddresses: [],
    });
    for (const protocol of ['/zhtp/consensus/1', '/zhtp/sync/1', '/zhtp/announce/1']) {
      const stranger = await startStranger(a.address);
      const direct = await stranger.open('/zhtp/consensus/1');
      direct.send(right(encodeFrame(hello)));
      await until(() => a.network.peers().length === 1, 'the stranger to be admitted');
      for (const bytes of noise) {
        try {
          const stream = protocol === '/zhtp/consensus/1' ? direct : await stranger.open(protocol);
          stream.send(bytes);
        } catch {
          break; // banned by now
        }
      }
      await until(() => a.network.peers().length === 0, 'the stranger to be banned');
      await stranger.stop();
    }
    expect(a.network.counters().bans).toBe(3);
    const b = await startNetwork({ persistentPeers: [a.address] });
    await event(a.network, 'Connected', b.network.peerId);
    expect(a.network.peers().map(({ peer }) => peer)).toEqual([b.network.peerId]);
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

describe('requests', () => {
  test('one below, at and above the size limits', async () => {
    const limits = { requestBytesMax: 100, responseBytesMax: 1_000 };
    const [{ network: a }, { network: b }] = await connectTwo({ limits }, { limits });
    b.requests$.subscribe(({ payload, respond }) => respond(O.some(new Uint8Array(numberOf(payload)))));
    const sizes = async (request: number, response: number): Promise<number | string> => {
      const answer = await ask(a, b.peerId, numbered(response, request));
      return E.isRight(answer) ? answer.right.length : answer.left.message;
    };
    expect(await sizes(99, 999)).toBe(999);
    expect(await sizes(100, 1_000)).toBe(1_000);
    expect(await sizes(101, 1)).toContain('the request was not sent');
    expect(await sizes(100, 1_001)).toContain('refused');
    expect(await sizes(100, 0)).toContain('refused');
    expect(a.peers().length).toBe(1);
  });

  test('a large answer arrives whole', async () => {
    const [{ network: a }, { network: b }] = await connectTwo();
    b.requests$.subscribe(({ respond }) => respond(O.some(new Uint8Array(8 * 1024 * 1024).fill(3))));
    const answer = right(await ask(a, b.peerId, Uint8Array.of(1)));
    expect([answer.length, answer.at(0), answer.at(-1)]).toEqual([8 * 1024 * 1024, 3, 3]);
  });

  test('no more than the limit are in progress per peer; the next is refused at once', async () => {
    const limits = { requestsPerPeerMax: 2 };
    const [{ network: a }, { network: b }] = await connectTwo({ limits }, { limits });
    const held: (() => void)[] = [];
    b.requests$.subscribe(({ payload, respond }) => held.push(() => respond(O.some(payload))));
    const first = [1, 2].map((n) => ask(a, b.peerId, Uint8Array.of(n)));
    expect(await ask(a, b.peerId, Uint8Array.of(3))).toMatchObject({
      left: { message: saying('2 requests in progress') },
    });
    await until(() => held.length === 2, 'two requests');
    for (const respond of held) respond();
    expect((await Promise.all(first)).every(E.isRight)).toBe(true);
    expect(b.counters().requestsServed).toBe(2);
  });

  test('one without an answer ends at its time, or when the peer goes', async () => {
    const [{ network: a }, { network: b }] = await connectTwo({ limits: { requestMs: 100 } });
    b.requests$.subscribe(() => undefined);
    expect(await ask(a, b.peerId, Uint8Array.of(1))).toMatchObject({
      left: { message: saying('100 ms') },
    });
    const [{ network: c }, { network: d }] = await connectTwo();
    d.requests$.subscribe(() => void d.stop());
    expect((await ask(c, d.peerId, Uint8Array.of(1)))._tag).toBe('Left');
  });
});

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
