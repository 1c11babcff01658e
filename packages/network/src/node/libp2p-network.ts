import { either as E, option as O, taskEither as TE } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import type { Task } from 'fp-ts/lib/Task.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { PrivateKey } from '@libp2p/interface';
import { Observable, Subject } from 'rxjs';
import {
  causeText,
  VALIDATORS_MAX,
  type GossipTopic,
  type InboundGossip,
  type InboundPayload,
  type InboundRequest,
  type Network,
  type PeerId,
} from '@zhtp/types';
import { createAnnouncementExchange } from '../announcement-exchange.ts';
import { announcedPeerOf, type Announcement } from '../announcement.ts';
import { createCounterBoard, type NetworkCounters } from '../counters.ts';
import { createFairInbox } from '../fair-inbox.ts';
import { encodeFrame } from '../frame.ts';
import { HELLO_SESSION_BYTES, LISTEN_ADDRESSES_MAX, NETWORK_PROTOCOL_VERSION } from '../hello.ts';
import { createScoreBoard, type Offence } from '../peer-score.ts';
import { createPeerTable, type AdmittedPeer } from '../peer-table.ts';
import { createRedialer, type DialTarget } from '../redialer.ts';
import { addressOfPeer, listenAddress, persistentPeer } from './addresses.ts';
import {
  ANNOUNCE_PROTOCOL,
  ANNOUNCE_STREAMS_MAX,
  acceptAnnouncements,
  sendAnnouncements,
} from './announcement-streams.ts';
import { DIRECT_PROTOCOL, createDirectLinks } from './direct-links.ts';
import { createGossip } from './gossip.ts';
import { createHost, startFailure, type Host } from './libp2p-host.ts';
import { DEFAULT_LIMITS, PEERS_MAX, networkError, type Libp2pNetworkOptions, type NetworkError } from './options.ts';
import { brandedPeerId, readPeerKey } from './peer-key.ts';
import { SYNC_PROTOCOL, createRequestStreams } from './request-streams.ts';
import { systemClock, systemRandomBytes, systemTimers } from './system.ts';

/** The `Network` port over libp2p. Subscribe first, then start. */
export interface LibP2pNetwork extends Network {
  readonly peerId: PeerId;
  /** Listens and begins to dial. Fails with one line when it cannot listen. */
  readonly start: TaskEither<NetworkError, void>;
  /** Disconnects, stops listening, leaves no timer behind. For good: a stopped network is not started again. */
  readonly stop: Task<void>;
  readonly counters: () => NetworkCounters;
  /** Where this node listens, with its peer id; empty before start. */
  readonly multiaddrs: () => readonly string[];
  /** Admitted peers. */
  readonly peers: () => readonly AdmittedPeer[];
  /** Validators whose verified addresses are known. */
  readonly addressBook: () => readonly Announcement[];
  /** Connected peers that listen to a topic. */
  readonly gossipListeners: (topic: GossipTopic) => number;
  /** To be called when the validators of the current sets change: bindings and addresses follow. */
  readonly validatorsChanged: () => void;
}

interface Configuration {
  readonly privateKey: PrivateKey;
  readonly listen: readonly string[];
  readonly persistent: readonly DialTarget[];
}

const configuration = (options: Libp2pNetworkOptions): E.Either<NetworkError, Configuration> =>
  pipe(
    E.Do,
    E.bind('privateKey', () => readPeerKey(options.privateKey)),
    E.bind('listen', () => E.traverseArray(listenAddress)(options.listenAddresses ?? ['/ip4/127.0.0.1/tcp/0'])),
    E.bind('persistent', () => E.traverseArray(persistentPeer)(options.persistentPeers ?? [])),
  );

/** Builds a network that does not listen yet. */
export const createLibp2pNetwork = (options: Libp2pNetworkOptions): TaskEither<NetworkError, LibP2pNetwork> =>
  pipe(
    TE.fromEither(configuration(options)),
    TE.chain((config) =>
      TE.tryCatch(
        () => build(options, config),
        (cause) => networkError(`the network was not created: ${causeText(cause)}`),
      ),
    ),
  );

/** A Subject's stream that tells when somebody begins to listen. */
const watched = <A>(subject: Subject<A>, onSubscribe: () => void): Observable<A> =>
  new Observable((subscriber) => {
    const subscription = subject.subscribe(subscriber);
    onSubscribe();
    return subscription;
  });

const build = async (options: Libp2pNetworkOptions, config: Configuration): Promise<LibP2pNetwork> => {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { clock = systemClock, timers = systemTimers, random = systemRandomBytes, peersMax = PEERS_MAX } = options;
  const log = options.log ?? ((): void => undefined);
  const counters = createCounterBoard();
  const scores = createScoreBoard(() => clock.nowMs());
  const table = createPeerTable();
  const session = random(HELLO_SESSION_BYTES);
  const persistent = new Map(config.persistent.map((target) => [target.peer, target.addresses]));
  const inbound = new Subject<InboundPayload>();
  const gossiped = new Subject<InboundGossip>();
  const requested = new Subject<InboundRequest>();
  let phase: 'new' | 'running' | 'stopped' = 'new';
  let starting: Promise<void> = Promise.resolve();

  const host: Host = await createHost({
    genesisHash: options.genesisHash,
    privateKey: config.privateKey,
    listen: config.listen,
    announce: options.announceAddresses ?? [],
    limits,
    connectionsMax: peersMax + VALIDATORS_MAX,
    isBanned: scores.isBanned,
  });
  const self = brandedPeerId(host.peerId);
  const ownAddresses = (): readonly string[] =>
    host.getMultiaddrs().map((address) => address.toString().replace(/\/p2p\/[^/]+$/, ''));

  const charge = (peer: PeerId, offence: Offence): void => {
    counters.add('offences');
    if (scores.charge(peer, offence) === 'tolerated') return;
    counters.add('bans');
    setImmediate(() => links.close(peer, `banned for a while after ${offence}`));
  };

  const inbox = createFairInbox<InboundPayload>({
    schedule: setImmediate,
    deliver: (payload) => inbound.next(payload),
    isOpen: () => inbound.observed,
    perTurn: limits.inboxPerTurn,
    itemsHigh: limits.inboxPayloadsHigh,
    bytesHigh: limits.inboxBytesHigh,
  });

  const links = createDirectLinks({
    hello: () => ({
      protocolVersion: NETWORK_PROTOCOL_VERSION,
      genesisHash: options.genesisHash,
      nodeRole: options.nodeRole,
      session,
      listenAddresses: ownAddresses().slice(0, LISTEN_ADDRESSES_MAX),
    }),
    limits,
    clock,
    timers,
    counters,
    inbox,
    log,
    connectionsOf: (peer) => host.getConnections().filter(({ remotePeer }) => remotePeer.toString() === peer),
    refuse: (peer) => {
      if (phase !== 'running') return 'this node is stopping';
      if (scores.isBanned(peer)) return 'it is banned for a while';
      return table.size() >= peersMax && !redialer.isWanted(peer)
        ? `all ${String(peersMax)} places are taken`
        : undefined;
    },
    onReady: (peer, hello) => {
      redialer.connected(peer);
      table.connect({ peer, nodeRole: hello.nodeRole, listenAddresses: hello.listenAddresses });
      announcements.onConnected(peer);
    },
    onClosed: (peer, wasReady) => {
      if (wasReady) table.disconnect(peer);
      redialer.disconnected(peer);
    },
    onBadFrame: (peer) => charge(peer, 'bad-frame'),
  });

  const reach = async ({ peer, addresses }: DialTarget): Promise<boolean> => {
    try {
      const dialable = addresses.flatMap((address) => addressOfPeer(address, peer) ?? []);
      links.ensure(await host.dial(dialable, { signal: AbortSignal.timeout(limits.handshakeMs) }));
      return true;
    } catch (cause) {
      counters.add('dialsFailed');
      log(`peer ${peer} not reached: ${causeText(cause)}`);
      return false;
    }
  };

  const redialer = createRedialer({
    timers,
    random,
    mayDial: (peer) => phase === 'running' && !scores.isBanned(peer),
    dial: (target, done) => {
      counters.add('dials');
      void reach(target).then(done);
    },
  });

  const announcements = createAnnouncementExchange({
    genesisHash: options.genesisHash,
    self,
    addresses: ownAddresses,
    source: O.fromNullable(options.announcement),
    consensusKey: options.consensusKey,
    verifier: options.verifier,
    clock,
    timers,
    random,
    counters,
    connectedPeers: () => table.list().map(({ peer }) => peer),
    send: (peer, list) => sendAnnouncements(links, peer, list, log),
    onBound: table.bind,
    onLearned: (announcement) => {
      if (options.dialValidators === false) return;
      const peer = announcedPeerOf(announcement);
      redialer.want({ peer, addresses: [...(persistent.get(peer) ?? []), ...announcement.addresses] });
    },
    onForgotten: ({ validator, ...rest }) => {
      const peer = announcedPeerOf({ validator, ...rest });
      table.unbind(validator);
      if (!persistent.has(peer)) redialer.unwant(peer);
    },
    onOffence: (peer) => charge(peer, 'undecodable'),
    log,
  });

  const requests = createRequestStreams({
    limits,
    timers,
    counters,
    connection: links.connection,
    deliver: (request) => {
      if (!requested.observed) return false;
      requested.next(request);
      return true;
    },
    onBadFrame: (peer) => charge(peer, 'bad-frame'),
  });

  const gossip = createGossip({
    pubsub: host.services.pubsub,
    genesisHash: options.genesisHash,
    limits,
    counters,
    deliver: (message) => {
      if (!gossiped.observed) return false;
      gossiped.next(message);
      return true;
    },
    onRejected: ({ peer }) => charge(peer, 'gossip-rejected'),
  });

  host.addEventListener('connection:open', ({ detail }) => {
    if (phase === 'running') links.ensure(detail);
  });
  await host.handle(DIRECT_PROTOCOL, links.accept, { maxInboundStreams: 2, maxOutboundStreams: 2 });
  await host.handle(SYNC_PROTOCOL, requests.accept, {
    maxInboundStreams: limits.requestsPerPeerMax,
    maxOutboundStreams: limits.requestsPerPeerMax,
  });
  await host.handle(
    ANNOUNCE_PROTOCOL,
    (stream, connection) =>
      acceptAnnouncements(links, stream, connection, announcements.onReceived, (peer) => charge(peer, 'bad-frame')),
    { maxInboundStreams: ANNOUNCE_STREAMS_MAX },
  );

  const begin = async (): Promise<void> => {
    await host.start();
    if (phase !== 'running') return;
    gossip.start();
    announcements.start();
    for (const target of config.persistent) if (target.peer !== self) redialer.want(target);
  };

  // A broadcast is one payload to many peers: it is framed once.
  let lastFramed: { readonly payload: Uint8Array; readonly frame: ReturnType<typeof encodeFrame> } | undefined;
  const framed = (payload: Uint8Array): ReturnType<typeof encodeFrame> => {
    if (lastFramed?.payload !== payload) {
      lastFramed = { payload, frame: encodeFrame(payload) };
      queueMicrotask(() => {
        lastFramed = undefined;
      });
    }
    return lastFramed.frame;
  };

  return {
    peerId: self,
    inbound$: watched(inbound, inbox.wake),
    peers$: table.events$,
    gossip$: gossiped.asObservable(),
    requests$: requested.asObservable(),
    send: (peer, payload) => {
      const frame = framed(payload);
      if (E.isRight(frame)) links.send(peer, frame.right);
      else counters.add('sendsRefused');
    },
    publish: gossip.publish,
    request: requests.request,
    report: charge,
    start: () =>
      phase === 'new'
        ? TE.tryCatch(
            () => {
              phase = 'running';
              starting = begin();
              return starting;
            },
            (cause) => {
              phase = 'stopped';
              return networkError(startFailure(cause, config.listen));
            },
          )()
        : Promise.resolve(E.left(networkError('the network was started before: create a new one'))),
    stop: async () => {
      if (phase !== 'running') return;
      phase = 'stopped';
      redialer.stop();
      announcements.stop();
      requests.stop();
      gossip.stop();
      links.closeAll();
      await starting.catch(() => undefined);
      await host.stop();
    },
    counters: counters.snapshot,
    multiaddrs: () => host.getMultiaddrs().map((address) => address.toString()),
    peers: table.list,
    addressBook: () => announcements.book.entries().map(({ announcement }) => announcement),
    gossipListeners: gossip.listeners,
    validatorsChanged: announcements.validatorsChanged,
  };
};
