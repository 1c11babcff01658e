import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';

/** Most updates of one proposal (economics.md, Governance). */
export const GOVERNANCE_UPDATES_MAX = 64;
/** Longest name of a {@link GovernanceParameterValue} of kind ChainParameter. */
export const CHAIN_PARAMETER_NAME_BYTES_MAX = 64;
/** Longest bincode form of execution parameters that a proposal carries. */
export const EXECUTION_PARAMS_BYTES_MAX = 16_384;

/** A line of the annual budget, by name: 1 to 32 lowercase letters, digits and hyphens, a letter first. */
export const budgetLineNameCodec = C.refine(C.text(32), 'BudgetLineName', (name) =>
  /^[a-z][a-z0-9-]*$/.test(name)
    ? undefined
    : `a budget line is 1 to 32 lowercase letters, digits and hyphens, a letter first, got ${C.quoted(name)}`,
);

/**
 * One parameter and its new value. Codes are the reference's order, with EpochLengthBlocks and ChainParameter appended:
 * the `dao` package's bincode uses the same numbers as its variant index (economics.md, Governance: Encoding).
 */
export const governanceParameterValueCodec = C.union('GovernanceParameterValue', {
  /** micro-ZHTP. */
  MinStake: [0, { value: C.u64 }],
  /** Bytes. */
  MinStorage: [1, { value: C.u64 }],
  MaxValidators: [2, { value: C.u32 }],
  /** Seconds. */
  BlockTime: [3, { value: C.u64 }],
  /** Milliseconds, as the two after it. */
  ProposeTimeout: [4, { value: C.u64 }],
  PrevoteTimeout: [5, { value: C.u64 }],
  PrecommitTimeout: [6, { value: C.u64 }],
  MaxTransactionsPerBlock: [7, { value: C.u32 }],
  MaxDifficulty: [8, { value: C.u64 }],
  TargetDifficulty: [9, { value: C.u64 }],
  ByzantineThreshold: [10, { value: C.f64 }],
  /** Percent, as the one after it. */
  SlashDoubleSign: [11, { value: C.u8 }],
  SlashLiveness: [12, { value: C.u8 }],
  DevelopmentMode: [13, { value: C.boolean }],
  /** Compact. */
  BlockchainInitialDifficulty: [14, { value: C.u32 }],
  /** Blocks. */
  BlockchainAdjustmentInterval: [15, { value: C.u64 }],
  /** Seconds. */
  BlockchainTargetTimespan: [16, { value: C.u64 }],
  EpochLengthBlocks: [17, { value: C.u64 }],
  /** A parameter of the chain beside the engine's, by name, over a table of ranges. */
  ChainParameter: [18, { name: C.text(CHAIN_PARAMETER_NAME_BYTES_MAX), value: C.u64 }],
});
export type GovernanceParameterValue = C.TypeOf<typeof governanceParameterValueCodec>;

const updates = C.array(governanceParameterValueCodec, GOVERNANCE_UPDATES_MAX);

/** Several parameters changed together: all or none. */
export const governanceParameterUpdateCodec = C.struct('GovernanceParameterUpdate', { updates });
export type GovernanceParameterUpdate = C.TypeOf<typeof governanceParameterUpdateCodec>;

/** What a passed proposal does. The last two are appended to the reference (economics.md, Governance: Actions). */
export const daoExecutionActionCodec = C.union('DaoExecutionAction', {
  GovernanceParameterUpdate: [0, { updates }],
  /** `amount` in micro-ZHTP. */
  TreasuryPayment: [1, { recipient: identityCodec, amount: C.u64, budgetLine: budgetLineNameCodec }],
  CancelProposal: [2, { proposalId: hashCodec }],
});
export type DaoExecutionAction = C.TypeOf<typeof daoExecutionActionCodec>;

/** What a proposal carries for the case that it passes. */
export const daoExecutionParamsCodec = C.struct('DaoExecutionParams', { action: daoExecutionActionCodec });
export type DaoExecutionParams = C.TypeOf<typeof daoExecutionParamsCodec>;
