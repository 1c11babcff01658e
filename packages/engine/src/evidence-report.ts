import type { EvidenceFound } from '@zhtp/bft';
import type { ConsensusProposal, ConsensusVote } from '@zhtp/types';
import type { NodeContext } from './node-context.ts';

/** What convicts somebody: found by the core, or two attestations of one height, which the core does not know. */
export type FoundEvidence =
  | EvidenceFound<ConsensusVote, ConsensusProposal>
  | { readonly _tag: 'TwoAttestations'; readonly first: ConsensusVote; readonly second: ConsensusVote };

/** The one place through which evidence leaves, whoever found it. */
export const reportEvidence = (ctx: Pick<NodeContext, 'counters' | 'emit'>, evidence: FoundEvidence): void => {
  ctx.counters.count('evidenceFound');
  ctx.emit({ _tag: 'EvidenceFound', evidence });
};
