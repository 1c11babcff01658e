import type { ConsensusEvent } from '@zhtp/types';
import type { NodeEvent } from './node-event.ts';

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
    case 'Signed':
    case 'SignerRefused':
    case 'Replayed':
    case 'PeerBound':
    case 'PeerLost':
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
    case 'Equivocation': {
      const { voter, kind, height, round } = evidence.first.vote;
      return `${voter} signed two different ${kind}s at height ${String(height)}, round ${String(round)}`;
    }
    case 'TwoProposals': {
      const { proposer, height, round } = evidence.first.proposal;
      return `${proposer} signed two different proposals at height ${String(height)}, round ${String(round)}`;
    }
    case 'TwoAttestations': {
      const { voter, height } = evidence.first;
      return `${voter} attested two different results at height ${String(height)}`;
    }
    case 'Amnesia': {
      const { voter, height, round } = evidence.precommit.vote;
      return `${voter} forgot its lock of height ${String(height)}, round ${String(round)} and prevoted another block in round ${String(evidence.prevote.vote.round)}`;
    }
    case 'InvalidProposal': {
      const { proposer, height, round, value } = evidence.proposal.proposal;
      return `${proposer} proposed the invalid block ${value} at height ${String(height)}, round ${String(round)}: ${String(evidence.against.length)} validators with more than two thirds of the power voted against it`;
    }
  }
};
