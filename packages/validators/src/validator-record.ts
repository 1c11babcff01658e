import { isPublicKeyOf, schemeOf } from '@zhtp/crypto';
import {
  identityCodec,
  publicKeyCodec,
  u64,
  u8,
  validatorError,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
  type SignatureAlgorithm,
  type Validator,
  type ValidatorStatus,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { mistyped } from './refusals.ts';
import { REPUTATION_AT_START } from './reputation.ts';
import { votingPower, type PowerBasis, type PowerRule } from './voting-power.ts';

/** A registration: amounts in micro-ZHTP, storage in bytes, commission in percent, time in seconds of block time. */
export interface ValidatorCandidate {
  readonly identity: IdentityId;
  readonly stake: bigint;
  readonly storageProvided: bigint;
  readonly consensusKey: Uint8Array;
  /** 0 to 100. */
  readonly commissionRate: number;
  /** When it registers; counts as its first activity. Default: the block time, 0 before the first block. */
  readonly atSeconds?: bigint;
}

const CANDIDATE = {
  identity: identityCodec,
  stake: u64,
  storageProvided: u64,
  consensusKey: publicKeyCodec,
  commissionRate: u8,
} as const;

/** Why this is no consensus key of a validator, or undefined. */
export const refusedKey = (algorithm: SignatureAlgorithm, consensusKey: Uint8Array): ConsensusError | undefined => {
  const { length } = consensusKey;
  if (!isPublicKeyOf(algorithm, consensusKey)) {
    const { publicKeyBytes } = schemeOf(algorithm);
    return validatorError(
      `consensusKey is ${String(length)} bytes, a key of ${algorithm} is ${String(publicKeyBytes)}`,
    );
  }
  return consensusKey.every((byte) => byte === 0) ? validatorError('consensusKey is all zero') : undefined;
};

const refusal = (algorithm: SignatureAlgorithm, candidate: ValidatorCandidate): ConsensusError | undefined => {
  const wrongType =
    mistyped(CANDIDATE, candidate) ??
    (candidate.atSeconds === undefined ? undefined : mistyped({ atSeconds: u64 }, candidate));
  if (wrongType !== undefined) return wrongType;
  const { commissionRate } = candidate;
  return commissionRate > 100
    ? validatorError('commissionRate must be a whole percentage from 0 to 100', commissionRate)
    : refusedKey(algorithm, candidate.consensusKey);
};

/** A fresh, active validator with the power its stake and storage give; or what is wrong with the candidate. */
export const createValidator = (
  algorithm: SignatureAlgorithm,
  rule: PowerRule,
  candidate: ValidatorCandidate,
): ConsensusResult<Validator> => {
  const refused = refusal(algorithm, candidate);
  if (refused !== undefined) return E.left(refused);
  const { identity, stake, storageProvided, consensusKey, commissionRate, atSeconds = 0n } = candidate;
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

/** Other amounts behind a validator, and the power they give it in the next set. */
export const withBasis = (
  validator: Validator,
  rule: PowerRule,
  provenWork: bigint,
  change: Partial<Omit<PowerBasis, 'provenWork'>>,
): Validator => {
  const next = { ...validator, ...change };
  return { ...next, votingPower: votingPower(rule, { ...next, provenWork }) };
};

/** Seen active at a block time; time never runs backward. */
export const withActivity = (validator: Validator, atSeconds: bigint): Validator =>
  atSeconds > validator.lastActivity ? { ...validator, lastActivity: atSeconds } : validator;

/** Whether the last activity is longer ago than `maxInactiveSeconds`. */
export const isInactive = (validator: Validator, maxInactiveSeconds: bigint, atSeconds: bigint): boolean =>
  atSeconds - validator.lastActivity > maxInactiveSeconds;
