import {
  bytesToHex,
  checkedAddU64,
  decode,
  encode,
  floorDiv,
  found,
  hexToBytes,
  rewardError,
  rewardRoundCodec,
  type ConsensusResult,
  type IdentityId,
  type RewardRound,
  type RewardStatistics,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { isPaid, withPaid, type PaidHeights } from './paid-heights.ts';
import type { RewardRules } from './reward-rules.ts';

/** Where distributed rewards go. {@link DelegatorRewards} is one; a ledger another. */
export interface RewardReceiver {
  /**
   * Takes all of it or, with a Left, nothing.
   * @param rewards by validator in identity order, before commission, micro-ZHTP
   * @returns what of it is the treasury's after all, micro-ZHTP
   */
  receive(rewards: ReadonlyMap<IdentityId, bigint>): ConsensusResult<bigint>;
}

/** Everything a calculator remembers. Amounts in micro-ZHTP. */
export interface RewardBook {
  readonly rules: RewardRules;
  /** In existence now. */
  readonly supply: bigint;
  /** What rounds have brought the treasury so far. */
  readonly treasury: bigint;
  /** What rounds have brought each validator so far, before commission. */
  readonly earned: ReadonlyMap<IdentityId, bigint>;
  readonly totalRounds: bigint;
  readonly totalRewardsDistributed: bigint;
  readonly paidHeights: PaidHeights;
  /** Canonical bytes in hex of the latest rounds that were calculated, oldest first. */
  readonly calculated: ReadonlySet<string>;
  /** The latest distributed rounds by height, oldest first. */
  readonly distributed: ReadonlyMap<bigint, string>;
}

/** How many calculated and how many distributed rounds are remembered. */
const ROUNDS_REMEMBERED = 100;

/** A book that has paid nothing yet. */
export const emptyBook = (rules: RewardRules, supply: bigint): RewardBook => ({
  rules,
  supply,
  treasury: 0n,
  earned: new Map(),
  totalRounds: 0n,
  totalRewardsDistributed: 0n,
  paidHeights: [],
  calculated: new Set(),
  distributed: new Map(),
});

const bytesOf = encode(rewardRoundCodec);
const roundFrom = decode(rewardRoundCodec);
const contentOf = (round: RewardRound): string => bytesToHex(bytesOf(round));

/** The newest of a list whose oldest come first. */
const newest = <A>(all: readonly A[]): readonly A[] => all.slice(-ROUNDS_REMEMBERED);

/** A round was calculated: only such a one is ever paid, whatever its bearer says. */
export const noteCalculated = (book: RewardBook, round: RewardRound): RewardBook => {
  const content = contentOf(round);
  const others = [...book.calculated].filter((known) => known !== content);
  return { ...book, calculated: new Set(newest([...others, content])) };
};

const withEarnings = (book: RewardBook, { validatorRewards }: RewardRound): ReadonlyMap<IdentityId, bigint> => {
  const earned = new Map(book.earned);
  for (const [validator, { totalReward }] of validatorRewards)
    earned.set(validator, (earned.get(validator) ?? 0n) + totalReward);
  return earned;
};

/** The book after a distribution, and whether anything was paid. */
export interface Distribution {
  readonly book: RewardBook;
  readonly hasPaid: boolean;
}

const paid = (book: RewardBook, round: RewardRound, content: string): ConsensusResult<RewardBook> => {
  const { height, totalRewards, treasuryShare } = round;
  const supply = checkedAddU64(book.supply, totalRewards + treasuryShare);
  if (supply === undefined || supply > book.rules.maxSupply)
    return E.left(
      rewardError(
        `the round of height ${String(height)} would lift the supply above the ${String(book.rules.maxSupply)} of maxSupply; calculate it again`,
        totalRewards + treasuryShare,
      ),
    );
  return E.right({
    ...book,
    supply,
    treasury: book.treasury + treasuryShare,
    earned: withEarnings(book, round),
    totalRounds: book.totalRounds + 1n,
    totalRewardsDistributed: book.totalRewardsDistributed + totalRewards,
    paidHeights: withPaid(book.paidHeights, height),
    distributed: new Map(newest([...book.distributed, [height, content]])),
  });
};

/**
 * Pays a round: each height once (economics.md, Rewards). The same round again pays nothing and is no error. Refused with a
 * RewardError: a round that was not calculated here or was changed since, another one for a height that is paid, one that
 * the supply has no room for any more.
 */
export const distribute = (book: RewardBook, round: RewardRound): ConsensusResult<Distribution> => {
  if (!rewardRoundCodec.json.is(round))
    return E.left(rewardError(`the round is ${found(round)} or has fields out of range; give one that was calculated`));
  const content = contentOf(round);
  const { height } = round;
  if (isPaid(book.paidHeights, height)) {
    const known = book.distributed.get(height) ?? content;
    return known === content
      ? E.right({ book, hasPaid: false })
      : E.left(rewardError(`height ${String(height)} was paid by another round; a height is paid once`, height));
  }
  if (!book.calculated.has(content))
    return E.left(
      rewardError(
        `this round of height ${String(height)} is none of the last calculated ones; calculate it first`,
        height,
      ),
    );
  return E.map((after: RewardBook): Distribution => ({ book: after, hasPaid: true }))(paid(book, round, content));
};

/** What a receiver passed on is the treasury's too. */
export const withTreasury = (book: RewardBook, amount: bigint): RewardBook => ({
  ...book,
  treasury: book.treasury + amount,
});

/** The round that a height was paid by; a RewardError when it is too long ago to be kept; undefined when it is unpaid. */
export const paidRound = (book: RewardBook, height: bigint): ConsensusResult<RewardRound> | undefined => {
  if (!isPaid(book.paidHeights, height)) return undefined;
  const content = book.distributed.get(height);
  const bytes = content === undefined ? E.left('') : hexToBytes(content);
  const round = E.isLeft(bytes) ? bytes : roundFrom(bytes.right);
  return E.isRight(round)
    ? round
    : E.left(rewardError(`height ${String(height)} is paid, and its round is no longer kept`, height));
};

/** Counts what was distributed; the average rounds down and is 0 before the first round. */
export const statisticsOf = ({ rules, totalRounds, totalRewardsDistributed }: RewardBook): RewardStatistics => ({
  totalRounds,
  totalRewardsDistributed,
  averageRewardsPerRound: totalRounds === 0n ? 0n : floorDiv(totalRewardsDistributed, totalRounds),
  currentBaseReward: rules.baseReward,
});
