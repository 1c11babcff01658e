import { either as E, option as O } from 'fp-ts';
import { isTimely, proposalCheck } from '@zhtp/chain';
import { ZERO_HASH, type ConsensusProposal, type Hash } from '@zhtp/types';
import type { Body } from '../catch-up/bodies.ts';
import { bodyOfProposal, knownBodyOfProposal } from '../catch-up/body-reader.ts';
import { createFarRoundPace, FAR_PROPOSALS_PER_SECOND } from './far-round-pace.ts';
import { admitRound, type FarRoundVerdict } from './far-rounds.ts';
import { proposerAt, setAt } from '../height/height-view.ts';
import { accuseOfProposal } from '../evidence/evidence-report.ts';
import type { NodeContext } from '../node-context.ts';
import type { Peer } from '../gossip/peers.ts';
import { asSent, isBodiless, withBody } from './proposal-envelope.ts';
import { payloadOf } from '../gossip/outbox.ts';
import { coreProposal } from '../loop/translate.ts';

/** Two contents per round are enough to convict; a third proves nothing new. */
const PROPOSALS_PER_ROUND = 2;

/** Copies of a proposal under verification that wait for its outcome, one per peer; a copy is a whole block. */
const COPIES_WAITING_MAX = 3;

export interface ProposalIntake {
  /** A proposal from a peer, decoded, of the height in progress or the next. */
  receive(peer: Peer, proposal: ConsensusProposal, payload: Uint8Array, receivedAtMs: bigint): void;
  /** Own and replayed proposals take their place beside the received ones. */
  remember(proposal: ConsensusProposal): void;
  /**
   * A body that was fetched is in hand: proposals that came without it are taken up. Answers whether one was, with which
   * the body is in the journal.
   */
  bodyArrived(blockId: Hash): boolean;
  /** Another height is in progress: what waited for a body of the last one waits no more. */
  reset(): void;
}

/** What a proposal says beside its body: two with the same key are the same message. */
export const proposalKey = (proposal: ConsensusProposal): string =>
  `${proposal.id}@${String(proposal.round)}/${O.isSome(proposal.validRound) ? String(proposal.validRound.value) : ''}`;

const slotKey = (proposal: ConsensusProposal): string => `${String(proposal.height)}/${String(proposal.round)}`;

/** Proposals of one proposer far ahead that one peer may have checked at once: two rounds, two contents. */
const FAR_IN_FLIGHT = 4;

interface Flight {
  readonly peers: Set<Peer>;
  /** Taken up when the copy before them is judged: it may have had a forged signature or other bytes for a body. */
  readonly waiting: (() => void)[];
}

/** A verified proposal whose body is on its way. */
interface WithoutBody {
  readonly peer: Peer;
  readonly proposal: ConsensusProposal;
  readonly receivedAtMs: bigint;
}

/** What is passed on: the bytes as they came, unless the body is too large to go along. */
const payloadAsSent = (proposal: ConsensusProposal, payload: Uint8Array): Uint8Array => {
  const sent = asSent(proposal);
  return sent === proposal ? payload : payloadOf({ _tag: 'Propose', proposal: sent });
};

/** @param fetchBody asks for a body, first of all the peer that sent its proposal */
export const createProposalIntake = (
  ctx: NodeContext,
  fetchBody: (blockId: Hash, from: Peer) => void,
): ProposalIntake => {
  const inFlight = new Map<string, Flight>();
  const farInFlight = new Map<string, number>();
  const pace = createFarRoundPace(ctx.ports.clock, FAR_PROPOSALS_PER_SECOND);
  /** By flight: at most two contents for each of the rounds that {@link isNear} admits. */
  const withoutBody = new Map<string, WithoutBody>();

  /** Rounds in which this proposer's proposals take room at this height. */
  const roundsOf = ({ height, proposer }: ConsensusProposal): readonly number[] =>
    [...ctx.view().proposals.keys()].flatMap((slot) => {
      const [at, round] = slot.split('/').map(Number);
      return BigInt(at ?? -1) === height && round !== undefined && proposerAt(ctx.view(), height, round) === proposer
        ? [round]
        : [];
    });

  const room = (proposal: ConsensusProposal): FarRoundVerdict => {
    const nearestFar = ctx.nearestFar(proposal.height);
    return admitRound(proposal.round < nearestFar ? [] : roundsOf(proposal), proposal.round, nearestFar);
  };

  const remember = (proposal: ConsensusProposal): void => {
    const place = room(proposal);
    if (place._tag === 'Displaces') ctx.view().proposals.delete(`${String(proposal.height)}/${String(place.round)}`);
    const { proposals } = ctx.view();
    const slot = slotKey(proposal);
    const known = proposals.get(slot);
    if (known === undefined) proposals.set(slot, new Set([proposalKey(proposal)]));
    else known.add(proposalKey(proposal));
  };

  const timelyAt = (proposal: ConsensusProposal, time: bigint, receivedAtMs: bigint): boolean =>
    O.isSome(proposal.validRound) || isTimely(time, receivedAtMs, proposal.round, ctx.view().state.parameters);

  /** @param known the body of `blockData`, where it was read before it met this proposal */
  const accept = (
    peer: Peer,
    proposal: ConsensusProposal,
    payload: Uint8Array,
    receivedAtMs: bigint,
    known?: Body,
  ): boolean => {
    const place = setAt(ctx.view(), proposal.height) === undefined ? undefined : room(proposal);
    if (place === undefined || place._tag === 'Refused') return false;
    if (place._tag === 'Displaces' && !pace.allows(proposal.proposer)) {
      ctx.counters.count('farRoundPace');
      return false;
    }
    // The id of the body is recomputed: votes bind the id alone, so the bytes that come with it are only a candidate.
    const body = known === undefined ? bodyOfProposal(proposal) : knownBodyOfProposal(proposal, known);
    if (E.isLeft(body)) {
      ctx.counters.count('badBody');
      ctx.ports.network.report(peer.id, 'undecodable');
      return false;
    }
    if (place._tag === 'Displaces') pace.spend(proposal.proposer);
    remember(proposal);
    ctx.bodies.put(body.right, proposal.proposer);
    const key = proposalKey(proposal);
    ctx.peers.markHas(peer, key);
    ctx.outbox.relay(payloadAsSent(proposal, payload), key, proposal.proposer, peer);
    const timely = timelyAt(proposal, body.right.block.header.time, receivedAtMs);
    ctx.post({
      entry: { _tag: 'Received', payload, timely },
      input: { _tag: 'ProposalReceived', proposal: coreProposal(proposal), timely },
    });
    ctx.emit({ _tag: 'ProposalAccepted', proposal });
    return true;
  };

  /**
   * Rounds whose proposals can still be voted for. The body of any other is asked for by its id once a quorum names it
   * (lines 36 and 49), so a proposal that came without one says nothing new there.
   */
  const isNear = ({ height, round }: ConsensusProposal): boolean => {
    const nearestFar = ctx.nearestFar(height);
    return round >= nearestFar - 2 && round < nearestFar;
  };

  /** Taken up here with the body, as if it had come in one piece; the core and the journal see no difference. */
  const completed = ({ peer, proposal, receivedAtMs }: WithoutBody, body: Body): boolean => {
    const whole = withBody(proposal, body.bytes);
    return accept(peer, whole, payloadOf({ _tag: 'Propose', proposal: whole }), receivedAtMs, body);
  };

  /** Answers whether the proposal was dealt with: false while its body is on its way. */
  const takeUp = (flight: string, received: WithoutBody, payload: Uint8Array): boolean => {
    const { peer, proposal, receivedAtMs } = received;
    if (!isBodiless(proposal)) {
      accept(peer, proposal, payload, receivedAtMs);
      return true;
    }
    const body = ctx.bodies.get(proposal.id);
    if (body !== undefined) {
      completed(received, body);
      return true;
    }
    if (!isNear(proposal)) {
      ctx.counters.count('bodilessFar');
      return true;
    }
    withoutBody.set(flight, received);
    fetchBody(proposal.id, peer);
    return false;
  };

  const bad = (peer: Peer): void => {
    ctx.counters.count('badSignature');
    ctx.ports.network.report(peer.id, 'bad-signature');
  };

  const startFlight = (flight: string, peer: Peer): void => {
    inFlight.set(flight, { peers: new Set([peer]), waiting: [] });
  };

  const endFlight = (flight: string): void => {
    const ended = inFlight.get(flight);
    inFlight.delete(flight);
    for (const again of ended?.waiting ?? []) again();
  };

  const landFar = (far: string): void => {
    const others = (farInFlight.get(far) ?? 0) - 1;
    if (others > 0) farInFlight.set(far, others);
    else farInFlight.delete(far);
  };

  const receive: ProposalIntake['receive'] = (peer, proposal, payload, receivedAtMs) => {
    const view = ctx.view();
    const slot = slotKey(proposal);
    const content = proposalKey(proposal);
    const known = view.proposals.get(slot);
    if (known?.has(content) === true) {
      ctx.peers.markHas(peer, content);
      ctx.counters.count('duplicateProposal');
      return;
    }
    const flight = `${slot}/${content}`;
    const before = inFlight.get(flight);
    if (withoutBody.has(flight)) {
      // Said again, by its proposer or by somebody else who has the body: another reason to ask.
      ctx.counters.count('duplicateProposal');
      fetchBody(proposal.id, peer);
      return;
    }
    if (before !== undefined && !before.peers.has(peer) && before.waiting.length < COPIES_WAITING_MAX) {
      before.peers.add(peer);
      before.waiting.push(() => {
        receive(peer, proposal, payload, receivedAtMs);
      });
      return;
    }
    if ((known?.size ?? 0) >= PROPOSALS_PER_ROUND || before !== undefined) {
      ctx.counters.count('duplicateProposal');
      return;
    }
    const key = setAt(view, proposal.height)?.keyOf(proposal.proposer);
    if (key === undefined || proposerAt(view, proposal.height, proposal.round) !== proposal.proposer) {
      ctx.counters.count('notProposer');
      return;
    }
    const place = room(proposal);
    const far = proposal.round >= ctx.nearestFar(proposal.height) ? `${peer.id}/${proposal.proposer}` : undefined;
    if (place._tag === 'Refused' || (far !== undefined && (farInFlight.get(far) ?? 0) >= FAR_IN_FLIGHT)) {
      ctx.counters.count('slotFull');
      return;
    }
    if (place._tag === 'Displaces' && !pace.allows(proposal.proposer)) {
      ctx.counters.count('farRoundPace');
      return;
    }
    const check = proposalCheck(view.signing, key, proposal);
    if (E.isLeft(check)) {
      bad(peer);
      return;
    }
    startFlight(flight, peer);
    if (far !== undefined) farInFlight.set(far, (farInFlight.get(far) ?? 0) + 1);
    const { height, round } = proposal;
    ctx.ports.verifier.verify({ ...check.right, priority: { height, round } }, (validity) => {
      if (validity === 'invalid') bad(peer);
      if (validity === 'valid' && proposal.id === ZERO_HASH) accuseOfProposal(ctx, proposal);
      if (validity === 'dropped') ctx.counters.count('verificationQueueFull');
      if (far !== undefined) landFar(far);
      const waits = validity === 'valid' && !takeUp(flight, { peer, proposal, receivedAtMs }, payload);
      if (!waits) endFlight(flight);
    });
  };

  return {
    remember,
    receive,
    bodyArrived: (blockId) => {
      const body = ctx.bodies.get(blockId);
      if (body === undefined) return false;
      let taken = false;
      for (const [flight, received] of withoutBody) {
        if (received.proposal.id !== blockId) continue;
        withoutBody.delete(flight);
        taken = completed(received, body) || taken;
        endFlight(flight);
      }
      return taken;
    },
    reset: () => {
      const { height } = ctx.view();
      for (const [flight, { peer, proposal }] of withoutBody) {
        if (proposal.height >= height) {
          // The exchange has forgotten what it asked for with the height before.
          fetchBody(proposal.id, peer);
          continue;
        }
        withoutBody.delete(flight);
        inFlight.delete(flight);
      }
    },
  };
};
