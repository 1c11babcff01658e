import type { Option } from 'fp-ts/lib/Option.js';
import type { Observable } from 'rxjs';
import type { IdentityId, PeerId } from '../brand.ts';
import type { Answer } from './answer.ts';

/** A payload that arrived: unframed, size-checked, not yet decoded, and handed over: nobody writes to its bytes again. */
export interface InboundPayload {
  readonly peer: PeerId;
  readonly payload: Uint8Array;
  /** The node's wall clock when the frame was complete, unix milliseconds. */
  readonly receivedAtMs: bigint;
}

/** Who comes, is known for a validator, and goes. */
export type PeerEvent =
  /** The handshake is done: same genesis, same protocol. */
  | { readonly _tag: 'Connected'; readonly peer: PeerId }
  /** A valid announcement, signed with the consensus key, binds the peer to a validator. */
  | { readonly _tag: 'Bound'; readonly peer: PeerId; readonly validator: IdentityId }
  | { readonly _tag: 'Disconnected'; readonly peer: PeerId };

/** Something a peer did that is provably wrong, never merely late, early or unknown (protocol.md). */
export type PeerOffence =
  | 'undecodable'
  | 'bad-signature'
  | 'unasked-answer'
  | 'height-went-down'
  | 'bad-certificate'
  /** A chunk that is no part of the snapshot it offered, or a snapshot that is no state of this chain. */
  | 'bad-snapshot';

/** Why a request has no answer: not sent, refused, too long, out of time, or the peer is gone. */
export type RequestError = { readonly _tag: 'RequestError'; readonly message: string };

/** A request another peer made; `respond` at most once, none refuses. */
export interface InboundRequest {
  readonly peer: PeerId;
  readonly payload: Uint8Array;
  readonly respond: (answer: Option<Uint8Array>) => void;
}

/** Topics of gossip (protocol.md, Network). */
export type GossipTopic = 'transactions' | 'evidence';

/** A gossiped message that arrived, not yet passed on. */
export interface InboundGossip {
  readonly topic: GossipTopic;
  readonly peer: PeerId;
  readonly payload: Uint8Array;
  /** Gossip waits for this verdict before it relays: nothing is passed on before it is verified. Call exactly once. */
  readonly judge: (verdict: 'accept' | 'ignore' | 'reject') => void;
}

/** What the engine needs from a network. Nothing is delivered inside a call. */
export interface Network {
  /** Payloads from direct streams, in order per peer. */
  readonly inbound$: Observable<InboundPayload>;
  /** Replays the peers connected now to a late subscriber. */
  readonly peers$: Observable<PeerEvent>;
  /** Each waits for its `judge`. */
  readonly gossip$: Observable<InboundGossip>;
  /** Each is answered by its `respond`. */
  readonly requests$: Observable<InboundRequest>;
  /** Queues a payload on the peer's direct stream; a full queue drops the oldest and counts. Unknown peers are ignored. */
  send(peer: PeerId, payload: Uint8Array): void;
  /** Gossips a message of our own. */
  publish(topic: GossipTopic, payload: Uint8Array): void;
  /** Asks one peer; answers with its bytes, or why there are none. */
  request(peer: PeerId, payload: Uint8Array, done: Answer<RequestError, Uint8Array>): void;
  /** Lowers the peer's score; enough of it disconnects. */
  report(peer: PeerId, offence: PeerOffence): void;
}
