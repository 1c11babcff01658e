import {
  boolean,
  consensusTypeCodec,
  DEFAULT_CONSENSUS_CONFIG,
  signatureAlgorithmCodec,
  u64,
  validatorError,
  VALIDATORS_MAX,
  type ConsensusError,
  type IdentityId,
  type SignatureAlgorithm,
  type Validity,
} from '@zhtp/types';
import { LIVENESS_WINDOW_MAX } from './liveness-window.ts';
import { mistyped } from './refusals.ts';
import type { JailTerms } from './slash-consequences.ts';
import type { PowerRule } from './voting-power.ts';

/** Verifies that whoever registers a key holds it; which bytes are signed is the chain's business. */
export type VerifyPossession = (identity: IdentityId, consensusKey: Uint8Array, proof: Uint8Array) => Validity;

/** Parameters of staking: set in genesis and governable, times in seconds of block time. */
export interface StakingRules extends PowerRule, JailTerms {
  readonly maxValidators: number;
  /** Least own stake of a newcomer, micro-ZHTP. */
  readonly minStake: bigint;
  readonly algorithm: SignatureAlgorithm;
  /** With it every registration and every new key needs a proof of possession, without it none is looked at. */
  readonly verifyPossession?: VerifyPossession;
  /** Who may register where the chain is permissioned (ByzantineFaultTolerance, decisions.md §6); everybody without it. */
  readonly allowed?: ReadonlySet<IdentityId>;
  /** Validators may leave until nobody is left. */
  readonly developmentMode: boolean;
  readonly epochLengthBlocks: bigint;
  /** How long stake stays liable after the last height whose set counted it. */
  readonly unbondingSeconds: bigint;
  /** Heights for which bonded amounts are remembered whatever time has passed: ⌈unbonding / block time⌉. */
  readonly evidenceBlocks: bigint;
  /** Blocks over which signing is counted. */
  readonly signedBlocksWindow: number;
  /** Percent of the window that must be signed. */
  readonly minSignedPercent: number;
  /** Least fraction for a double sign, percent (`slashDoubleSign`). */
  readonly slashDoubleSign: number;
}

const { epochLengthBlocks, slashDoubleSign } = DEFAULT_CONSENSUS_CONFIG;

/** Everything that has a default: economics.md, Validators, and decisions.md §2. */
export const DEFAULT_RULES: Omit<StakingRules, 'maxValidators' | 'minStake' | 'verifyPossession' | 'allowed'> = {
  consensusType: 'Hybrid',
  minStorage: 0n,
  algorithm: 'ML-DSA-65',
  developmentMode: false,
  epochLengthBlocks,
  unbondingSeconds: 21n * 86_400n,
  evidenceBlocks: 181_440n,
  jailSeconds: 86_400n,
  livenessJailSeconds: 600n,
  signedBlocksWindow: 100,
  minSignedPercent: 50,
  slashDoubleSign,
};

const TYPES = {
  consensusType: consensusTypeCodec,
  algorithm: signatureAlgorithmCodec,
  developmentMode: boolean,
  minStake: u64,
  minStorage: u64,
  epochLengthBlocks: u64,
  unbondingSeconds: u64,
  evidenceBlocks: u64,
  jailSeconds: u64,
  livenessJailSeconds: u64,
} as const;

const whole = (field: string, value: number, min: number, max: number): ConsensusError | undefined =>
  Number.isInteger(value) && value >= min && value <= max
    ? undefined
    : validatorError(`${field} must be a whole number from ${String(min)} to ${String(max)}`, value);

const notCallable = ({ allowed, verifyPossession }: StakingRules): ConsensusError | undefined => {
  if (allowed !== undefined && !(allowed instanceof Set)) return validatorError('allowed must be a Set of identities');
  return verifyPossession === undefined || typeof verifyPossession === 'function'
    ? undefined
    : validatorError('verifyPossession must be a function');
};

/** Which rule makes no sense, or undefined. */
export const refusedRules = (rules: StakingRules): ConsensusError | undefined =>
  mistyped(TYPES, rules) ??
  notCallable(rules) ??
  whole('maxValidators', rules.maxValidators, 1, VALIDATORS_MAX) ??
  whole('signedBlocksWindow', rules.signedBlocksWindow, 1, LIVENESS_WINDOW_MAX) ??
  whole('minSignedPercent', rules.minSignedPercent, 0, 100) ??
  whole('slashDoubleSign', rules.slashDoubleSign, 1, 100) ??
  (rules.epochLengthBlocks >= 1n
    ? undefined
    : validatorError('epochLengthBlocks must be at least 1', rules.epochLengthBlocks));
