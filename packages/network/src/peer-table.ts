import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { Observable, Subject } from 'rxjs';
import type { IdentityId, PeerEvent, PeerId } from '@zhtp/types';
import type { NodeRole } from './hello.ts';

/** A peer that passed the handshake. */
export interface PeerInfo {
  readonly peer: PeerId;
  /** Its own claim. */
  readonly nodeRole: NodeRole;
  /** Its own claim. */
  readonly listenAddresses: readonly string[];
  readonly validator: Option<IdentityId>;
}

/** Peers connected now and the validators they speak for: at most one peer per validator, one validator per peer. */
export interface PeerTable {
  /** Replays the peers connected now to a late subscriber. */
  readonly events$: Observable<PeerEvent>;
  readonly connect: (info: Omit<PeerInfo, 'validator'>) => void;
  /** Binds a connected peer; a validator that was bound to another peer moves. Answers false when nothing changed. */
  readonly bind: (peer: PeerId, validator: IdentityId) => boolean;
  /** The validator's announcement ran out or it left the set. The peer stays connected. */
  readonly unbind: (validator: IdentityId) => void;
  readonly disconnect: (peer: PeerId) => void;
  readonly get: (peer: PeerId) => Option<PeerInfo>;
  readonly peerOf: (validator: IdentityId) => Option<PeerId>;
  readonly list: () => readonly PeerInfo[];
  readonly size: () => number;
}

export const createPeerTable = (): PeerTable => {
  const peers = new Map<PeerId, PeerInfo>();
  const byValidator = new Map<IdentityId, PeerId>();
  const events = new Subject<PeerEvent>();

  const release = (validator: IdentityId): void => {
    const peer = byValidator.get(validator);
    byValidator.delete(validator);
    const info = peer === undefined ? undefined : peers.get(peer);
    if (info !== undefined) peers.set(info.peer, { ...info, validator: O.none });
  };

  return {
    events$: new Observable<PeerEvent>((subscriber) => {
      for (const { peer, validator } of peers.values()) {
        subscriber.next({ _tag: 'Connected', peer });
        if (O.isSome(validator)) subscriber.next({ _tag: 'Bound', peer, validator: validator.value });
      }
      return events.subscribe(subscriber);
    }),
    connect: (info) => {
      if (peers.has(info.peer)) return;
      peers.set(info.peer, { ...info, validator: O.none });
      events.next({ _tag: 'Connected', peer: info.peer });
    },
    bind: (peer, validator) => {
      const info = peers.get(peer);
      if (info === undefined || byValidator.get(validator) === peer) return false;
      if (O.isSome(info.validator)) byValidator.delete(info.validator.value);
      release(validator);
      peers.set(peer, { ...info, validator: O.some(validator) });
      byValidator.set(validator, peer);
      events.next({ _tag: 'Bound', peer, validator });
      return true;
    },
    unbind: release,
    disconnect: (peer) => {
      const info = peers.get(peer);
      if (info === undefined) return;
      peers.delete(peer);
      if (O.isSome(info.validator)) byValidator.delete(info.validator.value);
      events.next({ _tag: 'Disconnected', peer });
    },
    get: (peer) => O.fromNullable(peers.get(peer)),
    peerOf: (validator) => O.fromNullable(byValidator.get(validator)),
    list: () => [...peers.values()],
    size: () => peers.size,
  };
};
