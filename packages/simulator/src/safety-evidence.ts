import type { Evidence } from '@zhtp/types';
import type { MessageReader, SeenProposal, SeenVote } from './safety-messages.ts';
import type { Signatures } from './safety-signatures.ts';
import type { Violated } from './safety-violation.ts';
import type { Voters } from './safety-voters.ts';

/** Evidence that a correct node found, pooled or saw in a block: of messages really sent, never against a correct validator (S15, A2). */
export interface EvidenceCheck {
  found(node: number, evidence: Evidence): void;
}

export const createEvidenceCheck = (
  voters: Voters,
  signatures: Signatures,
  reader: MessageReader,
  violated: Violated,
): EvidenceCheck => {
  const accuse = (node: number, voter: number, height: bigint, isReal: boolean): void => {
    const detail = `node ${String(node)} accuses validator ${String(voter)}`;
    if (voters.isCorrect(voter)) violated('correct validator accused', height, detail);
    if (!isReal) violated('evidence of what was never sent', height, detail);
  };

  const votes = (node: number, seen: readonly (SeenVote | undefined)[]): void => {
    const [first] = seen;
    if (first === undefined) return;
    const isReal = seen.every((vote) => vote !== undefined && signatures.hasSigned(vote));
    accuse(node, first.voter, first.height, isReal);
  };

  const proposals = (node: number, seen: readonly SeenProposal[]): void => {
    const [first] = seen;
    if (first === undefined) return;
    const isReal = seen.every(({ height, proposer, round, content }) =>
      signatures.hasProposal(height, proposer, round, content),
    );
    accuse(node, first.proposer, first.height, isReal);
  };

  return {
    found: (node, evidence) => {
      switch (evidence._tag) {
        case 'DuplicateVote':
          votes(node, [reader.vote(evidence.voteA), reader.vote(evidence.voteB)]);
          return;
        case 'Amnesia':
          votes(node, [reader.vote(evidence.precommit), reader.vote(evidence.prevote)]);
          return;
        case 'DuplicateProposal':
          proposals(node, [reader.proposal(evidence.proposalA), reader.proposal(evidence.proposalB)]);
          return;
        case 'InvalidProposal':
          proposals(node, [reader.proposal(evidence.proposal)]);
          return;
      }
    },
  };
};
