import {
  bytesToHex,
  U64_MAX,
  validatorError,
  VALIDATORS_MAX,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
  type SignatureAlgorithm,
  type Validator,
  type ValidatorStats,
  type Validity,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { createValidator, withActivity, withStatus, type ValidatorCandidate } from './validator.ts';
import { TOTAL_POWER_MAX } from './validator-set.ts';
import type { PowerRule } from './voting-power.ts';

/** Verifies that whoever registers a key holds it; which bytes are signed is the chain's business. */
export type VerifyPossession = (identity: IdentityId, consensusKey: Uint8Array, proof: Uint8Array) => Validity;

/** What a registration has to satisfy. */
export interface RegistryRules extends PowerRule {
  readonly maxValidators: number;
  /** micro-ZHTP. */
  readonly minStake: bigint;
  readonly algorithm: SignatureAlgorithm;
  /** With it every registration needs a proof of possession, without it none is looked at. */
  readonly verifyPossession?: VerifyPossession;
}

/** Everybody who ever registered: records stay, so that an identity or a key is never used again. */
export interface Registry {
  readonly rules: RegistryRules;
  /** In order of registration; whatever goes out goes out in identity order. */
  readonly validators: ReadonlyMap<IdentityId, Validator>;
}

/** An empty registry, or which rule makes no sense. */
export const emptyRegistry = (rules: RegistryRules): ConsensusResult<Registry> => {
  const { maxValidators, minStake, minStorage } = rules;
  if (!Number.isInteger(maxValidators) || maxValidators < 1 || maxValidators > VALIDATORS_MAX)
    return E.left(validatorError(`maxValidators must be from 1 to ${String(VALIDATORS_MAX)}`, maxValidators));
  if (minStake < 0n || minStake > U64_MAX) return E.left(validatorError('minStake must fit 64 bits', minStake));
  if (minStorage < 0n || minStorage > U64_MAX) return E.left(validatorError('minStorage must fit 64 bits', minStorage));
  return E.right({ rules, validators: new Map() });
};

export interface Registration extends ValidatorCandidate {
  /** A validator of genesis may hold less than the minimum stake (economics.md, Validators). */
  readonly isGenesis?: boolean;
  readonly proofOfPossession?: Uint8Array;
}

/** Active validators in identity order. */
export const activeValidators = ({ validators }: Registry): readonly Validator[] =>
  [...validators.values()]
    .filter(({ status }) => status === 'Active')
    .sort((a, b) => (a.identity < b.identity ? -1 : 1));

const total = (validators: Iterable<Validator>, of: (validator: Validator) => bigint): bigint => {
  let sum = 0n;
  for (const validator of validators) sum += of(validator);
  return sum;
};

const below = (what: string, found: bigint, min: bigint): ConsensusError | undefined =>
  found >= min
    ? undefined
    : validatorError(`Insufficient ${what}: ${String(found)} is below the minimum ${String(min)}`, found);

const inUse = ({ validators }: Registry, { identity, consensusKey }: Registration): ConsensusError | undefined => {
  if (validators.has(identity)) return validatorError(`validator ${identity} is already registered`);
  const key = bytesToHex(consensusKey);
  const holder = [...validators.values()].find((validator) => bytesToHex(validator.consensusKey) === key);
  return holder === undefined
    ? undefined
    : validatorError(`consensus key is already registered by ${holder.identity}; one key serves one validator`);
};

const notPossessed = ({ verifyPossession }: RegistryRules, registration: Registration): ConsensusError | undefined => {
  const { identity, consensusKey, proofOfPossession } = registration;
  if (verifyPossession === undefined) return undefined;
  if (proofOfPossession === undefined)
    return validatorError(`validator ${identity} gives no proofOfPossession of its key`);
  return verifyPossession(identity, consensusKey, proofOfPossession) === 'valid'
    ? undefined
    : validatorError(`proofOfPossession of validator ${identity} is not by its consensus key`);
};

const refusal = (registry: Registry, registration: Registration): ConsensusError | undefined => {
  const { rules } = registry;
  return (
    (registration.isGenesis === true ? undefined : below('stake', registration.stake, rules.minStake)) ??
    below('storage', registration.storageProvided, rules.minStorage) ??
    inUse(registry, registration) ??
    (activeValidators(registry).length < rules.maxValidators
      ? undefined
      : validatorError(`Maximum validator limit of ${String(rules.maxValidators)} is reached`, rules.maxValidators))
  );
};

/** Sums that leave the registry are u64, and total power has a limit of its own. */
const overflow = (registry: Registry, added: Validator): ConsensusError | undefined => {
  const all = [...registry.validators.values(), added];
  const fits = (what: string, of: (validator: Validator) => bigint, max: bigint): ConsensusError | undefined =>
    total(all, of) <= max ? undefined : validatorError(`total ${what} of all validators would exceed ${String(max)}`);
  return (
    fits('stake', ({ stake }) => stake, U64_MAX) ??
    fits('storage', ({ storageProvided }) => storageProvided, U64_MAX) ??
    fits('voting power', ({ votingPower }) => votingPower, TOTAL_POWER_MAX)
  );
};

/** Registers a validator (economics.md, Validators). The costly proof is verified last. */
export const register = (registry: Registry, registration: Registration): ConsensusResult<Registry> => {
  const { rules, validators } = registry;
  const refused = refusal(registry, registration);
  if (refused !== undefined) return E.left(refused);
  return pipe(
    createValidator(rules.algorithm, rules, registration),
    E.chain((validator) => {
      const wrong = overflow(registry, validator) ?? notPossessed(rules, registration);
      return wrong === undefined
        ? E.right({ rules, validators: new Map([...validators, [validator.identity, validator]]) })
        : E.left(wrong);
    }),
  );
};

const find = ({ validators }: Registry, identity: IdentityId): ConsensusResult<Validator> => {
  const validator = validators.get(identity);
  return validator === undefined ? E.left(validatorError(`Validator not found: ${identity}`)) : E.right(validator);
};

const replace = (registry: Registry, validator: Validator): Registry => ({
  ...registry,
  validators: new Map([...registry.validators, [validator.identity, validator]]),
});

/** Takes an active validator out of the next set. Its record stays, Inactive (economics.md, Validators). */
export const remove = (registry: Registry, identity: IdentityId): ConsensusResult<Registry> =>
  pipe(
    find(registry, identity),
    E.chain((validator) => withStatus(validator, 'Inactive')),
    E.map((validator) => replace(registry, validator)),
  );

/** Notes a sign of life at a block time. */
export const noteActivity = (registry: Registry, identity: IdentityId, atSeconds: bigint): ConsensusResult<Registry> =>
  pipe(
    find(registry, identity),
    E.map((validator) => replace(registry, withActivity(validator, atSeconds))),
  );

/** Totals over the active validators; `totalValidators` counts all records. */
export const statsOf = (registry: Registry): ValidatorStats => {
  const active = activeValidators(registry);
  return {
    totalValidators: registry.validators.size,
    activeValidators: active.length,
    totalStake: total(active, ({ stake }) => stake),
    totalStorage: total(active, ({ storageProvided }) => storageProvided),
    totalVotingPower: total(active, ({ votingPower }) => votingPower),
  };
};
