import type { NodeEvent } from '@zhtp/engine';
import type { MessageReader, SeenProposal, SeenVote } from './safety-messages.ts';
import type { Signatures } from './safety-signatures.ts';
import type { Violated } from './safety-violation.ts';
import type { Voters } from './safety-voters.ts';

type Found = Extract<NodeEvent, { readonly _tag: 'EvidenceFound' }>['evidence'];

/** Evidence that a correct node found: of messages really sent, never against a correct validator (S15, A2). */
export interface EvidenceCheck {
  found(node: number, evidence: Found): void;
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
        case 'Equivocation':
          votes(node, [reader.vote(evidence.first.signed), reader.vote(evidence.second.signed)]);
          return;
        case 'Amnesia':
          votes(node, [reader.vote(evidence.precommit.signed), reader.vote(evidence.prevote.signed)]);
          return;
        case 'TwoProposals':
          proposals(node, [reader.proposal(evidence.first.signed), reader.proposal(evidence.second.signed)]);
          return;
        case 'TwoAttestations':
          votes(node, [reader.vote(evidence.first), reader.vote(evidence.second)]);
          return;
        case 'InvalidProposal':
          proposals(node, [reader.proposal(evidence.proposal.signed)]);
          return;
      }
    },
  };
};
