import type { Checkpoints, GovernanceState, LiveVote, ProposalRecord, Reservation, Treasury } from '@zhtp/dao';
import {
  array,
  boolean,
  budgetLineNameCodec,
  CHAIN_ID_BYTES_MAX,
  CHAIN_PARAMETER_NAME_BYTES_MAX,
  consensusConfigCodec,
  daoExecutionActionCodec,
  daoProposalCodec,
  daoVoteChoiceCodec,
  daoVoteCodec,
  daoVoteTallyCodec,
  difficultyConfigCodec,
  hashCodec,
  map,
  option,
  orUndefined,
  struct,
  text,
  u64,
  type Codec,
  type TypeOf,
} from '@zhtp/types';

/** Bounds for a decoder, beyond what the rules let grow. */
const CHECKPOINTS_MAX = 1_000_000;
const ENDED_MAX = 100_000;
const PARAMETERS_MAX = 10_000;
const REASON_BYTES_MAX = 65_536;

export const checkpointsCodec: Codec<Checkpoints> = array(
  struct('Checkpoint', { height: u64, value: u64 }),
  CHECKPOINTS_MAX,
);

const reservationCodec: Codec<Reservation> = struct('Reservation', {
  amount: u64,
  budgetLine: budgetLineNameCodec,
  year: u64,
});

/** A proposal without its live votes: those have maps of their own, and their sums are here. */
export const proposalEntryCodec = struct('ProposalRecord', {
  proposal: daoProposalCodec,
  tally: daoVoteTallyCodec,
  action: option(daoExecutionActionCodec),
  approvalBasisPoints: u64,
  deposit: u64,
  executableFrom: option(u64),
  reservation: option(reservationCodec),
  reason: option(text(REASON_BYTES_MAX)),
});
export type ProposalEntry = TypeOf<typeof proposalEntryCodec>;

export const proposalEntry = ({ ballots, ...record }: ProposalRecord): ProposalEntry => ({
  ...record,
  tally: ballots.tally,
});

export const liveVoteCodec: Codec<LiveVote> = struct('LiveVote', {
  choice: daoVoteChoiceCodec,
  weight: u64,
  vote: daoVoteCodec,
  revision: u64,
});

/** What is no map in the treasury. */
export const treasuryScalarsCodec: Codec<Omit<Treasury, 'budgets' | 'history'>> = struct('Treasury', {
  balance: u64,
  reserved: u64,
  year: u64,
  recorded: u64,
});

/** Parameters decided and in force; `inForce` undefined: the decided ones. */
export const governedConfigCodec = struct('GovernedConfig', {
  decided: consensusConfigCodec,
  inForce: orUndefined(consensusConfigCodec),
  chainParameters: map(text(CHAIN_PARAMETER_NAME_BYTES_MAX), u64, PARAMETERS_MAX),
  difficulty: difficultyConfigCodec,
});

/** What every block changes of governance. */
export const governanceBlockCodec: Codec<Pick<GovernanceState, 'at' | 'incomeOfEpoch'>> = struct('GovernanceBlock', {
  at: struct('BlockPosition', { height: u64, timeSeconds: u64 }),
  incomeOfEpoch: u64,
});

type Scalars = Pick<GovernanceState, 'chainId' | 'endedOrder' | 'clearing' | 'escrow'>;

/** What else is no map in governance. */
export const governanceScalarsCodec: Codec<Scalars> = struct('Governance', {
  chainId: text(CHAIN_ID_BYTES_MAX),
  endedOrder: array(hashCodec, ENDED_MAX),
  clearing: array(hashCodec, ENDED_MAX),
  escrow: u64,
});

/** The register of voters beside their weights; `open`: there is none, everyone has power 1. */
export const electorateCodec = struct('Electorate', { open: boolean, total: checkpointsCodec });
