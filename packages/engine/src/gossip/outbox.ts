import { encode, peerMessageCodec, type IdentityId, type Network, type PeerMessage } from '@zhtp/types';
import type { Counters } from '../counters.ts';
import type { Peer, Peers } from './peers.ts';

const encodePeerMessage = encode(peerMessageCodec);

/** Canonical bytes of a message, encoded once however many peers get it. */
export const payloadOf = (message: PeerMessage): Uint8Array => encodePeerMessage(message);

export interface Outbox {
  /** To one peer. */
  send(peer: Peer, message: PeerMessage): void;
  /** The same for a message that is encoded already. */
  sendPayload(peer: Peer, payload: Uint8Array): void;
  /** To every peer, without asking what they have. */
  broadcast(payload: Uint8Array, id?: string): void;
  /** Whether some peer has not said that it is past this height: otherwise there is nobody to say anything to again. */
  isAnyoneBelow(height: bigint): boolean;
  /** Again to every peer that has not said it is past this height; `unless` leaves out those that need it no more. */
  repeat(payload: Uint8Array, height: bigint, unless?: (peer: Peer) => boolean): void;
  /**
   * Passes a verified message on once to each peer that is not known to have it and does not hear its author itself.
   * In a full mesh that is nobody; over a chain of peers it is the next one.
   */
  relay(payload: Uint8Array, id: string, author: IdentityId, from: Peer | undefined): void;
  /** Passes on to every peer below this height not known to have it: when a step lasts, we stop trusting what they should have heard. */
  pushMissing(payload: () => Uint8Array, id: string, height: bigint): void;
}

export const createOutbox = (network: Network, peers: Peers, counters: Counters): Outbox => {
  const give = (peer: Peer, payload: Uint8Array, id: string): void => {
    peers.markSent(peer, id);
    network.send(peer.id, payload);
  };
  const lacks = (peer: Peer, id: string): boolean => !peers.has(peer, id) && !peers.wasSent(peer, id);
  return {
    send: (peer, message) => {
      network.send(peer.id, payloadOf(message));
    },
    sendPayload: (peer, payload) => {
      network.send(peer.id, payload);
    },
    broadcast: (payload, id) => {
      if (id !== undefined) peers.markSentToAll(id);
      for (const peer of peers.all()) network.send(peer.id, payload);
    },
    isAnyoneBelow: (height) => {
      for (const peer of peers.all()) if (peer.headHeight < height) return true;
      return false;
    },
    repeat: (payload, height, unless) => {
      for (const peer of peers.all()) {
        if (peer.headHeight >= height || unless?.(peer) === true) continue;
        counters.count('repeated');
        network.send(peer.id, payload);
      }
    },
    relay: (payload, id, author, from) => {
      for (const peer of peers.deafTo(author, from)) {
        if (peer === from || !lacks(peer, id)) continue;
        counters.count('relayed');
        give(peer, payload, id);
      }
    },
    pushMissing: (payload, id, height) => {
      let encoded: Uint8Array | undefined;
      for (const peer of peers.all()) {
        if (peer.headHeight >= height || !lacks(peer, id)) continue;
        counters.count('relayed');
        encoded ??= payload();
        give(peer, encoded, id);
      }
    },
  };
};
