import {
  DELEGATED_PER_OWN_MAX,
  floorDiv,
  maxBigint,
  MICRO_PER_ZHTP,
  minBigint,
  proofVerificationFailed,
  STAKE_PROOF_DELEGATIONS_MAX,
  stakeDelegationCodec,
  stakeProofCodec,
  U64_MAX,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
  type Option,
  type StakeDelegation,
  type StakeProof,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { fails, HOLDS, malformed, type ProofVerdict } from './proof-verdict.ts';
import { malformedAs, notIdentity, notObject, notU64 } from './well-formed.ts';

const COMMISSION_BASIS_POINTS_MAX = 10_000;

/** A proof before anybody delegated: amounts in micro-ZHTP, heights and lock time in blocks. */
export interface OwnStake {
  readonly validator: IdentityId;
  readonly stakedAmount: bigint;
  readonly stakeTxHash: StakeProof['stakeTxHash'];
  readonly stakeHeight: bigint;
  /** Blocks, counted from `stakeHeight`; 0 never expires. */
  readonly lockTime: bigint;
}

/** What the ledger holds of a validator's stake. */
export interface LedgerStake {
  /** Own bonded stake, micro-ZHTP. */
  readonly stakedAmount: bigint;
  readonly stakeTxHash: StakeProof['stakeTxHash'];
  readonly stakeHeight: bigint;
  /** The minimum stake it was admitted under, micro-ZHTP. */
  readonly minStake: bigint;
  /** micro-ZHTP bonded to it by one delegator, 0 for nobody's. */
  readonly delegatedBy: (delegator: IdentityId) => bigint;
}

/** Reads the ledger's state at the height of the block in question; none for who is no validator. */
export type StakeLookup = (validator: IdentityId) => Option<LedgerStake>;

const delegatedTo = (delegations: readonly StakeDelegation[]): bigint =>
  delegations.reduce((sum, { amount }) => sum + amount, 0n);

/** Own and delegated stake, micro-ZHTP. */
export const totalStakeOf = ({ stakedAmount, delegations }: Pick<StakeProof, 'stakedAmount' | 'delegations'>): bigint =>
  stakedAmount + delegatedTo(delegations);

/** Whole ZHTP of own and counted delegated stake, at least 1 (decisions.md §6, ProofOfStake). */
const powerOf = (stakedAmount: bigint, delegated: bigint): bigint =>
  maxBigint(1n, floorDiv(stakedAmount + minBigint(delegated, DELEGATED_PER_OWN_MAX * stakedAmount), MICRO_PER_ZHTP));

/** A proof of own stake without delegations, or why there is none. */
export const proveOwnStake = (own: OwnStake, minStake: bigint): ConsensusResult<StakeProof> => {
  const absent = notObject('stake proof arguments', own);
  if (absent !== undefined) return E.left(absent);
  const { validator, stakedAmount, stakeTxHash, stakeHeight, lockTime } = own;
  const outOfForm = notIdentity('validator', validator) ?? notU64('minStake', minStake);
  if (outOfForm !== undefined) return E.left(outOfForm);
  const amount = notU64('stakedAmount', stakedAmount);
  if (amount !== undefined) return E.left(amount);
  const votingPower = powerOf(stakedAmount, 0n);
  const proof = { validator, stakedAmount, stakeTxHash, stakeHeight, lockTime, delegations: [], votingPower };
  const wrong = malformedStakeProof(proof) ?? belowMinimum(proof, minStake);
  return wrong === undefined ? E.right(proof) : E.left(wrong);
};

const belowMinimum = ({ stakedAmount }: StakeProof, minStake: bigint): ConsensusError | undefined =>
  stakedAmount >= minStake
    ? undefined
    : proofVerificationFailed(
        `Insufficient stake: own stake of ${String(stakedAmount)} micro-ZHTP is below the minimum of ${String(minStake)}`,
        stakedAmount,
      );

const wrongDelegation = (validator: IdentityId, delegation: StakeDelegation): ConsensusError | undefined => {
  const { delegator, amount, commissionRate } = delegation;
  if (amount === 0n) return proofVerificationFailed(`delegation of ${delegator} has amount 0, it must be above 0`, 0n);
  if (commissionRate > COMMISSION_BASIS_POINTS_MAX)
    return proofVerificationFailed(
      `commissionRate of delegator ${delegator} must be from 0 to ${String(COMMISSION_BASIS_POINTS_MAX)} basis points`,
      commissionRate,
    );
  return delegator === validator
    ? proofVerificationFailed(`validator ${validator} delegates to itself: own stake belongs in stakedAmount`)
    : undefined;
};

const tooMuchDelegated = (stakedAmount: bigint, delegated: bigint): ConsensusError | undefined => {
  const limit = DELEGATED_PER_OWN_MAX * stakedAmount;
  if (delegated > limit)
    return proofVerificationFailed(
      `delegations sum to more than ${String(DELEGATED_PER_OWN_MAX)} times the own stake of ${String(stakedAmount)} micro-ZHTP`,
      delegated,
    );
  return stakedAmount + delegated > U64_MAX
    ? proofVerificationFailed(`own and delegated stake together must fit 64 bits`, stakedAmount + delegated)
    : undefined;
};

const wrongDelegations = (proof: StakeProof): ConsensusError | undefined => {
  const seen = new Set<IdentityId>();
  for (const delegation of proof.delegations) {
    const wrong = wrongDelegation(proof.validator, delegation);
    if (wrong !== undefined) return wrong;
    if (seen.has(delegation.delegator))
      return proofVerificationFailed(
        `delegator ${delegation.delegator} is listed twice; one entry holds its whole amount`,
      );
    seen.add(delegation.delegator);
  }
  return tooMuchDelegated(proof.stakedAmount, delegatedTo(proof.delegations));
};

/** Why a stake proof says nothing that could hold: fields out of range, delegations against the rules, a wrong sum. */
export const malformedStakeProof = (proof: StakeProof): ConsensusError | undefined => {
  const wrong = malformedAs(stakeProofCodec, proof) ?? wrongDelegations(proof);
  if (wrong !== undefined) return wrong;
  const votingPower = powerOf(proof.stakedAmount, delegatedTo(proof.delegations));
  return proof.votingPower === votingPower
    ? undefined
    : proofVerificationFailed(`votingPower must be ${String(votingPower)} for this stake`, proof.votingPower);
};

/** The proof with one more delegation. Takes time in the number of delegations already listed. */
export const withDelegation = (proof: StakeProof, delegation: StakeDelegation): ConsensusResult<StakeProof> => {
  const wrong = malformedAs(stakeDelegationCodec, delegation);
  if (wrong !== undefined) return E.left(wrong);
  if (proof.delegations.length >= STAKE_PROOF_DELEGATIONS_MAX)
    return E.left(
      proofVerificationFailed(`a stake proof lists at most ${String(STAKE_PROOF_DELEGATIONS_MAX)} delegations`),
    );
  const delegations = [...proof.delegations, delegation];
  const next = { ...proof, delegations, votingPower: powerOf(proof.stakedAmount, delegatedTo(delegations)) };
  const refused = wrongDelegations(next);
  return refused === undefined ? E.right(next) : E.left(refused);
};

/** stakeHeight ≤ h ≤ stakeHeight + lockTime, both inclusive; a lock time of 0 never expires. */
const outsideLock = ({ stakeHeight, lockTime }: StakeProof, height: bigint): string | undefined => {
  if (height < stakeHeight) return `stake is bonded from height ${String(stakeHeight)}, not yet at ${String(height)}`;
  return lockTime !== 0n && height > stakeHeight + lockTime
    ? `stake was locked until height ${String(stakeHeight + lockTime)}, which is past at ${String(height)}`
    : undefined;
};

/** What the proof claims beyond what the ledger holds. A validator with more than it shows is no contradiction. */
const beyondLedger = (proof: StakeProof, ledger: LedgerStake): string | undefined => {
  if (proof.stakeTxHash !== ledger.stakeTxHash) return `stakeTxHash is ${ledger.stakeTxHash} in the ledger`;
  if (proof.stakeHeight !== ledger.stakeHeight) return `stakeHeight is ${String(ledger.stakeHeight)} in the ledger`;
  if (proof.stakedAmount > ledger.stakedAmount)
    return `own stake is ${String(ledger.stakedAmount)} micro-ZHTP in the ledger, the proof claims ${String(proof.stakedAmount)}`;
  const unbacked = proof.delegations.find(({ delegator, amount }) => amount > ledger.delegatedBy(delegator));
  return unbacked === undefined
    ? undefined
    : `delegator ${unbacked.delegator} has bonded less than ${String(unbacked.amount)} micro-ZHTP in the ledger`;
};

/** What a stake proof is held against. */
export interface StakeContext {
  readonly height: bigint;
  /** micro-ZHTP; the ledger's own figure for the validator takes its place where there is a lookup. */
  readonly minStake: bigint;
  readonly lookup?: StakeLookup | undefined;
}

/** Judges a stake proof, by itself or against the ledger (economics.md, Proofs). */
export const judgeStakeProof = (proof: StakeProof, context: StakeContext): ProofVerdict => {
  const absent = notObject('stake context', context);
  if (absent !== undefined) return malformed(absent);
  const { height, minStake, lookup } = context;
  const wrong = notU64('height', height) ?? notU64('minStake', minStake) ?? malformedStakeProof(proof);
  if (wrong !== undefined) return malformed(wrong);
  const ledger = lookup === undefined ? undefined : lookup(proof.validator);
  if (ledger !== undefined && O.isNone(ledger))
    return fails(`Validator not found: ${proof.validator} has no stake in the ledger`);
  const poor = belowMinimum(proof, ledger === undefined ? minStake : ledger.value.minStake);
  const reason =
    poor?.message ??
    outsideLock(proof, height) ??
    (ledger === undefined ? undefined : beyondLedger(proof, ledger.value));
  return reason === undefined ? HOLDS : fails(reason);
};
