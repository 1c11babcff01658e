export { advance } from './advance.ts';
export { noBallots, type Ballot, type Ballots } from './ballots.ts';
export { beginEpoch } from './begin-epoch.ts';
export type { BlockPosition } from './block-position.ts';
export { cancelByProposer, type CancelRequest } from './cancel-proposal.ts';
export { castVote, type CastVote, type VoteRequest } from './cast-vote.ts';
export {
  CHAIN_PARAMETERS,
  chainParameter,
  chainParameterRange,
  invalidChainParameters,
  isChainParameterName,
  type ChainParameterName,
  type ChainParameterRange,
  type ChainParameterValues,
  type ParameterKind,
} from './chain-parameters.ts';
export { changeWeight } from './change-weight.ts';
export { clearBallots } from './clear-ballots.ts';
export { createProposal, type ProposalRequest } from './create-proposal.ts';
export { DaoEngine, type DaoEngineOptions, type ProposalDetails } from './dao-engine.ts';
export { currentPower, totalPowerAt, type Electorate, type WeightChange } from './electorate.ts';
export type { Checkpoint, Checkpoints } from './checkpoints.ts';
export { executeByHand } from './execute-by-hand.ts';
export { applyExecutionParams } from './execution-params.ts';
export { decodeExecutionParams, encodeExecutionParams } from './execution-params-codec.ts';
export type { FundsHolder, GovernanceEvent } from './governance-event.ts';
export { governanceGenesis, type GovernanceGenesis } from './governance-genesis.ts';
export type { GovernancePorts, RemainingValidators } from './governance-ports.ts';
export type { GovernanceResult, GovernanceState, LiveVote, ProposalRecord, Transition } from './governance-state.ts';
export { governanceUpdateFromProposal } from './governance-update.ts';
export { HexMap, type HexMapChange } from './hex-map.ts';
export { isQuorumReached } from './outcome.ts';
export { changeParameters, type GovernedParameters, type ParameterChange } from './parameter-update.ts';
export { proposalIdOf, voteSignBytes, type ProposalContent, type VoteContent } from './proposal-id.ts';
export { donate, receiveBlockIncome } from './treasury-income.ts';
export { documentedTreasury, type Reservation, type Treasury } from './treasury.ts';
export {
  calculateVotingPower,
  ownWeight,
  VOTING_POWER_MAX,
  VOTING_UNIT_ZHTP,
  type AccountHoldings,
  type VotingPowerComponents,
} from './voting-power.ts';
