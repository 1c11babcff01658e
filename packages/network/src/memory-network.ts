import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { Subject } from 'rxjs';
import {
  FRAME_PAYLOAD_BYTES_MAX,
  type Answer,
  type Clock,
  type GossipTopic,
  type IdentityId,
  type InboundGossip,
  type InboundPayload,
  type InboundRequest,
  type Network,
  type PeerId,
  type RequestError,
} from '@zhtp/types';
import { createPeerTable, type PeerTable } from './peer-table.ts';
import { createScoreBoard, type ScoreBoard } from './peer-score.ts';

/** A network in one process: everybody who joined is connected to everybody else, nothing is lost or reordered. */
export interface MemoryHub {
  /** Joins under a name not in use; throws otherwise. With `validator` the others learn at once whom the peer speaks for. */
  readonly join: (peer: PeerId, validator?: IdentityId) => MemoryNetwork;
}

/** A place in a network inside one process. */
export interface MemoryNetwork extends Network {
  readonly peer: PeerId;
  /** Disconnects from everybody; sends and requests from then on reach nobody. */
  readonly leave: () => void;
}

interface Member {
  readonly peer: PeerId;
  readonly validator: Option<IdentityId>;
  readonly table: PeerTable;
  readonly scores: ScoreBoard;
  readonly inbound: Subject<InboundPayload>;
  readonly gossip: Subject<InboundGossip>;
  readonly requests: Subject<InboundRequest>;
}

const failed = (message: string): RequestError => ({ _tag: 'RequestError', message });

/**
 * @param schedule runs a task later, never inside the call, in the order given: `queueMicrotask`, or a simulation's scheduler
 * @param clock stamps what arrives; stands still at 0 by default
 */
export const createMemoryHub = (
  schedule: (task: () => void) => void,
  clock: Clock = { nowMs: () => 0n },
): MemoryHub => {
  const members = new Map<PeerId, Member>();

  const connected = (from: Member, to: PeerId): Member | undefined => {
    const other = members.get(to);
    return other !== undefined && O.isSome(from.table.get(to)) && O.isSome(other.table.get(from.peer))
      ? other
      : undefined;
  };

  const introduce = (to: Member, newcomer: Member): void => {
    to.table.connect({
      peer: newcomer.peer,
      nodeRole: O.isSome(newcomer.validator) ? 'validator' : 'full',
      listenAddresses: [],
    });
    if (O.isSome(newcomer.validator)) to.table.bind(newcomer.peer, newcomer.validator.value);
  };

  const separate = (a: Member, b: Member): void => {
    a.table.disconnect(b.peer);
    b.table.disconnect(a.peer);
  };

  const isSendable = (payload: Uint8Array): boolean => payload.length > 0 && payload.length <= FRAME_PAYLOAD_BYTES_MAX;

  const leave = (member: Member): void => {
    if (members.get(member.peer) !== member) return;
    members.delete(member.peer);
    for (const other of members.values()) separate(member, other);
  };

  const request = (from: Member, to: PeerId, payload: Uint8Array, done: Answer<RequestError, Uint8Array>): void => {
    let answered = false;
    const answer: Answer<RequestError, Uint8Array> = (result) => {
      if (answered) return;
      answered = true;
      schedule(() => done(result));
    };
    const bytes = payload.slice();
    if (!isSendable(bytes)) {
      answer(
        E.left(
          failed(
            `a request of ${String(bytes.length)} bytes was not sent: it must have 1 to ${String(FRAME_PAYLOAD_BYTES_MAX)}`,
          ),
        ),
      );
      return;
    }
    schedule(() => {
      const other = connected(from, to);
      if (other === undefined || !other.requests.observed) {
        answer(E.left(failed(`peer ${to} is not connected or answers no requests`)));
        return;
      }
      other.requests.next({
        peer: from.peer,
        payload: bytes,
        respond: (response) =>
          answer(
            O.isSome(response) ? E.right(response.value.slice()) : E.left(failed(`peer ${to} refused the request`)),
          ),
      });
    });
  };

  const publish = (from: Member, topic: GossipTopic, payload: Uint8Array): void => {
    const bytes = payload.slice();
    for (const { peer } of from.table.list())
      schedule(() => {
        const other = connected(from, peer);
        // Everybody is connected to everybody: there is nothing to relay, so only a rejection has a consequence.
        other?.gossip.next({
          topic,
          peer: from.peer,
          payload: bytes,
          judge: (verdict) => {
            if (verdict === 'reject' && other.scores.charge(from.peer, 'gossip-rejected') === 'banned')
              separate(other, from);
          },
        });
      });
  };

  return {
    join: (peer, validator) => {
      if (members.has(peer)) throw new Error(`peer ${peer} has joined this hub already`);
      const member: Member = {
        peer,
        validator: O.fromNullable(validator),
        table: createPeerTable(),
        scores: createScoreBoard(() => clock.nowMs()),
        inbound: new Subject(),
        gossip: new Subject(),
        requests: new Subject(),
      };
      for (const other of members.values())
        schedule(() => {
          if (members.get(peer) !== member || members.get(other.peer) !== other) return;
          introduce(other, member);
          introduce(member, other);
        });
      members.set(peer, member);
      return {
        peer,
        inbound$: member.inbound.asObservable(),
        peers$: member.table.events$,
        gossip$: member.gossip.asObservable(),
        requests$: member.requests.asObservable(),
        send: (to, payload) => {
          if (!isSendable(payload)) return;
          const bytes = payload.slice();
          schedule(() => connected(member, to)?.inbound.next({ peer, payload: bytes, receivedAtMs: clock.nowMs() }));
        },
        publish: (topic, payload) => publish(member, topic, payload),
        request: (to, payload, done) => request(member, to, payload, done),
        report: (offender, offence) => {
          const other = members.get(offender);
          if (member.scores.charge(offender, offence) === 'banned' && other !== undefined)
            schedule(() => separate(member, other));
        },
        leave: () => schedule(() => leave(member)),
      };
    },
  };
};
