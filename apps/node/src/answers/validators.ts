import { heightKey, type LedgerState } from '@zhtp/ledger';
import {
  array,
  boolean,
  identityCodec,
  option,
  publicKeyCodec,
  struct,
  u32,
  u64,
  u8,
  validatorStatusCodec,
  type Codec,
  type IdentityId,
  type TypeOf,
} from '@zhtp/types';
import type { ValidatorAccount } from '@zhtp/validators';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';

const VALIDATORS_SHOWN_MAX = 100_000;

const registeredFields = {
  identity: identityCodec,
  status: validatorStatusCodec,
  stake: u64,
  delegatedStake: u64,
  /** Of the next set to be decided. */
  votingPower: u64,
  /** In the set of the next height. */
  isInSet: boolean,
  /** Percent. */
  commissionRate: u8,
  maxCommissionRate: u8,
  reputation: u32,
  slashCount: u32,
  jailUntil: option(u64),
  /** Blocks of the liveness window so far, and how many of them it missed. */
  windowBlocks: u32,
  windowMissed: u32,
  /** Rewards not paid out yet, its delegators' too. */
  outstandingRewards: u64,
  /** Its own part of them that is commission. */
  commission: u64,
};

/** A registered validator as the chain has it. Amounts in micro-ZHTP, times in seconds of block time. */
export const registeredValidatorCodec = struct('RegisteredValidator', registeredFields);
export type RegisteredValidator = TypeOf<typeof registeredValidatorCodec>;

// Written out: an inferred Option would be declared under a module name that no importer can resolve.
const optionalKey: Codec<Option<Uint8Array>> = option(publicKeyCodec);

/** The answer of GET /staking/validators/:identity: with its keys, which are long. */
export const validatorAnswerCodec = struct('ValidatorAnswer', {
  ...registeredFields,
  /** Of the sets decided from now on. */
  consensusKey: publicKeyCodec,
  /** The one that it changes to at the next epoch boundary. */
  nextConsensusKey: optionalKey,
});
export type ValidatorAnswer = TypeOf<typeof validatorAnswerCodec>;

/** The answer of GET /staking/validators: everybody who ever registered. */
export const registryAnswerCodec = struct('RegistryAnswer', {
  /** Of the last block. */
  height: u64,
  /** The block at whose end the set may change next. */
  nextEpochAt: u64,
  validators: array(registeredValidatorCodec, VALIDATORS_SHOWN_MAX),
});
export type RegistryAnswer = TypeOf<typeof registryAnswerCodec>;

const heightOf = ({ previous }: LedgerState): bigint => previous?.height ?? 0n;

const membersOfNext = (state: LedgerState): ReadonlySet<IdentityId> => {
  const set = state.sets.get(heightKey(heightOf(state) + 1n)) ?? lastSetBefore(state, heightOf(state) + 1n);
  return new Set(set.map(({ identity }) => identity));
};

/** Sets are kept where they change: the one in force is the last that began. */
const lastSetBefore = (state: LedgerState, height: bigint): readonly { readonly identity: IdentityId }[] => {
  let last: readonly { readonly identity: IdentityId }[] = [];
  for (const [key, set] of state.sets.entries()) {
    if (key > heightKey(height)) break;
    last = set;
  }
  return last;
};

const registered = (
  { accrual }: LedgerState,
  members: ReadonlySet<IdentityId>,
  { validator, commission, liveness }: ValidatorAccount,
): RegisteredValidator => {
  const pool = accrual.pools.get(validator.identity);
  const { identity, status, stake, delegatedStake, votingPower, commissionRate, reputation, slashCount, jailUntil } =
    validator;
  return {
    identity,
    status,
    stake,
    delegatedStake,
    votingPower,
    isInSet: members.has(identity),
    commissionRate,
    maxCommissionRate: commission.maxRate,
    reputation,
    slashCount,
    jailUntil,
    windowBlocks: liveness.counted,
    windowMissed: liveness.missed,
    outstandingRewards: pool?.outstanding ?? 0n,
    commission: pool?.commission ?? 0n,
  };
};

export const registryOf = (state: LedgerState): RegistryAnswer => {
  const { staking } = state;
  const members = membersOfNext(state);
  return {
    height: heightOf(state),
    nextEpochAt: staking.epoch.start + staking.epoch.length,
    validators: [...staking.accounts.values()].map((account) => registered(state, members, account)),
  };
};

export const validatorAnswerOf = (state: LedgerState, identity: IdentityId): Option<ValidatorAnswer> => {
  const account = state.staking.accounts.get(identity);
  if (account === undefined) return O.none;
  return O.some({
    ...registered(state, membersOfNext(state), account),
    consensusKey: account.validator.consensusKey,
    nextConsensusKey: O.fromNullable(account.pendingKey),
  });
};
