import { either as E, option as O } from 'fp-ts';
import { receivedVoteCheck, withoutExtension } from '@zhtp/chain';
import type { PrioritizedCheck } from '@zhtp/crypto';
import { ZERO_HASH, type ConsensusVote, type PeerOffence } from '@zhtp/types';
import type { Attestations } from './attestations.ts';
import { createExtensionIntake } from '../extensions/extension-intake.ts';
import { createFarRoundPace, FAR_VOTE_ROUNDS_PER_SECOND } from './far-round-pace.ts';
import { seenAt, setAt } from '../height/height-view.ts';
import type { NodeContext } from '../node-context.ts';
import { payloadOf } from '../gossip/outbox.ts';
import type { Peer } from '../gossip/peers.ts';
import type { Slot } from './seen-votes.ts';
import { coreVote } from '../loop/translate.ts';
import type { VoteExtensions } from '../extensions/vote-extensions.ts';
import { accuseOfVote } from '../evidence/evidence-report.ts';

/** `asked` for: part of an answer to this node, which sets its own pace. */
export type VoteOrigin = 'sent' | 'asked';

export interface VoteIntake {
  /** A vote from a peer, decoded, of the height in progress or the next. */
  receive(peer: Peer, vote: ConsensusVote, payload: Uint8Array, origin?: VoteOrigin): void;
  /** The signature checks of these votes, or what is wrong with one of them. */
  checksOf(votes: readonly ConsensusVote[]): E.Either<VoteFault, readonly PrioritizedCheck[]>;
}

/** What can be said of a vote before its signature is verified. All but the first are provable, whatever this node knows. */
export type VoteFault = 'unknownVoter' | 'wrongVoteId' | 'badSignature';

const OFFENCES: Readonly<Record<VoteFault, PeerOffence | undefined>> = {
  unknownVoter: undefined,
  // One encoding per vote, and the id is part of it (protocol.md, "What is proposed and voted on").
  wrongVoteId: 'undecodable',
  badSignature: 'bad-signature',
};

export const createVoteIntake = (
  ctx: NodeContext,
  attestations: Attestations,
  extensions: VoteExtensions,
): VoteIntake => {
  const extended = createExtensionIntake(ctx, extensions);
  const pace = createFarRoundPace(ctx.ports.clock, FAR_VOTE_ROUNDS_PER_SECOND);

  /** The check of one vote by its voter's key in the set of its height. */
  const checkOf = (vote: ConsensusVote): E.Either<VoteFault, PrioritizedCheck> => {
    const key = setAt(ctx.view(), vote.height)?.keyOf(vote.voter);
    if (key === undefined) return E.left('unknownVoter');
    const check = receivedVoteCheck(ctx.view().signing, key, vote);
    if (E.isLeft(check)) return E.left(check.left._tag === 'WrongVoteId' ? 'wrongVoteId' : 'badSignature');
    return E.right({ ...check.right, priority: { height: vote.height, round: vote.round } });
  };

  const refuse = (peer: Peer, fault: VoteFault): void => {
    ctx.counters.count(fault);
    const offence = OFFENCES[fault];
    if (offence !== undefined) ctx.ports.network.report(peer.id, offence);
  };

  /** What takes the place of an older far round comes at its signer's pace; false when that is spent. */
  const keepsPace = (vote: ConsensusVote, look: Slot | undefined, origin: VoteOrigin): boolean =>
    look !== 'displaces' || origin === 'asked' || pace.allows(vote.voter);

  const accept = (peer: Peer, vote: ConsensusVote, payload: Uint8Array, origin: VoteOrigin): void => {
    const seen = seenAt(ctx.view(), vote.height);
    const nearestFar = ctx.nearestFar(vote.height);
    const look = seen?.look(vote, nearestFar);
    if (seen === undefined || (look !== 'new' && look !== 'displaces' && look !== 'conflict')) return;
    if (!keepsPace(vote, look, origin)) {
      ctx.counters.count('farRoundPace');
      return;
    }
    if (look === 'displaces' && origin === 'sent') pace.spend(vote.voter);
    const bare = withoutExtension(vote);
    seen.add(bare, nearestFar);
    ctx.outbox.relay(payload, vote.id, vote.voter, peer);
    // No block has this id. It counts as any vote for what nobody has: beside another one it is a double sign, too.
    if (O.toNullable(bare.proposalId) === ZERO_HASH) accuseOfVote(ctx, bare);
    // Before the core sees the vote: with it the height may be decided, and nothing is asked about it any more.
    if (bare !== vote) extensions.receive(vote);
    const input = coreVote(bare);
    const entry = { _tag: 'Received' as const, payload, timely: true };
    // The core knows no attestations; the journal holds them all the same.
    if (input === undefined) {
      ctx.record(entry);
      attestations.accept(vote);
    } else ctx.post({ entry, input: { _tag: 'VoteReceived', vote: input } });
    ctx.emit({ _tag: 'VoteAccepted', vote });
  };

  const known = (peer: Peer, vote: ConsensusVote): void => {
    // The id is derived from the content: under another id it is not this vote, and nothing to remember.
    if (seenAt(ctx.view(), vote.height)?.find(vote)?.id !== vote.id) {
      refuse(peer, 'wrongVoteId');
      return;
    }
    ctx.peers.markHas(peer, vote.id);
    ctx.counters.count('duplicateVote');
    extended.add(peer, vote);
  };

  /** With its extension if that holds, else without. */
  const acceptExtended = (peer: Peer, vote: ConsensusVote, payload: Uint8Array, origin: VoteOrigin): void => {
    extended.verify(peer, vote, (holds) => {
      const bare = withoutExtension(vote);
      if (holds) accept(peer, vote, payload, origin);
      else accept(peer, bare, payloadOf({ _tag: 'Vote', vote: bare }), origin);
    });
  };

  const receive: VoteIntake['receive'] = (peer, vote, payload, origin = 'sent') => {
    const seen = seenAt(ctx.view(), vote.height);
    if (seen === undefined) return;
    const nearestFar = ctx.nearestFar(vote.height);
    const look = seen.look(vote, nearestFar);
    if (vote.voteType === 'Commit' && !attestations.areOn()) {
      ctx.counters.count('attestationIgnored');
      return;
    }
    if (look === 'known') {
      known(peer, vote);
      return;
    }
    if (look === 'full' || look === 'far') {
      ctx.counters.count('slotFull');
      return;
    }
    if (O.isSome(vote.extension) && !extensions.areOn(vote.height)) {
      // Nobody honest sends one here, but it is signed apart: without it the precommit is what it was.
      ctx.counters.count('extensionRefused');
      const bare = withoutExtension(vote);
      receive(peer, bare, payloadOf({ _tag: 'Vote', vote: bare }), origin);
      return;
    }
    if (!keepsPace(vote, look, origin)) {
      ctx.counters.count('farRoundPace');
      return;
    }
    const { flights } = seen;
    if (flights.has(vote)) {
      ctx.counters.count('duplicateVote');
      return;
    }
    const flight = { peer, vote, isFar: vote.round >= nearestFar };
    if (!flights.hasRoomFor(flight)) {
      ctx.counters.count('slotFull');
      return;
    }
    const check = checkOf(vote);
    if (E.isLeft(check)) {
      refuse(peer, check.left);
      return;
    }
    flights.start(flight);
    ctx.ports.verifier.verify(check.right, (validity) => {
      flights.end(flight);
      switch (validity) {
        case 'valid':
          ctx.peers.markHas(peer, vote.id);
          if (O.isSome(vote.extension)) acceptExtended(peer, vote, payload, origin);
          else accept(peer, vote, payload, origin);
          return;
        case 'invalid':
          refuse(peer, 'badSignature');
          return;
        case 'dropped':
          ctx.counters.count('verificationQueueFull');
          return;
      }
    });
  };

  return {
    receive,
    checksOf: (votes) => E.traverseArray(checkOf)(votes),
  };
};
