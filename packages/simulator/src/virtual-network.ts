import { either as E, option as O } from 'fp-ts';
import {
  bytesToHex,
  createEventSource,
  type EventSource,
  type GossipTopic,
  type IdentityId,
  type InboundGossip,
  type InboundPayload,
  type InboundRequest,
  type Network,
  type PeerEvent,
  type PeerId,
  type PeerOffence,
} from '@zhtp/types';
import { Observable, Subject } from 'rxjs';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';

/** How the links of a network are at the moment. */
export interface LinkConditions {
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
  /** Messages lost, in 1000. */
  readonly lossPerMille: number;
}

/** What the network did so far; offences by kind, over all peers. */
export interface NetworkCounters {
  readonly sent: number;
  readonly delivered: number;
  readonly lost: number;
  readonly bytes: number;
  readonly offences: ReadonlyMap<string, number>;
}

/** Who watches a network, and who is linked to whom. */
export interface VirtualNetworkOptions {
  /** Sees every payload that leaves a node, lost or not, before it travels. */
  readonly sent?: (from: PeerId, payload: Uint8Array) => void;
  /** Sees everything a node publishes itself, before it travels. */
  readonly published?: (from: PeerId, topic: GossipTopic, payload: Uint8Array) => void;
  /** Sees every payload right before the node that it came to. */
  readonly delivered?: (to: PeerId, payload: Uint8Array, receivedAtMs: bigint) => void;
  /** Whether two peers hold a connection; a full mesh when left out. */
  readonly areLinked?: (a: PeerId, b: PeerId) => boolean;
  /** Whether a payload of a direct stream gets through; all do when left out. */
  readonly passes?: (from: PeerId, to: PeerId, payload: Uint8Array) => boolean;
}

/** Peers in virtual time: seeded delays and loss, order kept per link, nodes that come and go. */
export interface VirtualNetwork {
  /**
   * A node comes up; its peers learn of it after a delay.
   * @param party of the scheduler, under which messages arrive at this node
   */
  join(peer: PeerId, validator: IdentityId | undefined, nowMs: () => bigint, party?: number): Network;
  leave(peer: PeerId): void;
  setConditions(conditions: LinkConditions): void;
  /** Messages pass only between peers of one group; undefined heals. */
  partition(groups: readonly ReadonlySet<PeerId>[] | undefined): void;
  counters(): NetworkCounters;
}

/** How long a request waits for its answer. */
const REQUEST_TIMEOUT_MS = 2_000;

/** The way to one peer. */
interface Link {
  /** Until when it is taken: order is kept per link. */
  freeAtMs: number;
}

interface Endpoint {
  readonly peer: PeerId;
  readonly validator: IdentityId | undefined;
  readonly nowMs: () => bigint;
  readonly party: number | undefined;
  readonly inbound: EventSource<InboundPayload>;
  readonly peers$: Subject<PeerEvent>;
  readonly gossip$: Subject<InboundGossip>;
  readonly requests$: Subject<InboundRequest>;
  readonly connected: Set<PeerId>;
  readonly links: Map<PeerId, Link>;
  /** Gossip already passed on, by content. */
  readonly heard: Set<string>;
  listens: boolean;
  /** False once this incarnation has left, or another has come in its place. */
  isUp: boolean;
}

const introduction = (peer: PeerId, validator: IdentityId | undefined): readonly PeerEvent[] => [
  { _tag: 'Connected', peer },
  ...(validator === undefined ? [] : [{ _tag: 'Bound' as const, peer, validator }]),
];

export const createVirtualNetwork = (
  scheduler: Scheduler,
  random: SeededRandom,
  initial: LinkConditions,
  {
    sent = () => undefined,
    published = () => undefined,
    delivered = () => undefined,
    areLinked = () => true,
    passes = () => true,
  }: VirtualNetworkOptions = {},
): VirtualNetwork => {
  const endpoints = new Map<PeerId, Endpoint>();
  const offences = new Map<string, number>();
  let conditions = initial;
  let groups: readonly ReadonlySet<PeerId>[] | undefined;
  const sums = { sent: 0, delivered: 0, lost: 0, bytes: 0 };

  const isCut = (a: PeerId, b: PeerId): boolean =>
    groups !== undefined && !groups.some((group) => group.has(a) && group.has(b));

  const linkTo = (from: Endpoint, to: PeerId): Link => {
    const known = from.links.get(to);
    if (known !== undefined) return known;
    const link = { freeAtMs: 0 };
    from.links.set(to, link);
    return link;
  };

  /** How long a message is on its way, behind what is on the same link; undefined when it is lost. */
  const journeyMs = (from: Endpoint, to: Endpoint, bytes: number): number | undefined => {
    sums.sent += 1;
    sums.bytes += bytes;
    if (isCut(from.peer, to.peer) || random.chance(conditions.lossPerMille)) {
      sums.lost += 1;
      return undefined;
    }
    const now = scheduler.nowMs();
    const link = linkTo(from, to.peer);
    link.freeAtMs = Math.max(now + random.int(conditions.delayMinMs, conditions.delayMaxMs), link.freeAtMs);
    return link.freeAtMs - now;
  };

  /** Whether what arrives now is delivered: both incarnations must still be the same. */
  const isDelivered = (from: Endpoint, to: Endpoint): boolean => {
    if (!to.isUp || !from.isUp) return false;
    sums.delivered += 1;
    return true;
  };

  /** Runs at the far end after the link's delay, if both incarnations are still the same and the link lets it pass. */
  const travel = (from: Endpoint, to: Endpoint, bytes: number, arrive: () => void): void => {
    const ms = journeyMs(from, to, bytes);
    if (ms === undefined) return;
    scheduler.later(ms, () => {
      if (isDelivered(from, to)) arrive();
    });
  };

  const introduce = (a: Endpoint, b: Endpoint): void => {
    if (endpoints.get(a.peer) !== a || endpoints.get(b.peer) !== b) return;
    a.connected.add(b.peer);
    for (const event of introduction(b.peer, b.validator)) a.peers$.next(event);
  };

  /** Whoever listens is introduced to all others that listen, after a delay. */
  const listen = (self: Endpoint): void => {
    if (self.listens) return;
    self.listens = true;
    for (const other of endpoints.values()) {
      if (other === self || !other.listens || !areLinked(self.peer, other.peer)) continue;
      scheduler.after(random.int(conditions.delayMinMs, conditions.delayMaxMs), () => {
        introduce(self, other);
        introduce(other, self);
      });
    }
  };

  const publishFrom = (from: Endpoint, topic: GossipTopic, payload: Uint8Array): void => {
    for (const peer of from.connected) {
      const to = endpoints.get(peer);
      if (to === undefined) continue;
      travel(from, to, payload.length, () => {
        const key = `${topic}/${bytesToHex(payload)}`;
        if (to.heard.has(key)) return;
        to.heard.add(key);
        to.gossip$.next({
          topic,
          peer: from.peer,
          payload,
          judge: (verdict) => {
            if (verdict === 'accept')
              scheduler.after(0, () => {
                if (endpoints.get(to.peer) === to) publishFrom(to, topic, payload);
              });
          },
        });
      });
    }
  };

  const requestFrom = (
    from: Endpoint,
    peer: PeerId,
    payload: Uint8Array,
    done: Parameters<Network['request']>[2],
  ): void => {
    let open = true;
    const finish = (answer: Parameters<typeof done>[0]): void => {
      if (!open || endpoints.get(from.peer) !== from) return;
      open = false;
      stopTimeout();
      done(answer);
    };
    const stopTimeout = scheduler.after(REQUEST_TIMEOUT_MS, () => {
      finish(
        E.left({ _tag: 'RequestError', message: `${peer} did not answer within ${String(REQUEST_TIMEOUT_MS)} ms` }),
      );
    });
    const to = endpoints.get(peer);
    if (to === undefined) return;
    travel(from, to, payload.length, () => {
      to.requests$.next({
        peer: from.peer,
        payload,
        respond: (answer) => {
          if (O.isNone(answer)) return;
          travel(to, from, answer.value.length, () => {
            finish(E.right(answer.value));
          });
        },
      });
    });
  };

  const networkOf = (self: Endpoint): Network => ({
    inbound$: self.inbound.events$,
    gossip$: self.gossip$,
    requests$: self.requests$,
    peers$: new Observable((subscriber) => {
      for (const peer of self.connected)
        for (const event of introduction(peer, endpoints.get(peer)?.validator)) subscriber.next(event);
      const subscription = self.peers$.subscribe(subscriber);
      listen(self);
      return subscription;
    }),
    send: (peer, payload) => {
      const to = self.connected.has(peer) ? endpoints.get(peer) : undefined;
      if (to === undefined || !self.isUp) return;
      sent(self.peer, payload);
      if (!passes(self.peer, to.peer, payload)) return;
      const ms = journeyMs(self, to, payload.length);
      if (ms === undefined) return;
      // As `travel`, with one closure: nearly everything in a world goes this way.
      scheduler.later(
        ms,
        () => {
          if (!isDelivered(self, to)) return;
          const receivedAtMs = to.nowMs();
          delivered(to.peer, payload, receivedAtMs);
          to.inbound.next({ peer: self.peer, payload, receivedAtMs });
        },
        to.party,
      );
    },
    publish: (topic, payload) => {
      published(self.peer, topic, payload);
      publishFrom(self, topic, payload);
    },
    request: (peer, payload, done) => {
      requestFrom(self, peer, payload, done);
    },
    report: (_peer: PeerId, offence: PeerOffence) => {
      offences.set(offence, (offences.get(offence) ?? 0) + 1);
    },
  });

  return {
    join: (peer, validator, nowMs, party) => {
      const self: Endpoint = {
        peer,
        validator,
        nowMs,
        party,
        inbound: createEventSource(),
        peers$: new Subject(),
        gossip$: new Subject(),
        requests$: new Subject(),
        connected: new Set(),
        links: new Map(),
        heard: new Set(),
        listens: false,
        isUp: true,
      };
      const before = endpoints.get(peer);
      if (before !== undefined) before.isUp = false;
      endpoints.set(peer, self);
      return networkOf(self);
    },
    leave: (peer) => {
      const left = endpoints.get(peer);
      if (left !== undefined) left.isUp = false;
      endpoints.delete(peer);
      for (const other of endpoints.values())
        if (other.connected.delete(peer)) other.peers$.next({ _tag: 'Disconnected', peer });
    },
    setConditions: (next) => {
      conditions = next;
    },
    partition: (next) => {
      groups = next;
    },
    counters: () => ({ ...sums, offences }),
  };
};
