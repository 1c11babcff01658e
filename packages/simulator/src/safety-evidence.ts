import { evidenceHeight } from '@zhtp/chain';
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
  /** Whoever evidence shows is accused by it, in whatever place. */
  const accuse = (node: number, shown: readonly number[], height: bigint, isReal: boolean): void => {
    const accused = [...new Set(shown)];
    const detail = `node ${String(node)} accuses validator ${accused.join(' and ')}`;
    if (accused.some((voter) => voters.isCorrect(voter))) violated('correct validator accused', height, detail);
    if (!isReal) violated('evidence of what was never sent', height, detail);
  };

  const votes = (node: number, seen: readonly (SeenVote | undefined)[]): void => {
    const known = seen.flatMap((vote) => vote ?? []);
    const [first] = known;
    if (first === undefined) return;
    const isReal = known.length === seen.length && known.every((vote) => signatures.hasSigned(vote));
    const shown = known.map(({ voter }) => voter);
    accuse(node, shown, first.height, isReal);
  };

  const proposals = (node: number, seen: readonly SeenProposal[]): void => {
    const [first] = seen;
    if (first === undefined) return;
    const isReal = seen.every(({ height, proposer, round, content }) =>
      signatures.hasProposal(height, proposer, round, content),
    );
    const shown = seen.map(({ proposer }) => proposer);
    accuse(node, shown, first.height, isReal);
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
        case 'InvalidVote':
        case 'InvalidProposalBytes':
          // What was signed is no message of a kind that the checker has seen sent; it knows who is correct.
          accuse(node, [voters.numberOf(evidence.signer)], evidenceHeight(evidence), true);
          return;
      }
    },
  };
};
