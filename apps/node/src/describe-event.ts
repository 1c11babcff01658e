import type { ChainEvent } from '@zhtp/ledger';
import type { FundsHolder } from '@zhtp/dao';
import { formatZhtp } from '@zhtp/types';

const zhtp = (micro: bigint): string => `${formatZhtp(micro)} ZHTP`;
const time = (seconds: bigint): string => new Date(Number(seconds) * 1_000).toISOString();

const holder = (funds: FundsHolder): string => {
  switch (funds._tag) {
    case 'Account':
      return `account ${funds.identity}`;
    case 'Escrow':
      return 'the deposits';
    case 'Treasury':
      return 'the treasury';
  }
};

/** What happened in a block, as one sentence for people. */
export const describeEvent = (event: ChainEvent): string => {
  switch (event._tag) {
    case 'ValidatorRegistered':
      return `${event.identity} registered as a validator`;
    case 'ValidatorJoin':
      return `validator ${event.identity} enters the set with ${zhtp(event.stake)}`;
    case 'ValidatorLeave':
      return `validator ${event.identity} leaves the set`;
    case 'StakeBonded':
      return `validator ${event.validator} staked ${zhtp(event.amount)}`;
    case 'Delegated':
      return `${event.delegator} delegated ${zhtp(event.amount)} to validator ${event.validator}`;
    case 'DelegationChanged':
      return `${event.delegator} has ${String(event.sharesAfter)} shares with validator ${event.validator} now, ${String(event.sharesBefore)} before`;
    case 'UnbondingStarted':
      return `${event.delegator} takes ${zhtp(event.amount)} back from validator ${event.validator}; it backs blocks up to ${String(event.backedUntil)}`;
    case 'UnbondingCompleted':
      return `${event.delegator} has ${zhtp(event.amount)} back from validator ${event.validator}`;
    case 'Redelegated':
      return `${event.delegator} moved ${zhtp(event.amount)} from validator ${event.source} to ${event.destination}`;
    case 'PoolSlashed':
      return `delegations to validator ${event.validator} fell from ${zhtp(event.tokensBefore)} to ${zhtp(event.tokensAfter)}`;
    case 'ValidatorSlashed':
      return `validator ${event.validator} was slashed for ${event.slashType}: ${zhtp(event.taken)}, of it ${zhtp(event.own)} its own`;
    case 'ValidatorJailed':
      return `validator ${event.validator} is jailed until ${time(event.until)}`;
    case 'ValidatorReleased':
      return `validator ${event.validator} is out of jail`;
    case 'ValidatorTombstoned':
      return `validator ${event.validator} is out for good`;
    case 'ValidatorDisplaced':
      return `validator ${event.validator} loses its seat to ${event.by}, which has more stake`;
    case 'ValidatorReactivated':
      return `validator ${event.validator} may enter the set again`;
    case 'CommissionChanged':
      return `validator ${event.validator} takes a commission of ${String(event.rate)} % now`;
    case 'ConsensusKeyChanged':
      return `validator ${event.validator} has another consensus key`;
    case 'LivenessFault':
      return `validator ${event.validator} missed too many blocks up to ${String(event.height)}`;
    case 'SetBelowFour':
      return `only ${String(event.validators)} validators decide from block ${String(event.actsAt)} on: no fault is tolerated`;
    case 'PenaltyApplied': {
      const { validator, severity, slashed, statusAfter } = event.penalty;
      return `a ${severity} fault of validator ${validator} cost ${zhtp(slashed)}; it is ${statusAfter} now`;
    }
    case 'RewardsDistributed': {
      const { totalRewards, validatorRewards, treasuryShare, height } = event.round;
      return `rewards of block ${String(height)}: ${zhtp(totalRewards)} to ${String(validatorRewards.size)} validators, ${zhtp(treasuryShare)} to the treasury`;
    }
    case 'RewardsClaimed':
      return `${event.delegator} was paid ${zhtp(event.amount)} of rewards with validator ${event.validator}`;
    case 'StorageCommitted':
      return `validator ${event.validator} committed to storage with root ${event.commitment.root}`;
    case 'StorageWithdrawn':
      return `validator ${event.validator} withdrew its storage commitment`;
    case 'StorageProven':
      return `validator ${event.validator} proved that it holds ${String(event.capacity)} bytes, challenged at block ${String(event.challengeHeight)}`;
    case 'WorkProven':
      return `validator ${event.validator} proved work by ${String(event.receipts)} receipts: ${String(event.routingWork)} units of routing, ${String(event.computeWork)} of computation`;
    case 'DifficultyAdjusted':
      return `difficulty from block ${String(event.height)} on: ${event.bits.toString(16).padStart(8, '0')}`;
    case 'ProposalCreated':
      return `proposal ${event.proposal.id} of ${event.proposal.proposer}: ${JSON.stringify(event.proposal.title)}`;
    case 'VotingStarted':
      return `voting on proposal ${event.proposalId} began`;
    case 'VoteCast': {
      const { voter, proposalId, voteChoice, votingPower } = event.vote;
      const choice =
        voteChoice._tag === 'Delegate' ? `hands its vote to ${voteChoice.identity}` : `votes ${voteChoice._tag}`;
      return `${voter} ${choice} on proposal ${proposalId} with power ${String(votingPower)}${event.replaces === undefined ? '' : ', in place of its vote before'}`;
    }
    case 'VotingClosed':
      return `voting on proposal ${event.proposal.id} is over: ${event.proposal.status}${event.reason === undefined ? '' : `, ${event.reason}`}`;
    case 'ProposalCancelled':
      return `proposal ${event.proposalId} was cancelled: ${event.reason}`;
    case 'ProposalExecuted':
      return `proposal ${event.proposalId} was executed`;
    case 'ParametersDecided':
      return `proposal ${event.proposalId} decided parameters; those of consensus act from the next epoch on`;
    case 'ParametersInForce':
      return 'decided parameters are in force';
    case 'FundsMoved':
      return `${zhtp(event.amount)} from ${holder(event.from)} to ${holder(event.to)}`;
    case 'TreasuryRecorded':
      return `treasury: ${event.transaction.kind} of ${zhtp(event.transaction.amount)}, ${event.transaction.description}`;
    case 'DaoError':
      return event.error;
  }
};
