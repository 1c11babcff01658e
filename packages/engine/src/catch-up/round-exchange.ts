import { roundCertificate, type CoreState, type Effect } from '@zhtp/bft';
import type { ConsensusProposal, ConsensusVote } from '@zhtp/types';
import { createAnswersOwed } from './answers-owed.ts';
import type { NodeContext } from '../node-context.ts';
import { payloadOf } from '../gossip/outbox.ts';
import type { Peer } from '../gossip/peers.ts';
import type { VoteIntake } from '../intake/vote-intake.ts';

/** A round certificate: the votes that moved a node into its round, sent to whoever asks (protocol.md, The pure core). */
export interface RoundExchange {
  /** Asks the validators that vote in a later round for the votes that took them there; whoever is connected, when none of them is. */
  request(wanted: Extract<Effect<unknown, unknown>, { readonly _tag: 'RequestRoundCertificate' }>): void;
  serve(peer: Peer, height: bigint): void;
  /** Uses up one request to this peer; false when it owes no round certificate any more. */
  takeOwed(peer: Peer): boolean;
  /** Votes like any others: each is looked up, checked and counted by itself. */
  receive(peer: Peer, votes: readonly ConsensusVote[]): void;
}

export const createRoundExchange = (
  ctx: NodeContext,
  core: () => CoreState<ConsensusVote, ConsensusProposal>,
  intake: VoteIntake,
): RoundExchange => {
  const owed = createAnswersOwed();
  return {
    request: ({ height, round, from }) => {
      const peers = [...ctx.peers.all()];
      const bound = peers.filter(({ validator }) => validator !== undefined && from.includes(validator));
      // Who is between us and them follows the same rounds and knows the same votes.
      for (const peer of bound.length > 0 ? bound : peers) {
        owed.asked(peer.id);
        ctx.outbox.send(peer, { _tag: 'RoundRequest', height, round });
      }
    },
    serve: (peer, height) => {
      if (height !== ctx.view().height) return;
      const votes = roundCertificate(core()).map(({ signed }) => signed);
      if (votes.length > 0) ctx.outbox.send(peer, { _tag: 'Round', votes });
    },
    takeOwed: (peer) => owed.take(peer.id),
    receive: (peer, votes) => {
      for (const vote of votes)
        if (vote.height === ctx.view().height) intake.receive(peer, vote, payloadOf({ _tag: 'Vote', vote }), 'asked');
    },
  };
};
