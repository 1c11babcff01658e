import {
  found,
  identityCodec,
  mulDivFloor,
  rewardError,
  u16,
  u64,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { mistyped, notAnObject } from './refusals.ts';
import { shareOf, sumOf } from './round-rewards.ts';
import { orderedMembers, type SetMember } from './set-members.ts';
import { BASIS_POINTS } from './work-multiplier.ts';

/** Who gets which part of a block's fees, basis points; the four parts after the proposer's make a whole. */
export interface FeeShares {
  readonly ubi: number;
  readonly validators: number;
  readonly governance: number;
  readonly treasury: number;
  /** Off the top, and only where a proposer is named: under weighted rotation. */
  readonly proposer: number;
}

/** 45, 30, 15 and 10 %, after a tenth for the proposer (economics.md, Rewards). */
export const DEFAULT_FEE_SHARES: FeeShares = {
  ubi: 4_500,
  validators: 3_000,
  governance: 1_500,
  treasury: 1_000,
  proposer: 1_000,
};

/** Fees of one block and who is to share them. */
export interface FeeInput {
  /** micro-ZHTP. */
  readonly fees: bigint;
  /** The whole frozen set of the block's height; who signed is in the next block's certificate. */
  readonly members: readonly SetMember[];
  /** Proposer of the block, under weighted rotation only. */
  readonly proposer?: IdentityId;
  /** Default: {@link DEFAULT_FEE_SHARES}. */
  readonly shares?: FeeShares;
}

/** Fees by where they go, micro-ZHTP; all of it together is what was paid. */
export interface FeeSplit {
  readonly ubi: bigint;
  readonly governance: bigint;
  readonly treasury: bigint;
  /** Before commission, in identity order; the proposer's part is in its own. */
  readonly validators: ReadonlyMap<IdentityId, bigint>;
}

const FIELDS = ['ubi', 'validators', 'governance', 'treasury', 'proposer'] as const;

/** Why shares are refused, or undefined. */
const refusedFeeShares = (shares: FeeShares): ConsensusError | undefined => {
  const untyped = notAnObject('the fee shares', shares);
  if (untyped !== undefined) return untyped;
  const wrong = FIELDS.find((field) => !u16.json.is(shares[field]) || BigInt(shares[field]) > BASIS_POINTS);
  if (wrong !== undefined)
    return rewardError(`fee share ${wrong} is ${found(shares[wrong])}, it must be from 0 to 10000 basis points`);
  const sum = shares.ubi + shares.validators + shares.governance + shares.treasury;
  return BigInt(sum) === BASIS_POINTS
    ? undefined
    : rewardError('the fee shares ubi, validators, governance and treasury must add up to 10000 basis points', sum);
};

const part = (amount: bigint, basisPoints: number): bigint => mulDivFloor(amount, BigInt(basisPoints), BASIS_POINTS);

const split = (
  { fees, proposer }: FeeInput,
  shares: FeeShares,
  members: readonly SetMember[],
): ConsensusResult<FeeSplit> => {
  if (proposer !== undefined && members.every(({ identity }) => identity !== proposer))
    return E.left(rewardError(`proposer ${found(proposer)} is not in the set of the block`));
  const toProposer = proposer === undefined ? 0n : part(fees, shares.proposer);
  const rest = fees - toProposer;
  const ubi = part(rest, shares.ubi);
  const governance = part(rest, shares.governance);
  const pool = part(rest, shares.validators);
  const totalPower = sumOf(members, ({ votingPower }) => votingPower);
  const validators = new Map<IdentityId, bigint>();
  for (const { identity, votingPower, hasSigned } of members) {
    const own = hasSigned ? shareOf(pool, votingPower, totalPower) : 0n;
    if (hasSigned || identity === proposer) validators.set(identity, own + (identity === proposer ? toProposer : 0n));
  }
  const treasury = fees - ubi - governance - sumOf(validators.values(), (amount) => amount);
  return E.right({ ubi, governance, treasury, validators });
};

/**
 * Splits the fees of one block: validators by power over the whole set, signers only; absentees' shares and every
 * remainder are the treasury's (economics.md, Rewards). Conserves the fees to the unit.
 */
export const splitFees = (input: FeeInput): ConsensusResult<FeeSplit> => {
  const untyped = notAnObject('the input of a fee split', input);
  if (untyped !== undefined) return E.left(untyped);
  const { shares = DEFAULT_FEE_SHARES } = input;
  const refused =
    mistyped('fees', u64, input.fees) ??
    refusedFeeShares(shares) ??
    (input.proposer === undefined ? undefined : mistyped('proposer', identityCodec, input.proposer));
  if (refused !== undefined) return E.left(refused);
  return E.chain((members: readonly SetMember[]) => split(input, shares, members))(orderedMembers(input.members));
};
