import type { IdentityId, PeerId } from '@zhtp/types';

/** What the node knows of one connected peer. Everything in it is a claim of that peer or follows from what was exchanged. */
export interface Peer {
  readonly id: PeerId;
  /** Bound by an announcement signed with the consensus key; see {@link Peers.bind}. */
  readonly validator: IdentityId | undefined;
  /** Highest height it said it can serve. */
  headHeight: bigint;
  /**
   * Validators it holds direct streams to: it hears them without our help; see {@link Peers.hears}. A list, which is looked
   * through once for each author: in a mesh every node keeps as many of them as it has peers, and sets take five times the memory.
   */
  readonly neighbours: readonly IdentityId[];
  /** How many messages of the height in progress it is known to have; see {@link Peers.has}. */
  hasCount: number;
  /** The first of them, up to `hasCount`; what comes after stands beside that of all other peers. */
  readonly firstHeld: string[];
  /** Who is deaf to its validator, as found when `asOf` was the state of who hears whom; see {@link Peers.deafTo}. */
  deaf: { readonly asOf: number; readonly peers: readonly Peer[] } | undefined;
  /** Messages it alone was sent, which is no proof that they arrived; see {@link Peers.wasSent}. */
  readonly sent: Set<string>;
  /** Highest height whose decision it was sent. */
  answeredHeight: bigint;
}

/** Message ids remembered per peer; beyond it they are forgotten, which costs a repeated message at most. */
const PEER_HAS_MAX = 8_192;

/** In a mesh a peer brings its own votes and little else: looking through these costs less than a key for each. */
const FIRST_HELD_MAX = 4;

/** A node says little at a height: a set that fills and empties with each makes itself a table each time. */
const FIRST_SENT_MAX = 8;

/** Authors whose deaf peers are remembered; beyond it they are found anew. */
const AUTHORS_MAX = 2_048;

export interface Peers {
  get(id: PeerId): Peer | undefined;
  all(): readonly Peer[];
  connect(id: PeerId): Peer;
  disconnect(id: PeerId): void;
  bind(id: PeerId, validator: IdentityId): Peer | undefined;
  /** The peer says whom it holds direct streams to. */
  hears(peer: Peer, validators: readonly IdentityId[]): void;
  /**
   * Peers that are not this validator and do not hear it themselves: in a full mesh nobody, asked once per vote.
   * @param from who brought its message, mostly itself
   */
  deafTo(author: IdentityId, from?: Peer): readonly Peer[];
  /** Whether the peer is known to have this message of the height in progress, by vote or proposal id: it sent it. */
  has(peer: Peer, message: string): boolean;
  markHas(peer: Peer, message: string): void;
  markSent(peer: Peer, message: string): void;
  /** Every peer connected now was sent it. */
  markSentToAll(message: string): void;
  wasSent(peer: Peer, message: string): boolean;
  /** Sent messages count as lost: they may be sent again. */
  forgetSent(): void;
  forgetMessages(): void;
  validators(): readonly IdentityId[];
  count(): number;
}

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, i) => id === b[i]);

type Mutable<A> = { -readonly [K in keyof A]: A[K] };

/** @param forgot told whenever the ids of a peer's messages made room: it may be sent some of them again */
export const createPeers = (forgot: () => void = () => undefined): Peers => {
  const remember = (messages: Set<string>, message: string): void => {
    if (messages.size >= PEER_HAS_MAX) {
      messages.clear();
      forgot();
    }
    messages.add(message);
  };
  const peers = new Map<PeerId, Mutable<Peer>>();
  /** The same as a list, once asked: every message goes to all of them. */
  let listed: readonly Peer[] | undefined;
  /** By message, what peers have beyond their first: a set for each peer would be mostly table. */
  const holders = new Map<string, Peer | Set<Peer>>();
  const isHolder = (peer: Peer, message: string): boolean => {
    const known = holders.get(message);
    return known === peer || (known instanceof Set && known.has(peer));
  };
  const holds = (peer: Peer, message: string): boolean => {
    for (let i = Math.min(peer.hasCount, FIRST_HELD_MAX) - 1; i >= 0; i--)
      if (peer.firstHeld[i] === message) return true;
    return peer.hasCount > FIRST_HELD_MAX && isHolder(peer, message);
  };
  const forgetHeld = (peer: Peer): void => {
    if (peer.hasCount > FIRST_HELD_MAX)
      for (const [message, known] of holders) {
        if (known === peer) holders.delete(message);
        else if (known instanceof Set) known.delete(peer);
      }
    peer.hasCount = 0;
  };
  /** Clearing makes a new table, even of nothing. */
  const empty = (messages: Set<string>): void => {
    if (messages.size > 0) messages.clear();
  };
  /** Once for all peers instead of once in each: nearly all that a node sends goes to everybody. The first so many: */
  const firstSentToAll: string[] = [];
  let firstSentCount = 0;
  /** What came after them. */
  const moreSentToAll = new Set<string>();
  const wasSentToAll = (message: string): boolean => {
    for (let i = 0; i < firstSentCount; i++) if (firstSentToAll[i] === message) return true;
    return moreSentToAll.size > 0 && moreSentToAll.has(message);
  };
  const forgetSentToAll = (): void => {
    firstSentCount = 0;
    empty(moreSentToAll);
  };
  /** What all were sent, whoever connects next was not. */
  const divideSent = (): void => {
    for (const peer of peers.values()) {
      for (const message of firstSentToAll.slice(0, firstSentCount)) remember(peer.sent, message);
      for (const message of moreSentToAll) remember(peer.sent, message);
    }
    forgetSentToAll();
  };
  /** By author; forgotten whenever who hears whom may have changed. */
  const deaf = new Map<IdentityId, readonly Peer[]>();
  /** Counts the changes of who hears whom. */
  let hearing = 0;
  const forgetDeaf = (): void => {
    deaf.clear();
    hearing += 1;
  };
  const findDeaf = (author: IdentityId): readonly Peer[] =>
    [...peers.values()].filter((peer) => peer.validator !== author && !peer.neighbours.includes(author));
  return {
    get: (id) => peers.get(id),
    all: () => (listed ??= [...peers.values()]),
    connect: (id) => {
      const known = peers.get(id);
      if (known !== undefined) return known;
      const peer: Mutable<Peer> = {
        id,
        validator: undefined,
        headHeight: 0n,
        neighbours: [],
        hasCount: 0,
        firstHeld: Array.from<string>({ length: FIRST_HELD_MAX }).fill(''),
        deaf: undefined,
        sent: new Set(),
        answeredHeight: 0n,
      };
      divideSent();
      peers.set(id, peer);
      listed = undefined;
      forgetDeaf();
      return peer;
    },
    disconnect: (id) => {
      const peer = peers.get(id);
      if (peer === undefined) return;
      forgetHeld(peer);
      peers.delete(id);
      listed = undefined;
      forgetDeaf();
    },
    bind: (id, validator) => {
      const peer = peers.get(id);
      if (peer === undefined) return undefined;
      peer.validator = validator;
      forgetDeaf();
      return peer;
    },
    hears: ({ id }, validators) => {
      const peer = peers.get(id);
      // Said again and again as it was: then nobody has to be asked anew who hears whom.
      if (peer === undefined || isSameList(peer.neighbours, validators)) return;
      peer.neighbours = validators;
      forgetDeaf();
    },
    deafTo: (author, from) => {
      if (from?.validator === author) {
        if (from.deaf?.asOf !== hearing) from.deaf = { asOf: hearing, peers: findDeaf(author) };
        return from.deaf.peers;
      }
      const known = deaf.get(author);
      if (known !== undefined) return known;
      const found = findDeaf(author);
      if (deaf.size >= AUTHORS_MAX) deaf.clear();
      deaf.set(author, found);
      return found;
    },
    has: holds,
    markHas: (peer, message) => {
      if (holds(peer, message)) return;
      if (peer.hasCount >= PEER_HAS_MAX) {
        forgetHeld(peer);
        forgot();
      }
      if (peer.hasCount < FIRST_HELD_MAX) peer.firstHeld[peer.hasCount] = message;
      else {
        const known = holders.get(message);
        if (known === undefined) holders.set(message, peer);
        else if (known instanceof Set) known.add(peer);
        else holders.set(message, new Set([known, peer]));
      }
      peer.hasCount += 1;
    },
    markSent: (peer, message) => {
      remember(peer.sent, message);
    },
    markSentToAll: (message) => {
      if (firstSentCount + moreSentToAll.size >= PEER_HAS_MAX) {
        forgetSentToAll();
        forgot();
      }
      if (wasSentToAll(message)) return;
      if (firstSentCount < FIRST_SENT_MAX) firstSentToAll[firstSentCount++] = message;
      else moreSentToAll.add(message);
    },
    wasSent: (peer, message) => wasSentToAll(message) || peer.sent.has(message),
    forgetSent: () => {
      forgetSentToAll();
      for (const peer of peers.values()) empty(peer.sent);
    },
    forgetMessages: () => {
      forgetSentToAll();
      if (holders.size > 0) holders.clear();
      for (const peer of peers.values()) {
        peer.hasCount = 0;
        empty(peer.sent);
      }
    },
    validators: () =>
      [...peers.values()].flatMap((peer) => (peer.validator === undefined ? [] : [peer.validator])).sort(),
    count: () => peers.size,
  };
};
