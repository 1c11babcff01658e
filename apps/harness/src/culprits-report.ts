import { option as O } from 'fp-ts';
import type { CulpritsReport, UnshownPolka } from '@zhtp/chain';
import { bytesToHex, type ConsensusVote, type Evidence } from '@zhtp/types';

const signatureStart = (signature: Uint8Array): string => bytesToHex(signature.subarray(0, 8));

const voteLine = (vote: ConsensusVote): string => {
  const named = O.isSome(vote.proposalId) ? vote.proposalId.value : 'nil';
  const claim = O.isSome(vote.polRound) ? `, claims a polka of round ${String(vote.polRound.value)}` : '';
  return `      ${vote.voteType} in round ${String(vote.round)} for ${named}${claim} (id ${vote.id}, signature ${signatureStart(vote.signature.signature)}…)`;
};

const evidenceLines = (evidence: Evidence): readonly string[] => {
  switch (evidence._tag) {
    case 'DuplicateVote':
      return ['    two contents in one slot:', voteLine(evidence.voteA), voteLine(evidence.voteB)];
    case 'Amnesia':
      return [
        '    a precommit forgotten in a later prevote:',
        voteLine(evidence.precommit),
        voteLine(evidence.prevote),
      ];
    case 'DuplicateProposal':
      return [
        `    two proposals of round ${String(evidence.proposalA.round)}:`,
        `      ${evidence.proposalA.id}`,
        `      ${evidence.proposalB.id}`,
      ];
    case 'InvalidProposal':
      return [`    an invalid proposal of round ${String(evidence.proposal.round)}: ${evidence.proposal.id}`];
    case 'InvalidVote':
      return ['    bytes signed as a vote that no correct validator signs'];
    case 'InvalidProposalBytes':
      return ['    bytes signed as a proposal that no correct validator signs'];
  }
};

const polkaLines = ({ precommit, prevote, polRound }: UnshownPolka): readonly string[] => [
  `    must show more than two thirds of the prevotes of round ${String(polRound)} that it claims:`,
  voteLine(precommit),
  voteLine(prevote),
];

/** What an operator reads of a height; nothing when nobody is named and nothing forked. */
export const culpritsLines = (report: CulpritsReport): readonly string[] => {
  const { decided, convicted, asked, power, totalPower, ignored } = report;
  const isFork = decided.length > 1;
  if (!isFork && convicted.length === 0 && asked.length === 0) return [];
  return [
    `height ${String(report.height)}: ${isFork ? `a fork, ${String(decided.length)} blocks decided` : 'no fork shown'}`,
    ...decided.map((block) => `  decided ${block}`),
    ...convicted.flatMap(({ validator, power: own, evidence }) => [
      `  convicted ${validator}, power ${String(own)}`,
      ...evidence.flatMap(evidenceLines),
    ]),
    ...asked.flatMap(({ validator, power: own, unshownPolkas }) => [
      `  asked     ${validator}, power ${String(own)}`,
      ...unshownPolkas.slice(0, 1).flatMap(polkaLines),
    ]),
    `  ${String(power)} of ${String(totalPower)} power named${isFork && !report.explainsFork ? ': less than a third, so messages of one side are missing' : ''}`,
    ...(ignored > 0 ? [`  ${String(ignored)} messages ignored: of strangers, or not signed by whom they name`] : []),
  ];
};
