import {
  bytes,
  bytesToHex,
  minBigint,
  SIGNATURE_BYTES_MAX,
  U64_MAX,
  validatorError,
  type ConsensusError,
  type IdentityId,
  type ValidatorStats,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { commissionTerms } from './commission.ts';
import { termIsOver } from './jail.ts';
import { FRESH_WINDOW } from './liveness-window.ts';
import { mistyped } from './refusals.ts';
import { leavingRefusal, takeSeat } from './seats.ts';
import {
  findAccount,
  overflow,
  secondsOf,
  withAccount,
  type StakingResult,
  type StakingState,
} from './staking-state.ts';
import type { ValidatorAccount } from './validator-account.ts';
import { createValidator, withStatus, type ValidatorCandidate } from './validator-record.ts';

/** A validator that registers (economics.md, Validators); stake in micro-ZHTP, storage in bytes. */
export interface Registration extends ValidatorCandidate {
  /** A validator of genesis may hold less than the minimum stake; only before the first block (economics.md, Validators). */
  readonly isGenesis?: boolean;
  readonly proofOfPossession?: Uint8Array;
  /** Highest commission it will ever ask for, percent. Default 100. */
  readonly maxRate?: number;
  /** Most points of commission per change. Default 5. */
  readonly maxDailyChange?: number;
}

const below = (what: string, found: bigint, min: bigint): ConsensusError | undefined =>
  found >= min
    ? undefined
    : validatorError(`Insufficient ${what}: ${String(found)} is below the minimum ${String(min)}`, found);

/** Why a key cannot be taken: one key serves one validator, and old keys are never used again. */
export const keyInUse = ({ keys }: StakingState, consensusKey: Uint8Array): ConsensusError | undefined => {
  const holder = keys.get(bytesToHex(consensusKey));
  return holder === undefined
    ? undefined
    : validatorError(`consensus key is already registered by ${holder}; one key serves one validator`);
};

/** Why nobody has shown to hold this key, or undefined. */
export const notPossessed = (
  { rules }: StakingState,
  identity: IdentityId,
  consensusKey: Uint8Array,
  proofOfPossession: Uint8Array | undefined,
): ConsensusError | undefined => {
  if (rules.verifyPossession === undefined) return undefined;
  if (proofOfPossession === undefined)
    return validatorError(`validator ${identity} gives no proofOfPossession of its key`);
  const mistypedProof = mistyped({ proofOfPossession: bytes(SIGNATURE_BYTES_MAX) }, { proofOfPossession });
  if (mistypedProof !== undefined) return mistypedProof;
  return rules.verifyPossession(identity, consensusKey, proofOfPossession) === 'valid'
    ? undefined
    : validatorError(`proofOfPossession of validator ${identity} is not by its consensus key`);
};

/** A record is for ever, and so is a tombstone. */
const registeredBefore = ({ accounts }: StakingState, identity: IdentityId): ConsensusError | undefined => {
  const status = accounts.get(identity)?.validator.status;
  switch (status) {
    case undefined:
      return undefined;
    case 'Slashed':
      return validatorError(`validator ${identity} is tombstoned for an offence and can never register again`);
    case 'Inactive':
      return validatorError(`validator ${identity} is already registered; it is Inactive and can rejoin the set`);
    case 'Jailed':
    case 'Active':
      return validatorError(`validator ${identity} is already registered`);
  }
};

const refusal = (state: StakingState, registration: Registration): ConsensusError | undefined => {
  const { rules } = state;
  const { identity, stake, storageProvided, consensusKey, isGenesis } = registration;
  if (isGenesis === true && state.now !== undefined)
    return validatorError('isGenesis is for the time before the first block');
  if (rules.consensusType === 'ByzantineFaultTolerance' && rules.allowed?.has(identity) === false)
    return validatorError(`validator ${identity} is not on the allow-list of this permissioned chain`);
  return (
    (isGenesis === true ? undefined : below('stake', stake, rules.minStake)) ??
    below('storage', storageProvided, rules.minStorage) ??
    registeredBefore(state, identity) ??
    keyInUse(state, consensusKey)
  );
};

/** Registers a validator (economics.md, Validators). The costly proof is verified last. */
export const register = (state: StakingState, registration: Registration): StakingResult => {
  const { rules } = state;
  const created = createValidator(rules.algorithm, rules, registration);
  if (E.isLeft(created)) return created;
  const refused = refusal(state, registration);
  if (refused !== undefined) return E.left(refused);
  const at = registration.atSeconds ?? secondsOf(state);
  const validator = { ...created.right, lastActivity: at };
  const { identity, stake, consensusKey } = validator;
  const commission = commissionTerms(validator.commissionRate, registration);
  if (E.isLeft(commission)) return commission;
  const account: ValidatorAccount = {
    validator,
    seniority: state.nextSerial,
    minStake: registration.isGenesis === true && stake < rules.minStake ? stake : rules.minStake,
    commission: commission.right,
    shares: 0n,
    provenWork: 0n,
    countedFrom: at,
    bondedHistory: [],
    liveness: FRESH_WINDOW,
  };
  const seating = takeSeat({ ...state, nextSerial: state.nextSerial + 1n }, account);
  if (E.isLeft(seating)) return seating;
  const wrong =
    overflow(seating.right.state) ?? notPossessed(state, identity, consensusKey, registration.proofOfPossession);
  if (wrong !== undefined) return E.left(wrong);
  return E.right({
    state: seating.right.state,
    events: [{ _tag: 'ValidatorRegistered', identity }, ...seating.right.events],
    value: undefined,
  });
};

/** Takes an active validator out of the next set. Its record stays, Inactive, and its stake until it is unbonded. */
export const remove = (state: StakingState, identity: IdentityId): StakingResult => {
  const account = findAccount(state, identity);
  if (E.isLeft(account)) return account;
  const gone = withStatus(account.right.validator, 'Inactive');
  if (E.isLeft(gone)) return gone;
  const refused = leavingRefusal(state);
  if (refused !== undefined) return E.left(refused);
  return E.right({
    state: withAccount(state, { ...account.right, validator: gone.right }),
    events: [{ _tag: 'ValidatorLeave', identity }],
    value: undefined,
  });
};

const returning = (state: StakingState, account: ValidatorAccount): ConsensusError | undefined => {
  const { validator, minStake } = account;
  const { jailUntil, identity } = validator;
  if (O.isSome(jailUntil) && !termIsOver(validator, secondsOf(state)))
    return validatorError(
      `validator ${identity} is jailed and its term is not over: ${String(jailUntil.value - secondsOf(state))} s are left`,
    );
  return below('stake', validator.stake, minStake);
};

/** Brings an Inactive validator back, at once or at the next boundary (see `takeSeat`). */
export const reactivate = (state: StakingState, identity: IdentityId): StakingResult => {
  const account = findAccount(state, identity);
  if (E.isLeft(account)) return account;
  const { status } = account.right.validator;
  if (status !== 'Inactive')
    return E.left(validatorError(`validator ${identity} is ${status}; only an Inactive one can be reactivated`));
  const refused = returning(state, account.right);
  if (refused !== undefined) return E.left(refused);
  const seating = takeSeat(state, { ...account.right, liveness: FRESH_WINDOW });
  if (E.isLeft(seating)) return seating;
  const now = seating.right.state.active.has(identity);
  return E.right({
    state: seating.right.state,
    events: [...seating.right.events, ...(now ? [{ _tag: 'ValidatorReactivated', validator: identity } as const] : [])],
    value: undefined,
  });
};

/** Why a validator stays where it is when it asks to leave jail; undefined when it may. */
export const releaseRefusal = (state: StakingState, identity: IdentityId): ConsensusError | undefined => {
  const account = findAccount(state, identity);
  if (E.isLeft(account)) return account.left;
  const { status } = account.right.validator;
  return status === 'Jailed'
    ? returning(state, account.right)
    : validatorError(`validator ${identity} is ${status}, not in jail; only a Jailed one can be released`);
};

/** Lets a validator out of jail whose term is over and whose own stake has its minimum. False for whoever is not due. */
export const release = (state: StakingState, identity: IdentityId): StakingResult<boolean> => {
  const account = findAccount(state, identity);
  if (E.isLeft(account)) return account;
  if (releaseRefusal(state, identity) !== undefined) return E.right({ state, events: [], value: false });
  const seating = takeSeat(state, { ...account.right, liveness: FRESH_WINDOW });
  if (E.isLeft(seating)) return seating;
  return E.right({
    state: seating.right.state,
    events: [...seating.right.events, { _tag: 'ValidatorReleased', validator: identity }],
    value: true,
  });
};

/** Totals over the active validators, storage up to 2⁶⁴ − 1; `totalValidators` counts all records. */
export const statsOf = ({ accounts, active, totals }: StakingState): ValidatorStats => ({
  totalValidators: accounts.size,
  activeValidators: active.size,
  totalStake: totals.activeOwn,
  totalStorage: minBigint(totals.activeStorage, U64_MAX),
  totalVotingPower: totals.activePower,
});
