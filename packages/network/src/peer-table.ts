import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { Observable, Subject } from 'rxjs';
import type { IdentityId, PeerEvent, PeerId } from '@zhtp/types';
import type { NodeRole } from './hello.ts';

/** A peer that passed the handshake. */
export interface AdmittedPeer {
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
  readonly connect: (admitted: Omit<AdmittedPeer, 'validator'>) => void;
  /** Binds a connected peer; a validator that was bound to another peer moves. Answers false when nothing changed. */
  readonly bind: (peer: PeerId, validator: IdentityId) => boolean;
  /** The validator's announcement ran out or it left the set. The peer stays connected. */
  readonly unbind: (validator: IdentityId) => void;
  readonly disconnect: (peer: PeerId) => void;
  readonly get: (peer: PeerId) => Option<AdmittedPeer>;
  readonly peerOf: (validator: IdentityId) => Option<PeerId>;
  readonly list: () => readonly AdmittedPeer[];
  readonly size: () => number;
}

export const createPeerTable = (): PeerTable => {
  const peers = new Map<PeerId, AdmittedPeer>();
  const byValidator = new Map<IdentityId, PeerId>();
  const events = new Subject<PeerEvent>();

  const release = (validator: IdentityId): void => {
    const peer = byValidator.get(validator);
    byValidator.delete(validator);
    const admitted = peer === undefined ? undefined : peers.get(peer);
    if (admitted !== undefined) peers.set(admitted.peer, { ...admitted, validator: O.none });
  };

  return {
    events$: new Observable<PeerEvent>((subscriber) => {
      for (const { peer, validator } of peers.values()) {
        subscriber.next({ _tag: 'Connected', peer });
        if (O.isSome(validator)) subscriber.next({ _tag: 'Bound', peer, validator: validator.value });
      }
      return events.subscribe(subscriber);
    }),
    connect: (admitted) => {
      if (peers.has(admitted.peer)) return;
      peers.set(admitted.peer, { ...admitted, validator: O.none });
      events.next({ _tag: 'Connected', peer: admitted.peer });
    },
    bind: (peer, validator) => {
      const admitted = peers.get(peer);
      if (admitted === undefined || byValidator.get(validator) === peer) return false;
      if (O.isSome(admitted.validator)) byValidator.delete(admitted.validator.value);
      release(validator);
      peers.set(peer, { ...admitted, validator: O.some(validator) });
      byValidator.set(validator, peer);
      events.next({ _tag: 'Bound', peer, validator });
      return true;
    },
    unbind: release,
    disconnect: (peer) => {
      const admitted = peers.get(peer);
      if (admitted === undefined) return;
      peers.delete(peer);
      if (O.isSome(admitted.validator)) byValidator.delete(admitted.validator.value);
      events.next({ _tag: 'Disconnected', peer });
    },
    get: (peer) => O.fromNullable(peers.get(peer)),
    peerOf: (validator) => O.fromNullable(byValidator.get(validator)),
    list: () => [...peers.values()],
    size: () => peers.size,
  };
};
