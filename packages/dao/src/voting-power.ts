import {
  boolean,
  daoError,
  floorDiv,
  MICRO_PER_ZHTP,
  minBigint,
  mistypedFields,
  mulDivFloor,
  u32,
  u64,
  type ConsensusResult,
} from '@zhtp/types';
import { either as E } from 'fp-ts';

/** What voting power is made of. Whole ZHTP, the sole exception to micro units (economics.md, Governance). */
export interface VotingPowerComponents {
  /** Whole ZHTP. */
  readonly tokenBalance: bigint;
  /** Whole ZHTP. */
  readonly stakedAmount: bigint;
  /** Counts up to 100. */
  readonly networkContributionScore: number;
  /** Counts up to 100. */
  readonly reputationScore: number;
  readonly delegatedPower: bigint;
}

/** No account carries more, whatever it holds. */
export const VOTING_POWER_MAX = 1_000_000n;
/** Whole ZHTP per unit of power; the parameter `votingUnitZhtp` of a chain. */
export const VOTING_UNIT_ZHTP = 10_000n;
const SCORE_MAX = 100n;

/** ⌊⌊b·(200+c)/200⌋·(400+r)/400⌋ + delegated, at most {@link VOTING_POWER_MAX}. */
const powerOfBase = (base: bigint, contribution: number, reputation: number, delegated: bigint): bigint => {
  const c = minBigint(BigInt(contribution), SCORE_MAX);
  const r = minBigint(BigInt(reputation), SCORE_MAX);
  const contributed = mulDivFloor(base, 200n + c, 200n);
  return minBigint(mulDivFloor(contributed, 400n + r, 400n) + delegated, VOTING_POWER_MAX);
};

const holdings = (tokens: bigint, stake: bigint, unit: bigint): bigint =>
  floorDiv(tokens, unit) + 2n * floorDiv(stake, unit);

const COMPONENT_CODECS = {
  tokenBalance: u64,
  stakedAmount: u64,
  networkContributionScore: u32,
  reputationScore: u32,
  delegatedPower: u64,
} as const;

/**
 * Voting power of someone whose person counts 1, with tokens and twice the stake in units of 10 000 ZHTP, raised by half
 * for full contribution and by a quarter for full reputation (economics.md, Governance). DaoError for a component outside
 * its type.
 */
export const calculateVotingPower = (components: VotingPowerComponents): ConsensusResult<bigint> => {
  const wrong = mistypedFields(COMPONENT_CODECS, components);
  if (wrong !== undefined) return E.left(daoError(wrong));
  const { tokenBalance, stakedAmount, networkContributionScore, reputationScore, delegatedPower } = components;
  const base = 1n + holdings(tokenBalance, stakedAmount, VOTING_UNIT_ZHTP);
  return E.right(powerOfBase(base, networkContributionScore, reputationScore, delegatedPower));
};

/** What an account's own weight on a chain is made of; amounts in micro-ZHTP. */
export interface AccountHoldings {
  readonly liquidBalance: bigint;
  /** Own bonded stake. What is unbonding counts nothing. */
  readonly bondedStake: bigint;
  readonly delegatedOut: bigint;
  /** 0 without a contribution port. */
  readonly contributionScore: number;
  /** min(100, validator reputation at the start of the epoch), 0 for everyone else. */
  readonly reputationScore: number;
  /** Whether the zk-DID port attested a person: new accounts would be free votes otherwise. */
  readonly isAttested: boolean;
}

const HOLDINGS_CODECS = {
  liquidBalance: u64,
  bondedStake: u64,
  delegatedOut: u64,
  contributionScore: u32,
  reputationScore: u32,
  isAttested: boolean,
} as const;

const isHoldings = (account: AccountHoldings): boolean => mistypedFields(HOLDINGS_CODECS, account) === undefined;

/**
 * w(a): an account's weight on a chain, without anything delegated to it. Pools and the treasury have none: the caller
 * leaves them out.
 * 0 for what has no such holdings.
 * @param unitZhtp the chain parameter `votingUnitZhtp`, at least 1
 */
export const ownWeight = (account: AccountHoldings, unitZhtp: bigint = VOTING_UNIT_ZHTP): bigint => {
  if (!u64.json.is(unitZhtp) || unitZhtp === 0n || !isHoldings(account)) return 0n;
  const tokens = floorDiv(account.liquidBalance, MICRO_PER_ZHTP);
  const stake = floorDiv(account.bondedStake + account.delegatedOut, MICRO_PER_ZHTP);
  const person = account.isAttested ? 1n : 0n;
  return powerOfBase(
    person + holdings(tokens, stake, unitZhtp),
    account.contributionScore,
    account.reputationScore,
    0n,
  );
};
