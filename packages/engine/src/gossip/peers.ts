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
  /** Messages of the height in progress it is known to have, by vote or proposal id: it sent them. */
  readonly has: Set<string>;
  /** Messages it alone was sent, which is no proof that they arrived; see {@link Peers.wasSent}. */
  readonly sent: Set<string>;
  /** Highest height whose decision it was sent. */
  answeredHeight: bigint;
}

/** Message ids remembered per peer; beyond it they are forgotten, which costs a repeated message at most. */
const PEER_HAS_MAX = 8_192;

/** Authors whose deaf peers are remembered; beyond it they are found anew. */
const AUTHORS_MAX = 2_048;

export interface Peers {
  get(id: PeerId): Peer | undefined;
  all(): Iterable<Peer>;
  connect(id: PeerId): Peer;
  disconnect(id: PeerId): void;
  bind(id: PeerId, validator: IdentityId): Peer | undefined;
  /** The peer says whom it holds direct streams to. */
  hears(peer: Peer, validators: readonly IdentityId[]): void;
  /** Peers that are not this validator and do not hear it themselves: in a full mesh nobody, asked once per vote. */
  deafTo(author: IdentityId): readonly Peer[];
  /** The peer has this message: it sent it. */
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
  /** Once for all peers instead of once in each: nearly all that a node sends goes to everybody. */
  const sentToAll = new Set<string>();
  /** What all were sent, whoever connects next was not. */
  const divideSent = (): void => {
    for (const peer of peers.values()) for (const message of sentToAll) remember(peer.sent, message);
    sentToAll.clear();
  };
  /** Clearing makes a new table, even of nothing. */
  const empty = (messages: Set<string>): void => {
    if (messages.size > 0) messages.clear();
  };
  /** By author; forgotten whenever who hears whom may have changed. */
  const deaf = new Map<IdentityId, readonly Peer[]>();
  return {
    get: (id) => peers.get(id),
    all: () => peers.values(),
    connect: (id) => {
      const known = peers.get(id);
      if (known !== undefined) return known;
      const peer: Mutable<Peer> = {
        id,
        validator: undefined,
        headHeight: 0n,
        neighbours: [],
        has: new Set(),
        sent: new Set(),
        answeredHeight: 0n,
      };
      divideSent();
      peers.set(id, peer);
      deaf.clear();
      return peer;
    },
    disconnect: (id) => {
      peers.delete(id);
      deaf.clear();
    },
    bind: (id, validator) => {
      const peer = peers.get(id);
      if (peer === undefined) return undefined;
      peer.validator = validator;
      deaf.clear();
      return peer;
    },
    hears: ({ id }, validators) => {
      const peer = peers.get(id);
      // Said again and again as it was: then nobody has to be asked anew who hears whom.
      if (peer === undefined || isSameList(peer.neighbours, validators)) return;
      peer.neighbours = validators;
      deaf.clear();
    },
    deafTo: (author) => {
      const known = deaf.get(author);
      if (known !== undefined) return known;
      const found = [...peers.values()].filter(
        (peer) => peer.validator !== author && !peer.neighbours.includes(author),
      );
      if (deaf.size >= AUTHORS_MAX) deaf.clear();
      deaf.set(author, found);
      return found;
    },
    markHas: (peer, message) => {
      remember(peer.has, message);
    },
    markSent: (peer, message) => {
      remember(peer.sent, message);
    },
    markSentToAll: (message) => {
      remember(sentToAll, message);
    },
    wasSent: (peer, message) => sentToAll.has(message) || peer.sent.has(message),
    forgetSent: () => {
      empty(sentToAll);
      for (const peer of peers.values()) empty(peer.sent);
    },
    forgetMessages: () => {
      empty(sentToAll);
      for (const peer of peers.values()) {
        empty(peer.has);
        empty(peer.sent);
      }
    },
    validators: () =>
      [...peers.values()].flatMap((peer) => (peer.validator === undefined ? [] : [peer.validator])).sort(),
    count: () => peers.size,
  };
};
