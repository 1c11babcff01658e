import { either as E } from 'fp-ts';
import {
  causeText,
  decode,
  peerMessageCodec,
  type IdentityId,
  type InboundPayload,
  type MessageBroadcaster,
  type Network,
  type PeerEvent,
  type PeerId,
  type ValidatorMessage,
} from '@zhtp/types';
import { NEVER, of, Subject } from 'rxjs';
import { inNextTurn } from './system-time.ts';

const decodeMessage = decode(peerMessageCodec);

const CALLER = 'caller' as PeerId;

/** A network made of the documented broadcaster and `handleConsensusEvent`. */
export interface BroadcasterNetwork extends Network {
  /** A message that the embedding program received for us. */
  deliver(payload: Uint8Array, receivedAtMs: bigint): void;
}

/**
 * What the documented boundary can carry: proposals, votes and heartbeats go to the broadcaster with the identities of the
 * other validators, and come in through `deliver`. Certificates, bodies, sync and gossip need a real network port.
 */
export const createBroadcasterNetwork = (
  broadcaster: MessageBroadcaster | undefined,
  validators: () => readonly IdentityId[],
  failed: (reason: string) => void,
): BroadcasterNetwork => {
  const inbound$ = new Subject<InboundPayload>();
  const connected: PeerEvent = { _tag: 'Connected', peer: CALLER };

  const broadcast = (message: ValidatorMessage): void => {
    if (broadcaster === undefined) return;
    void broadcaster
      .broadcastToValidators(message, validators())()
      .then(
        (sent) => {
          if (E.isLeft(sent)) failed(sent.left.message);
        },
        (cause: unknown) => {
          failed(causeText(cause));
        },
      );
  };

  return {
    inbound$,
    peers$: of(connected),
    gossip$: NEVER,
    requests$: NEVER,
    send: (_peer, payload) => {
      const message = decodeMessage(payload);
      if (E.isLeft(message)) return;
      const { right } = message;
      if (right._tag === 'Propose' || right._tag === 'Vote' || right._tag === 'Heartbeat') broadcast(right);
    },
    publish: () => undefined,
    request: (_peer, _payload, done) => {
      inNextTurn(() => {
        done(E.left({ _tag: 'RequestError', message: 'a broadcaster carries no requests; pass a network port' }));
      });
    },
    report: () => undefined,
    deliver: (payload, receivedAtMs) => {
      inNextTurn(() => {
        inbound$.next({ peer: CALLER, payload, receivedAtMs });
      });
    },
  };
};
