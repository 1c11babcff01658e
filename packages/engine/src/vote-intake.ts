import { either as E, option as O } from 'fp-ts';
import { checkVoteId, voteCheck } from '@zhtp/chain';
import type { PrioritizedCheck } from '@zhtp/crypto';
import type { ConsensusVote } from '@zhtp/types';
import type { Attestations } from './attestations.ts';
import { seenAt, setAt } from './height-view.ts';
import type { NodeContext } from './node-context.ts';
import type { Peer } from './peers.ts';
import { coreVote } from './translate.ts';

/** Contents of one slot that one peer may have checked at once: one that counts and one that convicts. */
const CONTENTS_IN_FLIGHT = 2;

export interface VoteIntake {
  /** A vote from a peer, decoded, of the height in progress or the next. */
  receive(peer: Peer, vote: ConsensusVote, payload: Uint8Array): void;
  /** The signature checks of these votes, or why one of them cannot be of its set. */
  checksOf(votes: readonly ConsensusVote[]): E.Either<string, readonly PrioritizedCheck[]>;
}

/** PreVote and Against share a slot (decisions.md §5). */
const stepOf = ({ voteType }: ConsensusVote): string => (voteType === 'Against' ? 'PreVote' : voteType);

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

export const createVoteIntake = (ctx: NodeContext, attestations: Attestations): VoteIntake => {
  /** Signatures being checked now, by vote id: a copy that arrives meanwhile is dropped, another signature is not. */
  const inFlight = new Map<string, Uint8Array[]>();

  const isInFlight = (vote: ConsensusVote): boolean =>
    inFlight.get(vote.id)?.some((signature) => sameBytes(signature, vote.signature.signature)) ?? false;

  /** Checks under way per peer and slot: nobody keeps the cores busy with contents that cannot all count. */
  const slotsInFlight = new Map<string, number>();
  const slotOf = (peer: Peer, vote: ConsensusVote): string =>
    `${peer.id}/${String(vote.height)}/${String(vote.round)}/${stepOf(vote)}/${vote.voter}`;
  const contentsInFlight = (slot: string): number => slotsInFlight.get(slot) ?? 0;

  const startFlight = (slot: string, vote: ConsensusVote): void => {
    const signatures = inFlight.get(vote.id);
    if (signatures === undefined) inFlight.set(vote.id, [vote.signature.signature]);
    else signatures.push(vote.signature.signature);
    slotsInFlight.set(slot, contentsInFlight(slot) + 1);
  };

  const endFlight = (slot: string, vote: ConsensusVote): void => {
    const others = contentsInFlight(slot) - 1;
    if (others > 0) slotsInFlight.set(slot, others);
    else slotsInFlight.delete(slot);
    const rest = (inFlight.get(vote.id) ?? []).filter((signature) => signature !== vote.signature.signature);
    if (rest.length === 0) inFlight.delete(vote.id);
    else inFlight.set(vote.id, rest);
  };

  /** The check of one vote by its voter's key in the set of its height. */
  const checkOf = (vote: ConsensusVote): E.Either<string, PrioritizedCheck> => {
    const key = setAt(ctx.view(), vote.height)?.keyOf(vote.voter);
    if (key === undefined) return E.left(`${vote.voter} is not in the set of height ${String(vote.height)}`);
    const id = checkVoteId(vote);
    if (E.isLeft(id)) return id;
    const check = voteCheck(ctx.view().signing, key, vote);
    return E.isLeft(check) ? check : E.right({ ...check.right, priority: { height: vote.height, round: vote.round } });
  };

  const accept = (peer: Peer, vote: ConsensusVote, payload: Uint8Array): void => {
    const seen = seenAt(ctx.view(), vote.height);
    const look = seen?.look(vote, ctx.nearestFar(vote.height));
    if (seen === undefined || (look !== 'new' && look !== 'conflict')) return;
    seen.add(vote, ctx.nearestFar(vote.height));
    ctx.outbox.relay(payload, vote.id, vote.voter, peer);
    const input = coreVote(vote);
    // The core knows no attestations, so the journal of its inputs holds none either.
    if (input === undefined) attestations.accept(vote);
    else ctx.post({ entry: { _tag: 'Received', payload, timely: true }, input: { _tag: 'VoteReceived', vote: input } });
    ctx.emit({ _tag: 'VoteAccepted', vote });
  };

  const receive: VoteIntake['receive'] = (peer, vote, payload) => {
    const look = seenAt(ctx.view(), vote.height)?.look(vote, ctx.nearestFar(vote.height));
    if (look === undefined) return;
    if (vote.voteType === 'Commit' && !attestations.areOn()) {
      ctx.counters.count('attestationIgnored');
      return;
    }
    if (look === 'known') {
      // The id is derived from the content: a known content under another id is not this vote, and nothing to remember.
      ctx.peers.markHas(peer, vote.id);
      ctx.counters.count('duplicateVote');
      return;
    }
    if (look === 'full' || look === 'far') {
      ctx.counters.count('slotFull');
      return;
    }
    if (O.isSome(vote.extension)) {
      // Extensions are switched by a parameter that is checked to be off: nobody honest sends one, and it is signed apart.
      ctx.counters.count('extensionRefused');
      return;
    }
    if (isInFlight(vote)) {
      ctx.counters.count('duplicateVote');
      return;
    }
    const slot = slotOf(peer, vote);
    if (contentsInFlight(slot) >= CONTENTS_IN_FLIGHT) {
      ctx.counters.count('slotFull');
      return;
    }
    const check = checkOf(vote);
    if (E.isLeft(check)) {
      ctx.counters.count('unknownVoter');
      return;
    }
    startFlight(slot, vote);
    ctx.ports.verifier.verify(check.right, (validity) => {
      endFlight(slot, vote);
      switch (validity) {
        case 'valid':
          ctx.peers.markHas(peer, vote.id);
          accept(peer, vote, payload);
          return;
        case 'invalid':
          ctx.counters.count('badSignature');
          ctx.ports.network.report(peer.id, 'bad-signature');
          return;
        case 'dropped':
          return;
      }
    });
  };

  return {
    receive,
    checksOf: (votes) => E.traverseArray(checkOf)(votes),
  };
};
