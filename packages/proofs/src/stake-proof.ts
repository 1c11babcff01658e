import {
  DEFAULT_CONSENSUS_CONFIG,
  rewardError,
  type ConsensusResult,
  type Hash,
  type IdentityId,
  type StakeDelegation,
  type StakeProof as StakeProofRecord,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { Subject, type Observable } from 'rxjs';
import { delegationRewards, type DelegatorReward } from './delegation-rewards.ts';
import { asBoolean } from './proof-verdict.ts';
import {
  judgeStakeProof,
  malformedStakeProof,
  proveOwnStake,
  totalStakeOf,
  withDelegation,
  type OwnStake,
  type StakeLookup,
} from './stake-rules.ts';
import { notObject, notU64 } from './well-formed.ts';

/** A delegation was added; published after it counts. */
export interface DelegationAdded {
  readonly _tag: 'DelegationAdded';
  readonly validator: IdentityId;
  readonly delegation: StakeDelegation;
}

/** What `create` takes: the five documented arguments, and the minimum the stake is held to. */
export interface StakeProofArguments extends OwnStake {
  /** micro-ZHTP; the default configuration's 1000 ZHTP when left out. */
  readonly minStake?: bigint;
}

/**
 * Proof of stake (API reference, Proof Systems). It has the fields of the record that travels in a proposal and can be
 * encoded as one. What it proves is decided with the ledger's state: give `verify` a lookup.
 */
export class StakeProof implements StakeProofRecord {
  #proof: StakeProofRecord;
  readonly #minStake: bigint;
  readonly #events$ = new Subject<DelegationAdded>();

  /** Delegations as they are added; nothing is replayed. */
  readonly events$: Observable<DelegationAdded> = this.#events$.asObservable();

  private constructor(proof: StakeProofRecord, minStake: bigint) {
    this.#proof = proof;
    this.#minStake = minStake;
  }

  /**
   * Refused: a malformed identity (IdentityError); own stake below the minimum ("Insufficient stake"), amounts, heights or
   * hashes out of form (ProofVerificationFailed).
   */
  static create(own: StakeProofArguments): ConsensusResult<StakeProof> {
    const wrong = notObject('stake proof arguments', own);
    if (wrong !== undefined) return E.left(wrong);
    const { minStake = DEFAULT_CONSENSUS_CONFIG.minStake } = own;
    return E.map((proof: StakeProofRecord) => new StakeProof(proof, minStake))(proveOwnStake(own, minStake));
  }

  /** A proof as it came out of a proposal; refused when malformed, not when it does not hold. */
  static fromRecord(
    record: StakeProofRecord,
    minStake: bigint = DEFAULT_CONSENSUS_CONFIG.minStake,
  ): ConsensusResult<StakeProof> {
    const wrong = malformedStakeProof(record) ?? notU64('minStake', minStake);
    if (wrong !== undefined) return E.left(wrong);
    const { validator, stakedAmount, stakeTxHash, stakeHeight, lockTime, delegations, votingPower } = record;
    return E.right(
      new StakeProof(
        { validator, stakedAmount, stakeTxHash, stakeHeight, lockTime, delegations: [...delegations], votingPower },
        minStake,
      ),
    );
  }

  get validator(): IdentityId {
    return this.#proof.validator;
  }
  /** Own stake, micro-ZHTP. */
  get stakedAmount(): bigint {
    return this.#proof.stakedAmount;
  }
  get stakeTxHash(): Hash {
    return this.#proof.stakeTxHash;
  }
  get stakeHeight(): bigint {
    return this.#proof.stakeHeight;
  }
  /** Blocks; 0 never expires. */
  get lockTime(): bigint {
    return this.#proof.lockTime;
  }
  get delegations(): readonly StakeDelegation[] {
    return this.#proof.delegations;
  }
  /** Whole ZHTP of own and delegated stake, at least 1. */
  get votingPower(): bigint {
    return this.#proof.votingPower;
  }

  /** The fields as a plain record. */
  toRecord(): StakeProofRecord {
    return this.#proof;
  }

  /**
   * Refused with ProofVerificationFailed, and nothing changes: amount 0, commission above 10 000 basis points, a delegator
   * already listed, the validator itself, more than 1000 delegations, more than ten times the own stake.
   */
  addDelegation(delegation: StakeDelegation): ConsensusResult<void> {
    const next = withDelegation(this.#proof, delegation);
    if (E.isLeft(next)) return next;
    this.#proof = next.right;
    this.#events$.next({ _tag: 'DelegationAdded', validator: this.validator, delegation });
    return E.right(undefined);
  }

  /**
   * Whether own stake reaches the minimum and is locked at this height; with a lookup also whether the ledger holds what is
   * claimed, under the validator's own minimum.
   * @param lookup reads the ledger's state at the height of the block
   */
  verify(currentHeight: bigint, lookup?: StakeLookup): ConsensusResult<boolean> {
    return asBoolean(judgeStakeProof(this.#proof, { height: currentHeight, minStake: this.#minStake, lookup }));
  }

  /** Own and delegated stake, micro-ZHTP. */
  totalStake(): bigint {
    return totalStakeOf(this.#proof);
  }

  /**
   * The delegators' parts of a reward, commission taken, in the order of `delegations`; the rest is the validator's.
   * @param totalRewards micro-ZHTP, 0 to 2⁶⁴ − 1, else a RewardError
   */
  calculateDelegationRewards(totalRewards: bigint): ConsensusResult<readonly DelegatorReward[]> {
    const wrong = notU64('totalRewards', totalRewards);
    return wrong === undefined
      ? E.right(delegationRewards(this.#proof, totalRewards))
      : E.left(rewardError(wrong.message));
  }
}
