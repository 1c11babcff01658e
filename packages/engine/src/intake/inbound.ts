import { either as E } from 'fp-ts';
import {
  decode,
  decodeLent,
  peerMessageCodec,
  type ConsensusVote,
  type IdentityId,
  type InboundPayload,
  type PeerMessage,
} from '@zhtp/types';
import type { BlockSync } from '../catch-up/block-sync.ts';
import type { BodyExchange } from '../catch-up/body-exchange.ts';
import type { DecisionIntake } from './decision-intake.ts';
import type { EvidenceIntake } from '../evidence/evidence-intake.ts';
import { signedNonsenseIn } from '../evidence/signed-nonsense.ts';
import type { Heartbeats } from '../gossip/heartbeats.ts';
import { answerLaggard } from '../catch-up/laggards.ts';
import type { NodeContext } from '../node-context.ts';
import type { Peer } from '../gossip/peers.ts';
import type { PolkaIntake } from './polka-intake.ts';
import type { ProposalIntake } from './proposal-intake.ts';
import type { RoundExchange } from '../catch-up/round-exchange.ts';
import type { VoteIntake } from './vote-intake.ts';

/**
 * A vote is a signature and little else, as a piece of a body is: they may keep their message in memory. One signature of
 * a long message may not.
 */
const LENT_BYTES_MAX = 8_192;

const decodeLending = decodeLent(peerMessageCodec);
const decodeCopying = decode(peerMessageCodec);

/** First bytes of the answers of `PeerMessage`, as declared there. */
const BODY_CODE = 8;
const ROUND_CODE = 10;

export interface Intakes {
  readonly votes: VoteIntake;
  readonly proposals: ProposalIntake;
  readonly polkas: PolkaIntake;
  readonly decisions: DecisionIntake;
  readonly bodies: BodyExchange;
  readonly sync: BlockSync;
  readonly rounds: RoundExchange;
  readonly heartbeats: Heartbeats;
  readonly evidence: Pick<EvidenceIntake, 'suspected'>;
}

/** Where a height lies from the one in progress. */
type Place = 'behind' | 'here' | 'next' | 'ahead';

/** From bytes to the intake of each message; what cannot be decoded is counted and told to the network, never thrown. */
export const createInbound = (ctx: NodeContext, intakes: Intakes): ((inbound: InboundPayload) => void) => {
  const placeOf = (height: bigint): Place => {
    const { height: current } = ctx.view();
    if (height === current) return 'here';
    if (height < current) return 'behind';
    return height === current + 1n ? 'next' : 'ahead';
  };

  /**
   * Who votes or proposes at a height has committed the one before. Only a peer's own message says so of that peer: one it
   * passes on for others may be of a height it has not reached itself.
   */
  const claim = (peer: Peer, author: IdentityId, height: bigint): void => {
    if (peer.validator === author && height - 1n > peer.headHeight) intakes.sync.advertised(peer, height - 1n);
  };

  /** Attestations follow the decision: those of the height before belong to the present, and nobody behind sends one. */
  const attestation = (peer: Peer, vote: ConsensusVote, payload: Uint8Array): void => {
    const distance = vote.height - ctx.view().height;
    if (distance < -1n) ctx.counters.count('oldHeight');
    else if (distance > 1n) ctx.counters.count('futureHeight');
    else intakes.votes.receive(peer, vote, payload);
  };

  const vote = (peer: Peer, { vote }: Extract<PeerMessage, { readonly _tag: 'Vote' }>, payload: Uint8Array): void => {
    if (vote.voteType === 'Commit') {
      attestation(peer, vote, payload);
      return;
    }
    switch (placeOf(vote.height)) {
      case 'behind':
        ctx.counters.count('oldHeight');
        answerLaggard(ctx, peer, vote);
        return;
      case 'ahead':
        // Only the claim is kept: the votes themselves come again when we are there.
        ctx.counters.count('futureHeight');
        claim(peer, vote.voter, vote.height);
        return;
      case 'next':
        claim(peer, vote.voter, vote.height);
        intakes.votes.receive(peer, vote, payload);
        return;
      case 'here':
        intakes.votes.receive(peer, vote, payload);
        return;
    }
  };

  const proposal = (
    peer: Peer,
    { proposal }: Extract<PeerMessage, { readonly _tag: 'Propose' }>,
    { payload, receivedAtMs }: InboundPayload,
  ): void => {
    switch (placeOf(proposal.height)) {
      case 'behind':
        ctx.counters.count('oldHeight');
        return;
      case 'ahead':
        ctx.counters.count('futureHeight');
        claim(peer, proposal.proposer, proposal.height);
        return;
      case 'here':
      case 'next':
        intakes.proposals.receive(peer, proposal, payload, receivedAtMs);
        return;
    }
  };

  const dispatch = (peer: Peer, message: PeerMessage, inbound: InboundPayload): void => {
    switch (message._tag) {
      case 'Vote':
        vote(peer, message, inbound.payload);
        return;
      case 'Propose':
        proposal(peer, message, inbound);
        return;
      case 'Polka':
        intakes.polkas.receive(peer, message.votes, inbound.payload);
        return;
      case 'Decision':
        intakes.decisions.receive(message.committed, (verdict) => {
          if (verdict !== 'bad') return;
          ctx.counters.count('badCertificate');
          ctx.ports.network.report(peer.id, 'bad-certificate');
        });
        return;
      case 'Status':
        intakes.sync.advertised(peer, message.height);
        return;
      case 'Neighbours':
        ctx.peers.hears(peer, message.validators);
        return;
      case 'BodyRequest':
        intakes.bodies.serve(peer, message);
        return;
      case 'BodyChunk':
        intakes.bodies.receive(peer, message);
        return;
      case 'Heartbeat':
        intakes.heartbeats.receive(peer, message.message, inbound.payload);
        return;
      case 'RoundRequest':
        intakes.rounds.serve(peer, message.height);
        return;
      case 'Round':
        intakes.rounds.receive(peer, message.votes);
        return;
    }
  };

  /** Answers cost their receiver most: whether one was asked for is told by its first byte, before it is decoded. */
  const isOwed = (peer: Peer, payload: Uint8Array): boolean => {
    if (payload[0] === BODY_CODE) return intakes.bodies.takeOwed(peer);
    return payload[0] === ROUND_CODE ? intakes.rounds.takeOwed(peer) : true;
  };

  return (inbound) => {
    const peer = ctx.peers.get(inbound.peer);
    if (peer === undefined) return;
    if (!isOwed(peer, inbound.payload)) {
      ctx.counters.count('unasked');
      ctx.ports.network.report(inbound.peer, 'unasked-answer');
      return;
    }
    const isLent = inbound.payload.length <= LENT_BYTES_MAX || inbound.payload[0] === BODY_CODE;
    const message = (isLent ? decodeLending : decodeCopying)(inbound.payload);
    if (E.isLeft(message)) {
      ctx.counters.count('undecodable');
      ctx.ports.network.report(inbound.peer, 'undecodable');
      const evidence = signedNonsenseIn(inbound.payload);
      if (evidence !== undefined) intakes.evidence.suspected(inbound.peer, evidence);
      return;
    }
    dispatch(peer, message.right, inbound);
  };
};
