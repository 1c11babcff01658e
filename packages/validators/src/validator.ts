import { isPublicKeyOf, schemeOf } from '@zhtp/crypto';
import {
  clamp,
  minBigint,
  validatorError,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
  type SignatureAlgorithm,
  type Validator,
  type ValidatorStatus,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { votingPower, type PowerRule } from './voting-power.ts';

/** Where reputation starts (economics.md, Validators). */
const REPUTATION_AT_START = 100;

/** A registration: amounts in micro-ZHTP, storage in bytes, commission in percent, time in seconds of block time. */
export interface ValidatorCandidate {
  readonly identity: IdentityId;
  readonly stake: bigint;
  readonly storageProvided: bigint;
  readonly consensusKey: Uint8Array;
  /** 0 to 100. */
  readonly commissionRate: number;
  /** When it registers; counts as its first activity. */
  readonly atSeconds: bigint;
}

const refusal = (algorithm: SignatureAlgorithm, candidate: ValidatorCandidate): ConsensusError | undefined => {
  const { consensusKey, commissionRate, stake, storageProvided } = candidate;
  if (!isPublicKeyOf(algorithm, consensusKey)) {
    const { publicKeyBytes } = schemeOf(algorithm);
    return validatorError(`consensusKey is not ${String(publicKeyBytes)} bytes, as a key of ${algorithm} is`);
  }
  if (consensusKey.every((byte) => byte === 0)) return validatorError('consensusKey is all zero');
  if (!Number.isInteger(commissionRate) || commissionRate < 0 || commissionRate > 100)
    return validatorError('commissionRate must be a whole percentage from 0 to 100', commissionRate);
  if (stake < 0n || stake >= 1n << 64n) return validatorError('stake must fit 64 bits', stake);
  return storageProvided < 0n || storageProvided >= 1n << 64n
    ? validatorError('storageProvided must fit 64 bits', storageProvided)
    : undefined;
};

/** A fresh, active validator with the power its stake and storage give; or what is wrong with the candidate. */
export const createValidator = (
  algorithm: SignatureAlgorithm,
  rule: PowerRule,
  candidate: ValidatorCandidate,
): ConsensusResult<Validator> => {
  const refused = refusal(algorithm, candidate);
  if (refused !== undefined) return E.left(refused);
  const { identity, stake, storageProvided, consensusKey, commissionRate, atSeconds } = candidate;
  return E.right({
    identity,
    stake,
    storageProvided,
    status: 'Active',
    consensusKey,
    votingPower: votingPower(rule, { stake, delegatedStake: 0n, storageProvided, provenWork: 0n }),
    commissionRate,
    reputation: REPUTATION_AT_START,
    lastActivity: atSeconds,
    slashCount: 0,
    jailUntil: O.none,
    delegatedStake: 0n,
  });
};

/** Active, and not jailed at this block time (economics.md, Validators). */
export const canParticipate = (validator: Validator, atSeconds: bigint): boolean =>
  validator.status === 'Active' && (O.isNone(validator.jailUntil) || atSeconds >= validator.jailUntil.value);

/** Slashed absorbs: nothing lifts a tombstone. Being slashed in amount is not a status. */
const MAY_BECOME: Readonly<Record<ValidatorStatus, readonly ValidatorStatus[]>> = {
  Active: ['Inactive', 'Jailed', 'Slashed'],
  Inactive: ['Active', 'Slashed'],
  Jailed: ['Active', 'Slashed'],
  Slashed: [],
};

/** The validator in another status, where the rules know that step. */
export const withStatus = (validator: Validator, status: ValidatorStatus): ConsensusResult<Validator> =>
  MAY_BECOME[validator.status].includes(status)
    ? E.right({ ...validator, status })
    : E.left(validatorError(`validator ${validator.identity} is ${validator.status} and cannot become ${status}`));

/** Seen active at a block time; time never runs backward. */
export const withActivity = (validator: Validator, atSeconds: bigint): Validator =>
  atSeconds > validator.lastActivity ? { ...validator, lastActivity: atSeconds } : validator;

/** Whether the last activity is longer ago than `maxInactiveSeconds`. */
export const isInactive = (validator: Validator, maxInactiveSeconds: bigint, atSeconds: bigint): boolean =>
  atSeconds - validator.lastActivity > maxInactiveSeconds;

/** Basis points: clamp(100 · min(reputation, 100) − 1 000 · slashCount, 0, 10 000) (economics.md, Validators). */
export const effectiveReputation = ({ reputation, slashCount }: Validator): bigint =>
  clamp(100n * minBigint(BigInt(reputation), 100n) - 1_000n * BigInt(slashCount), 0n, 10_000n);
