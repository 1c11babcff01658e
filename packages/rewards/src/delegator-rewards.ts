import {
  createEventOutbox,
  found,
  identityCodec,
  rewardError,
  u64,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Observable } from 'rxjs';
import { allocate, slashed, withdrawCommission, type BondedSlash } from './accrual-pool.ts';
import { changeStake, pendingRewards, withdrawRewards, type Settlement } from './accrual-stake.ts';
import { EMPTY_POOL, type AccrualPool, type AccrualStake } from './accrual-state.ts';
import { isMap, mistyped, notAnObject, refusedCommission } from './refusals.ts';
import type { RewardReceiver } from './reward-distribution.ts';

/** One delegation, by who delegates to whom; a validator's own stake is its delegation to itself. */
export interface DelegationKey {
  readonly validator: IdentityId;
  readonly delegator: IdentityId;
}

/** Amounts in micro-ZHTP. */
export type DelegatorRewardEvent =
  | ({ readonly _tag: 'RewardsWithdrawn'; readonly paid: bigint; readonly toTreasury: bigint } & DelegationKey)
  | { readonly _tag: 'CommissionWithdrawn'; readonly validator: IdentityId; readonly paid: bigint };

/** What a change of stake or a withdrawal pays, micro-ZHTP. */
export interface Payout {
  readonly paid: bigint;
  readonly toTreasury: bigint;
}

/** One validator's pool, and its delegations by delegator. Changes in place: a reward must not copy a million entries. */
interface Account {
  pool: AccrualPool;
  commissionRate: number;
  readonly delegations: Map<IdentityId, AccrualStake>;
}

const refusedKey = (key: DelegationKey): ConsensusError | undefined =>
  notAnObject('the delegation', key) ??
  mistyped('validator', identityCodec, key.validator) ??
  mistyped('delegator', identityCodec, key.delegator);

/**
 * Who has earned what, validator by validator: commission, own stake and delegations. Takes distributed rewards in as the
 * receiver of a RewardCalculator. Nothing here has a clock, and no call looks at more than one delegation.
 */
export class DelegatorRewards implements RewardReceiver {
  readonly #accounts = new Map<IdentityId, Account>();
  readonly #outbox = createEventOutbox<DelegatorRewardEvent>();

  /** Payouts, in order, after they have happened; nothing is replayed. */
  readonly events$: Observable<DelegatorRewardEvent> = this.#outbox.events$;

  /** From the next reward on. @param percent whole, 0 to 100; 0 until it is set */
  setCommissionRate(validator: IdentityId, percent: number): ConsensusResult<void> {
    const refused =
      mistyped('validator', identityCodec, validator) ?? refusedCommission(`commissionRate of ${validator}`, percent);
    if (refused !== undefined) return E.left(refused);
    this.#open(validator).commissionRate = percent;
    return E.right(undefined);
  }

  /**
   * Settles the delegation, pays it out and goes on with this stake; 0 ends it. Refused with a RewardError: any stake with
   * a validator that was slashed to nothing.
   * @param stake micro-ZHTP
   */
  changeStake(key: DelegationKey, stake: bigint): ConsensusResult<Payout> {
    const refused = refusedKey(key) ?? mistyped('stake', u64, stake);
    if (refused !== undefined) return E.left(refused);
    const account = this.#accounts.get(key.validator);
    const settled = changeStake(account?.pool ?? EMPTY_POOL, account?.delegations.get(key.delegator), stake);
    if (E.isLeft(settled)) return settled;
    return E.right(this.#settle(this.#open(key.validator), key, settled.right));
  }

  /** Stake bonded to a validator, own and delegated, shrank from `before` to `after` by a slash, micro-ZHTP. */
  slash(validator: IdentityId, bonded: BondedSlash): ConsensusResult<void> {
    const account = this.#accountOf(validator);
    if (E.isLeft(account)) return account;
    const after = slashed(account.right.pool, bonded);
    if (E.isLeft(after)) return after;
    account.right.pool = after.right;
    return E.right(undefined);
  }

  /**
   * Rewards come in, all or none. Refused with a RewardError: a validator of whom no stake was ever reported.
   * @param rewards by validator, before commission, micro-ZHTP
   * @returns what of it is the treasury's, micro-ZHTP
   */
  receive(rewards: ReadonlyMap<IdentityId, bigint>): ConsensusResult<bigint> {
    if (!isMap(rewards))
      return E.left(rewardError(`rewards is ${found(rewards)}, it must be a Map from validator to micro-ZHTP`));
    const changed: (readonly [Account, AccrualPool])[] = [];
    let toTreasury = 0n;
    for (const [validator, amount] of rewards) {
      const account = this.#accountOf(validator);
      if (E.isLeft(account)) return account;
      const allocation = allocate(account.right.pool, amount, account.right.commissionRate);
      if (E.isLeft(allocation)) return allocation;
      changed.push([account.right, allocation.right.pool]);
      toTreasury += allocation.right.toTreasury;
    }
    for (const [account, pool] of changed) account.pool = pool;
    return E.right(toTreasury);
  }

  /** What a delegation could withdraw now, micro-ZHTP; 0 for one that does not exist. */
  pendingRewards(key: DelegationKey): ConsensusResult<bigint> {
    const refused = refusedKey(key);
    if (refused !== undefined) return E.left(refused);
    const account = this.#accounts.get(key.validator);
    return account === undefined ? E.right(0n) : pendingRewards(account.pool, account.delegations.get(key.delegator));
  }

  /** Pays a delegation what it has earned. Refused with a RewardError: one that does not exist. */
  withdraw(key: DelegationKey): ConsensusResult<Payout> {
    const refused = refusedKey(key);
    if (refused !== undefined) return E.left(refused);
    const account = this.#accountOf(key.validator);
    if (E.isLeft(account)) return account;
    const since = account.right.delegations.get(key.delegator);
    if (since === undefined)
      return E.left(
        rewardError(`${key.delegator} has no delegation to ${key.validator}; there is nothing to withdraw`),
      );
    const settled = withdrawRewards(account.right.pool, since);
    return E.map((settlement: Settlement) => this.#settle(account.right, key, settlement))(settled);
  }

  /** Commission a validator could withdraw now, micro-ZHTP. */
  pendingCommission(validator: IdentityId): ConsensusResult<bigint> {
    return E.map(({ pool }: Account) => pool.commission)(this.#accountOf(validator));
  }

  /** Pays a validator its commission, micro-ZHTP. */
  withdrawCommission(validator: IdentityId): ConsensusResult<bigint> {
    const account = this.#accountOf(validator);
    if (E.isLeft(account)) return account;
    const taken = withdrawCommission(account.right.pool);
    if (E.isLeft(taken)) return taken;
    account.right.pool = taken.right.pool;
    this.#outbox.publish([{ _tag: 'CommissionWithdrawn', validator, paid: taken.right.paid }]);
    return E.right(taken.right.paid);
  }

  /** Everything a validator and its delegators have not withdrawn, dust included, micro-ZHTP. */
  outstandingRewards(validator: IdentityId): ConsensusResult<bigint> {
    return E.map(({ pool }: Account) => pool.outstanding)(this.#accountOf(validator));
  }

  #open(validator: IdentityId): Account {
    const known = this.#accounts.get(validator);
    if (known !== undefined) return known;
    const opened: Account = { pool: EMPTY_POOL, commissionRate: 0, delegations: new Map() };
    this.#accounts.set(validator, opened);
    return opened;
  }

  #accountOf(validator: IdentityId): ConsensusResult<Account> {
    const refused = mistyped('validator', identityCodec, validator);
    if (refused !== undefined) return E.left(refused);
    const account = this.#accounts.get(validator);
    return account === undefined
      ? E.left(rewardError(`Validator not found: no stake of ${validator} was reported; call changeStake first`))
      : E.right(account);
  }

  #settle(account: Account, key: DelegationKey, { pool, delegation, paid, toTreasury }: Settlement): Payout {
    account.pool = pool;
    if (delegation === undefined) account.delegations.delete(key.delegator);
    else account.delegations.set(key.delegator, delegation);
    const { validator, delegator } = key;
    if (paid + toTreasury > 0n)
      this.#outbox.publish([{ _tag: 'RewardsWithdrawn', validator, delegator, paid, toTreasury }]);
    return { paid, toTreasury };
  }
}
