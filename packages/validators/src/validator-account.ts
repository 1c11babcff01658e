import type { Validator } from '@zhtp/types';
import type { CommissionTerms } from './commission.ts';
import type { DelegationPool } from './delegation-pool.ts';
import type { LivenessWindow } from './liveness-window.ts';
import type { StakingRules } from './staking-rules.ts';
import { withBasis } from './validator-record.ts';

/** Own and delegated stake that frozen sets count from a height on, until the next checkpoint. */
export interface BondedCheckpoint {
  readonly fromHeight: bigint;
  readonly bonded: bigint;
  /** When it was decided, unix seconds. */
  readonly atSeconds: bigint;
}

/** A validator's documented record and what the rules remember beside it. */
export interface ValidatorAccount {
  readonly validator: Validator;
  /** Order of registration: among equals the older stays. */
  readonly seniority: bigint;
  /** Least own stake it may hold: what it was admitted under, until it lowers its stake itself (economics.md, Validators). */
  readonly minStake: bigint;
  readonly commission: CommissionTerms;
  /** Of the delegation pool; its tokens are `validator.delegatedStake`. */
  readonly shares: bigint;
  /** Mean proven units per epoch; only ProofOfUsefulWork looks at it. */
  readonly provenWork: bigint;
  /** Since when no slash was forgotten, unix seconds. */
  readonly countedFrom: bigint;
  /** Unix seconds of the last key rotation asked for. */
  readonly keyChangedAt?: bigint;
  /** Acts with the set of the next epoch boundary. */
  readonly pendingKey?: Uint8Array;
  /** Rising heights. */
  readonly bondedHistory: readonly BondedCheckpoint[];
  readonly liveness: LivenessWindow;
}

/** The delegation pool of an account. */
export const poolOf = ({ validator, shares }: ValidatorAccount): DelegationPool => ({
  tokens: validator.delegatedStake,
  shares,
});

/** Own and delegated stake. */
export const bondedOf = ({ validator }: ValidatorAccount): bigint => validator.stake + validator.delegatedStake;

/** Other stakes, and the power they give. */
export const withStakes = (
  rules: StakingRules,
  account: ValidatorAccount,
  change: { readonly own?: bigint; readonly pool?: DelegationPool },
): ValidatorAccount => {
  const { own = account.validator.stake, pool = poolOf(account) } = change;
  return {
    ...account,
    shares: pool.shares,
    validator: withBasis(account.validator, rules, account.provenWork, { stake: own, delegatedStake: pool.tokens }),
  };
};

/** An active validator whose own stake fell below its minimum is Inactive; one that was jailed for it stays Jailed. */
export const demoted = (account: ValidatorAccount): ValidatorAccount =>
  account.validator.status === 'Active' && account.validator.stake < account.minStake
    ? { ...account, validator: { ...account.validator, status: 'Inactive' } }
    : account;

/** What the frozen set of a height counted of this validator; 0 for a height at which it was in none. */
export const bondedAt = ({ bondedHistory }: ValidatorAccount, height: bigint): bigint =>
  bondedHistory.findLast(({ fromHeight }) => fromHeight <= height)?.bonded ?? 0n;
