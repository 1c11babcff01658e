import { byzantineThreshold } from '@zhtp/bft';
import {
  bytesToHex,
  createEventOutbox,
  isHex32,
  u32,
  u64,
  type ConsensusResult,
  type IdentityId,
  type SlashType,
  type ValidatorStats,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { Observable } from 'rxjs';
import { beginBlock, countSigning, endBlock, type SetChange, type Signing } from './block.ts';
import { convict, type DoubleSignProven } from './conviction.ts';
import { tokensOf } from './delegation-pool.ts';
import { changeCommission, jail, noteActivity, noteContribution, withRules } from './governed-rules.ts';
import type { Contribution, GovernedRules } from './governed-rules.ts';
import { rotateKey, type KeyRotation } from './key-rotation.ts';
import { roundRobinProposer } from './proposer-rotation.ts';
import { redelegate, type RedelegationRequest } from './redelegation.ts';
import { reactivate, register, release, remove, statsOf, type Registration } from './registry.ts';
import { slashStake, type SlashOrder, type SlashTaken } from './slash.ts';
import { PPM_PER_PERCENT } from './slash-consequences.ts';
import { percentRefusal } from './slash-percentage.ts';
import { bondStake, delegate, unbondStake, undelegate, type DelegationRequest } from './staking.ts';
import type { ValidatorEvent } from './staking-event.ts';
import { DEFAULT_RULES, type StakingRules } from './staking-rules.ts';
import {
  activeAccounts,
  delegationKey,
  emptyStaking,
  secondsOf,
  type BlockPoint,
  type StakingResult,
  type StakingState,
} from './staking-state.ts';
import { poolOf, type ValidatorAccount } from './validator-account.ts';
import { makeValidatorSet, type ValidatorSet } from './validator-set.ts';
import { Validator } from './validator.ts';

/** What `create` may be told beside its two documented arguments; the defaults are {@link DEFAULT_RULES}. */
export type ValidatorManagerOptions = Partial<Omit<StakingRules, 'maxValidators' | 'minStake'>>;

/**
 * The documented manager of validators and everything staked with them: thin over the pure transitions, whose state it
 * holds. Time is block time, in unix seconds, and comes with `beginBlock`; before the first block every change acts at
 * once, afterwards sets change at epoch boundaries. In a running chain membership, keys and power of a height come from
 * that height's frozen {@link ValidatorSet} alone.
 *
 * Every refusal is a ValidatorError and leaves the state as it was. Amounts are micro-ZHTP.
 */
export class ValidatorManager {
  #state: StakingState;
  readonly #outbox = createEventOutbox<ValidatorEvent>();

  /** What happened, in order, after the state has changed; nothing is replayed. */
  readonly events$: Observable<ValidatorEvent> = this.#outbox.events$;

  private constructor(state: StakingState) {
    this.#state = state;
  }

  /**
   * @param maxValidators most active validators, 1 to 1000
   * @param minStake least own stake to register, micro-ZHTP
   */
  static create(
    maxValidators: number,
    minStake: bigint,
    options: ValidatorManagerOptions = {},
  ): ConsensusResult<ValidatorManager> {
    return E.map((state: StakingState) => new ValidatorManager(state))(
      emptyStaking({ ...DEFAULT_RULES, ...options, maxValidators, minStake }),
    );
  }

  /** A manager over a state that the transitions made. */
  static of(state: StakingState): ValidatorManager {
    return new ValidatorManager(state);
  }

  /** The state: an immutable value, to be kept, compared or stored. */
  get state(): StakingState {
    return this.#state;
  }

  /**
   * Refused: "Insufficient stake", "Insufficient storage", "already registered" (identity or key, old keys included),
   * "Maximum validator limit" (a full set and no more own stake than its weakest), a key or commission out of form, a
   * missing or wrong proof of possession.
   */
  registerValidator(registration: Registration): ConsensusResult<void> {
    return this.#apply(register(this.#state, registration));
  }

  /**
   * The validator becomes Inactive until it unbonds or returns; record, identity and key stay taken. "Validator not found"
   * otherwise. Refused where fewer than four would stay, outside development mode.
   */
  removeValidator(identity: IdentityId): ConsensusResult<void> {
    return this.#apply(remove(this.#state, identity));
  }

  /** Brings an Inactive validator back, under the rules of a registration for full sets. */
  reactivateValidator(identity: IdentityId): ConsensusResult<void> {
    return this.#apply(reactivate(this.#state, identity));
  }

  /** A copy of the record, with the documented methods of a {@link Validator}. */
  getValidator(identity: IdentityId): Option<Validator> {
    return O.map((account: ValidatorAccount) => this.#validator(account))(
      O.fromNullable(this.#state.accounts.get(identity)),
    );
  }

  /** In identity order. */
  getActiveValidators(): readonly Validator[] {
    return activeAccounts(this.#state).map((account) => this.#validator(account));
  }

  /** Round robin over the active validators; none when there are none, or for a height or round out of range. */
  selectProposer(height: bigint, round: number): Option<Validator> {
    if (!u64.json.is(height) || !u32.json.is(round)) return O.none;
    const ids = [...this.#state.active.entries()].map(([identity]) => identity);
    const proposer = roundRobinProposer(ids, height, round);
    return proposer === undefined ? O.none : this.getValidator(proposer);
  }

  /**
   * Slashes for an infraction now, with everything that follows (README, Slashing).
   * @param slashPercentage above 0, at most 100, whole
   * @returns total taken: own stake, delegations and entries on their way out
   */
  slashValidator(identity: IdentityId, slashType: SlashType, slashPercentage: number): ConsensusResult<bigint> {
    const refused = percentRefusal(slashPercentage);
    if (refused !== undefined) return E.left(refused);
    const fractionPpm = BigInt(slashPercentage) * PPM_PER_PERCENT;
    return E.map(({ total }: SlashTaken) => total)(this.slashStake({ identity, slashType, fractionPpm }));
  }

  /** Slashes by a fraction, for an infraction at a height that may be in the past. */
  slashStake(order: SlashOrder): ConsensusResult<SlashTaken> {
    return this.#apply(slashStake(this.#state, order));
  }

  /** Convicts of a double sign: correlated fraction, tombstone, earlier convictions near it rise. */
  convict(proven: DoubleSignProven): ConsensusResult<SlashTaken> {
    return this.#apply(convict(this.#state, proven));
  }

  /** Jails without slashing; the later end holds. */
  jailValidator(identity: IdentityId, durationSeconds: bigint): ConsensusResult<void> {
    return this.#apply(jail(this.#state, identity, durationSeconds));
  }

  /** What a liveness fault costs where it takes no stake: `livenessJailSeconds` of the rules in force. */
  jailForLiveness(identity: IdentityId): ConsensusResult<void> {
    return this.jailValidator(identity, this.#state.rules.livenessJailSeconds);
  }

  /** True when the term is over and own stake has its minimum: Active again, in a full set from the boundary. */
  tryReleaseFromJail(identity: IdentityId): ConsensusResult<boolean> {
    return this.#apply(release(this.#state, identity));
  }

  /** @param atSeconds block time of the activity; that of the block in execution where it is left out */
  updateValidatorActivity(identity: IdentityId, atSeconds = secondsOf(this.#state)): ConsensusResult<void> {
    return this.#apply(noteActivity(this.#state, identity, atSeconds));
  }

  /** Registered and active. */
  isValidator(identity: IdentityId): boolean {
    return this.#state.active.has(identity);
  }

  getValidatorStats(): ValidatorStats {
    return statsOf(this.#state);
  }

  /** The least power that is a quorum of the active validators: ⌊2P/3⌋ + 1 (decisions.md §5). */
  getByzantineThreshold(): bigint {
    return byzantineThreshold(this.getValidatorStats().totalVotingPower);
  }

  bondStake(identity: IdentityId, amount: bigint): ConsensusResult<void> {
    return this.#apply(bondStake(this.#state, identity, amount));
  }

  /** Own stake on its way out; below its minimum the validator becomes Inactive. */
  unbondStake(identity: IdentityId, amount: bigint): ConsensusResult<void> {
    return this.#apply(unbondStake(this.#state, identity, amount));
  }

  delegate(request: DelegationRequest): ConsensusResult<void> {
    return this.#apply(delegate(this.#state, request));
  }

  /** @returns what is on its way out: more than asked for when less than 1 ZHTP would stay */
  undelegate(request: DelegationRequest): ConsensusResult<bigint> {
    return this.#apply(undelegate(this.#state, request));
  }

  /** @returns what moved */
  redelegate(request: RedelegationRequest): ConsensusResult<bigint> {
    return this.#apply(redelegate(this.#state, request));
  }

  /** Worth of a delegation today; 0 for whoever has none. */
  delegatedBy(validator: IdentityId, delegator: IdentityId): bigint {
    const account = this.#state.accounts.get(validator);
    if (account === undefined || !isHex32(delegator)) return 0n;
    const held = this.#state.delegations.get(delegationKey(validator, delegator));
    return held === undefined ? 0n : tokensOf(poolOf(account), held.shares);
  }

  /** Whose key this is or ever was. */
  holderOfKey(consensusKey: Uint8Array): Option<IdentityId> {
    return consensusKey instanceof Uint8Array ? O.fromNullable(this.#state.keys.get(bytesToHex(consensusKey))) : O.none;
  }

  rotateKey(rotation: KeyRotation): ConsensusResult<void> {
    return this.#apply(rotateKey(this.#state, rotation));
  }

  changeCommission(identity: IdentityId, commissionRate: number): ConsensusResult<void> {
    return this.#apply(changeCommission(this.#state, identity, commissionRate));
  }

  noteContribution(identity: IdentityId, contribution: Contribution): ConsensusResult<void> {
    return this.#apply(noteContribution(this.#state, identity, contribution));
  }

  applyRules(change: GovernedRules): ConsensusResult<void> {
    return this.#apply(withRules(this.#state, change));
  }

  /** A block begins: its height and time rule from here on, matured stake becomes liquid. */
  beginBlock(block: BlockPoint): ConsensusResult<void> {
    return this.#apply(beginBlock(this.#state, block));
  }

  /** Counts who signed a block. @returns who is at fault by the liveness window */
  countSigning(signing: Signing): ConsensusResult<readonly IdentityId[]> {
    return this.#apply(countSigning(this.#state, signing));
  }

  /** The block ends. @returns the set it decides for two heights later, if that changes */
  endBlock(): ConsensusResult<Option<SetChange>> {
    return E.map((change: SetChange | undefined) => O.fromNullable(change))(this.#apply(endBlock(this.#state)));
  }

  /** The active validators as a frozen set; refused while there are none. */
  freeze(): Either<string, ValidatorSet> {
    return makeValidatorSet(
      activeAccounts(this.#state).map(({ validator: { identity, consensusKey, votingPower } }) => ({
        identity,
        consensusKey,
        votingPower,
      })),
    );
  }

  #validator({ validator, minStake, countedFrom, provenWork }: ValidatorAccount): Validator {
    return Validator.of(validator, { ...this.#state.rules, minStake }, { countedFrom, provenWork });
  }

  #apply<A>(result: StakingResult<A>): ConsensusResult<A> {
    if (E.isLeft(result)) return result;
    this.#state = result.right.state;
    this.#outbox.publish(result.right.events);
    return E.right(result.right.value);
  }
}
