import { evidenceHeight } from '@zhtp/chain';
import type { ConsensusEvent } from '@zhtp/types';
import type { NodeEvent } from '../node-event.ts';

/** A node event under its documented name; none where the reference has no word for it. */
export const documentedEvents = (event: NodeEvent): readonly ConsensusEvent[] => {
  switch (event._tag) {
    case 'HeightStarted':
      return [{ _tag: 'RoundPrepared', height: event.height }];
    case 'BlockCommitted': {
      const { height, lastBlockId } = event.block.header;
      return [
        { _tag: 'NewBlock', height, previousHash: lastBlockId },
        { _tag: 'RoundCompleted', height },
      ];
    }
    case 'BlockRefused':
      return [
        { _tag: 'RoundFailed', height: event.height, error: `block ${event.blockId} was refused: ${event.reason}` },
      ];
    case 'ProposalWithheld':
      return [{ _tag: 'RoundFailed', height: event.height, error: `nothing was proposed here: ${event.reason}` }];
    case 'ProposalAccepted':
      return [{ _tag: 'ProposalReceived', proposal: event.proposal }];
    case 'VoteAccepted':
      return [{ _tag: 'VoteReceived', vote: event.vote }];
    case 'EvidenceFound':
      return [{ _tag: 'ByzantineFault', error: describeFault(event) }];
    case 'ResultDiverged':
      return [{ _tag: 'ByzantineFault', error: describeDivergence(event) }];
    case 'StepEntered':
      return event.step === 'propose'
        ? [{ _tag: 'StartRound', height: event.height, trigger: `round ${String(event.round)}` }]
        : [];
    case 'ConsensusStalled':
    case 'ConsensusRecovered':
      return [event];
    case 'Decided':
    case 'ExtensionRejected':
    case 'Signed':
    case 'SignerRefused':
    case 'Replayed':
    case 'PeerBound':
    case 'PeerLost':
    case 'StateSync':
    case 'Halted':
      return [];
  }
};

const describeDivergence = ({
  height,
  ours,
  theirs,
  power,
  totalPower,
}: Extract<NodeEvent, { readonly _tag: 'ResultDiverged' }>): string =>
  `validators with ${String(power)} of ${String(totalPower)} power came to another result at height ${String(height)}: ` +
  `application hash ${theirs.appHash} after block ${theirs.blockId}, here ${ours.appHash} after ${ours.blockId}; compare versions and data`;

const describeFault = ({ evidence }: Extract<NodeEvent, { readonly _tag: 'EvidenceFound' }>): string => {
  switch (evidence._tag) {
    case 'DuplicateVote': {
      const { voter, height, round, voteType } = evidence.voteA;
      return voteType === 'Commit'
        ? `${voter} attested two different results of height ${String(height)}`
        : `${voter} signed two different ${voteType === 'PreCommit' ? 'precommits' : 'prevotes'} at height ${String(height)}, round ${String(round)}`;
    }
    case 'DuplicateProposal': {
      const { proposer, height, round } = evidence.proposalA;
      return `${proposer} signed two different proposals at height ${String(height)}, round ${String(round)}`;
    }
    case 'Amnesia': {
      const { voter, height, round } = evidence.precommit;
      return `${voter} forgot its lock of height ${String(height)}, round ${String(round)} and prevoted another block in round ${String(evidence.prevote.round)}`;
    }
    case 'InvalidProposal': {
      const { proposer, height, round, id } = evidence.proposal;
      return `${proposer} proposed the invalid block ${id} at height ${String(height)}, round ${String(round)}: ${String(evidence.against.length)} validators voted against it`;
    }
    case 'InvalidVote':
      return `${evidence.signer} signed a vote that no correct validator signs, at height ${String(evidenceHeight(evidence))}`;
    case 'InvalidProposalBytes':
      return `${evidence.signer} signed a proposal that no correct validator signs, at height ${String(evidenceHeight(evidence))}`;
  }
};
