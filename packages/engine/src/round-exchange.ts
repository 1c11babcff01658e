import { roundCertificate, type CoreState } from '@zhtp/bft';
import type { ConsensusProposal, ConsensusVote } from '@zhtp/types';
import type { NodeContext } from './node-context.ts';
import { payloadOf } from './outbox.ts';
import type { Peer } from './peers.ts';
import type { VoteIntake } from './vote-intake.ts';

/** A round certificate: the votes that moved a node into its round, sent to whoever asks (protocol.md, The pure core). */
export interface RoundExchange {
  serve(peer: Peer, height: bigint): void;
  /** Votes like any others: each is looked up, checked and counted by itself. */
  receive(peer: Peer, votes: readonly ConsensusVote[]): void;
}

export const createRoundExchange = (
  ctx: NodeContext,
  core: () => CoreState<ConsensusVote, ConsensusProposal>,
  intake: VoteIntake,
): RoundExchange => ({
  serve: (peer, height) => {
    if (height !== ctx.view().height) return;
    const votes = roundCertificate(core()).map(({ signed }) => signed);
    if (votes.length > 0) ctx.outbox.send(peer, { _tag: 'Round', votes });
  },
  receive: (peer, votes) => {
    for (const vote of votes)
      if (vote.height === ctx.view().height) intake.receive(peer, vote, payloadOf({ _tag: 'Vote', vote }));
  },
});
