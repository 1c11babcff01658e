import * as C from './codec.ts';
import { identityCodec } from './codec.ts';
import { publicKeyCodec } from './signature.ts';

/** Inactive: own stake below the minimum, displaced or leaving. Slashed: tombstoned for good (decisions.md §2). */
export const validatorStatusCodec = C.literals('ValidatorStatus', { Active: 0, Inactive: 1, Jailed: 2, Slashed: 3 });
export type ValidatorStatus = C.TypeOf<typeof validatorStatusCodec>;

/** What a validator is slashed for (economics.md, Faults and penalties). */
export const slashTypeCodec = C.literals('SlashType', {
  DoubleSign: 0,
  Liveness: 1,
  InvalidProposal: 2,
  InvalidVote: 3,
});
export type SlashType = C.TypeOf<typeof slashTypeCodec>;

/** A validator's record. Amounts in micro-ZHTP, times in seconds of block time. */
export const validatorCodec = C.struct('Validator', {
  identity: identityCodec,
  /** Own bonded stake. */
  stake: C.u64,
  /** Bytes. */
  storageProvided: C.u64,
  status: validatorStatusCodec,
  consensusKey: publicKeyCodec,
  /** Power of the next set to be frozen; of a given height only its frozen set speaks. */
  votingPower: C.u64,
  /** Percent, 0 to 100. */
  commissionRate: C.u8,
  /** Starts at 100, 0 to 1000. */
  reputation: C.u32,
  /** Its last sign of life: a registration, a block signed or proposed. */
  lastActivity: C.u64,
  slashCount: C.u32,
  jailUntil: C.option(C.u64),
  /** Stake others delegated to this validator, kept beside its own (economics.md, Validators). */
  delegatedStake: C.u64,
});
export type Validator = C.TypeOf<typeof validatorCodec>;

/** Totals over the active validators; `totalValidators` counts all records. */
export const validatorStatsCodec = C.struct('ValidatorStats', {
  totalValidators: C.u32,
  activeValidators: C.u32,
  /** micro-ZHTP. */
  totalStake: C.u64,
  /** Bytes. */
  totalStorage: C.u64,
  totalVotingPower: C.u64,
});
export type ValidatorStats = C.TypeOf<typeof validatorStatsCodec>;
