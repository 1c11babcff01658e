import {
  createEventOutbox,
  found,
  rewardError,
  u64,
  type ConsensusResult,
  type IdentityId,
  type RewardRound,
  type RewardStatistics,
  type UsefulWorkType,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Observable } from 'rxjs';
import { mistyped, notAnObject } from './refusals.ts';
import {
  distribute,
  emptyBook,
  noteCalculated,
  paidRound,
  statisticsOf,
  withTreasury,
  type RewardBook,
  type RewardReceiver,
} from './reward-distribution.ts';
import { DEFAULT_REWARD_RULES, refusedBaseReward, rewardRules, type RewardRules } from './reward-rules.ts';
import { calculateRound } from './round-rewards.ts';
import { membersOf, type RewardedRegistry, type RewardedSet, type Signers } from './set-members.ts';
import { withMultiplier, type WorkMultipliers } from './work-multiplier.ts';
import type { ProvenWork } from './work-units.ts';

/** What happened to a calculator. Amounts in micro-ZHTP. */
export type RewardEvent =
  | { readonly _tag: 'RewardsDistributed'; readonly round: RewardRound }
  | { readonly _tag: 'BaseRewardAdjusted'; readonly baseReward: bigint }
  | {
      readonly _tag: 'WorkMultiplierUpdated';
      readonly workType: UsefulWorkType;
      readonly multiplier: number;
    };

/** What `create` may be told; {@link DEFAULT_REWARD_RULES} otherwise. */
export interface RewardCalculatorOptions extends Partial<RewardRules> {
  /** In existence before the first round, micro-ZHTP; default 0. */
  readonly supply?: bigint;
  /** Takes what is distributed, all of a round or nothing; without one the calculator only keeps account. */
  readonly receiver?: RewardReceiver;
}

/** What a round is calculated from beside the documented arguments. */
export interface RoundExtras {
  /** Who signed the previous block, from its certificate; default: every member of the set. */
  readonly signers?: Signers;
  /** Work proven since the last round; default: none but validation. */
  readonly work?: ProvenWork;
  /** Block time, unix seconds; default 0. */
  readonly time?: bigint;
  /** The frozen set of the previous height; default: the active validators with their present power. */
  readonly set?: RewardedSet;
}

const isReceiver = (value: unknown): value is RewardReceiver =>
  typeof value === 'object' && value !== null && 'receive' in value && typeof value.receive === 'function';

/**
 * The documented calculator of block rewards (economics.md, Rewards). `new RewardCalculator()` starts with the default
 * rules and nothing minted; {@link RewardCalculator.create} takes others.
 */
export class RewardCalculator {
  #book: RewardBook = emptyBook(DEFAULT_REWARD_RULES, 0n);
  #receiver: RewardReceiver | undefined;
  #isPaying = false;
  readonly #outbox = createEventOutbox<RewardEvent>();

  /** What happened, in order, after it has; nothing is replayed. */
  readonly events$: Observable<RewardEvent> = this.#outbox.events$;

  /** Refused with a RewardError: rules out of range, a supply above maxSupply, a receiver that cannot receive. */
  static create(options: RewardCalculatorOptions = {}): ConsensusResult<RewardCalculator> {
    const untyped = notAnObject('the options', options);
    if (untyped !== undefined) return E.left(untyped);
    const { supply = 0n, receiver, ...partial } = options;
    const rules = rewardRules(partial);
    if (E.isLeft(rules)) return rules;
    const refused =
      mistyped('supply', u64, supply) ??
      (supply <= rules.right.maxSupply
        ? undefined
        : rewardError(`supply must be at most maxSupply, ${String(rules.right.maxSupply)}`, supply)) ??
      (receiver === undefined || isReceiver(receiver)
        ? undefined
        : rewardError(`receiver is ${found(receiver)}, it must have a method receive`));
    if (refused !== undefined) return E.left(refused);
    const calculator = new RewardCalculator();
    calculator.#book = emptyBook(rules.right, supply);
    calculator.#receiver = receiver;
    return E.right(calculator);
  }

  /**
   * The rewards for signing the block before `height`. Pays nothing: {@link distributeRewards} does. The same arguments
   * give the same round; of a height that is paid, the round it was paid by. Refused with a RewardError: a height below 2, a
   * signer outside the set or listed twice, work that nothing proves, values out of range.
   */
  calculateRoundRewards(
    validatorManager: RewardedRegistry,
    currentHeight: bigint,
    extras: RoundExtras = {},
  ): ConsensusResult<RewardRound> {
    const untyped = mistyped('currentHeight', u64, currentHeight) ?? notAnObject('the extras', extras);
    if (untyped !== undefined) return E.left(untyped);
    const before = paidRound(this.#book, currentHeight);
    if (before !== undefined) return before;
    const { work = new Map(), time = 0n } = extras;
    const members = membersOf(validatorManager, extras);
    if (E.isLeft(members)) return members;
    const { rules, supply } = this.#book;
    const round = calculateRound(rules, { height: currentHeight, time, supply, members: members.right, work });
    if (E.isRight(round)) this.#book = noteCalculated(this.#book, round.right);
    return round;
  }

  /**
   * Pays a calculated round: a height once, the same round again is no error and pays nothing. Refused with a RewardError:
   * a round that was not calculated here or was changed since, another one for a paid height, one that the supply has no
   * room for any more, and whatever the receiver refuses; nothing has happened then.
   */
  distributeRewards(rewardRound: RewardRound): ConsensusResult<void> {
    const distribution = distribute(this.#book, rewardRound);
    if (E.isLeft(distribution)) return distribution;
    if (!distribution.right.hasPaid) return E.right(undefined);
    if (this.#isPaying)
      return E.left(rewardError('a round is being paid; distribute the next one when the receiver has answered'));
    this.#isPaying = true;
    const received = this.#receive(rewardRound);
    this.#isPaying = false;
    if (E.isLeft(received)) return received;
    // Rules and calculated rounds may have changed meanwhile: a receiver may call back.
    const { rules, calculated } = this.#book;
    this.#book = withTreasury({ ...distribution.right.book, rules, calculated }, received.right);
    this.#outbox.publish([{ _tag: 'RewardsDistributed', round: rewardRound }]);
    return E.right(undefined);
  }

  /** Over the rounds distributed so far, micro-ZHTP. */
  getRewardStats(): RewardStatistics {
    return statisticsOf(this.#book);
  }

  /**
   * From the next calculation on. Refused with a RewardError: what is no kind of work, a multiplier below 0, above 100 or
   * between two steps of 0.0001.
   */
  updateWorkMultiplier(workType: UsefulWorkType, multiplier: number): ConsensusResult<void> {
    const workMultipliers = withMultiplier(this.#book.rules.workMultipliers, workType, multiplier);
    if (E.isLeft(workMultipliers)) return workMultipliers;
    this.#withRules({ workMultipliers: workMultipliers.right });
    this.#outbox.publish([{ _tag: 'WorkMultiplierUpdated', workType, multiplier }]);
    return E.right(undefined);
  }

  /**
   * From the next calculation on. Refused with a RewardError: an amount above {@link BASE_REWARD_MAX}.
   * @param newBaseReward micro-ZHTP per block; 0 ends emission
   */
  adjustBaseReward(newBaseReward: bigint): ConsensusResult<void> {
    const refused = refusedBaseReward(newBaseReward);
    if (refused !== undefined) return E.left(refused);
    this.#withRules({ baseReward: newBaseReward });
    this.#outbox.publish([{ _tag: 'BaseRewardAdjusted', baseReward: newBaseReward }]);
    return E.right(undefined);
  }

  /** In existence now: what there was at the start and what rounds have minted, micro-ZHTP. */
  getSupply(): bigint {
    return this.#book.supply;
  }

  /** What rounds have brought the treasury so far, micro-ZHTP. */
  getTreasury(): bigint {
    return this.#book.treasury;
  }

  /** What rounds have brought a validator so far, before commission and delegators, micro-ZHTP; 0 for a stranger. */
  getEarned(validator: IdentityId): bigint {
    return this.#book.earned.get(validator) ?? 0n;
  }

  #receive({ validatorRewards }: RewardRound): ConsensusResult<bigint> {
    if (this.#receiver === undefined) return E.right(0n);
    const inOrder = [...validatorRewards].sort(([a], [b]) => (a < b ? -1 : 1));
    return this.#receiver.receive(new Map(inOrder.map(([validator, { totalReward }]) => [validator, totalReward])));
  }

  #withRules(changed: { readonly baseReward?: bigint; readonly workMultipliers?: WorkMultipliers }): void {
    this.#book = { ...this.#book, rules: { ...this.#book.rules, ...changed } };
  }
}
