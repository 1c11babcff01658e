import { noProof, secondsOf } from '@zhtp/chain';
import {
  attestationCheck,
  checkConsensusProof,
  proveOwnStake,
  proveWork,
  requiredProofs,
  type LedgerStake,
} from '@zhtp/proofs';
import {
  hash,
  type Block,
  type ConsensusError,
  type ConsensusResult,
  type Hash,
  type IdentityId,
  type ProposalProof,
  type ProposalProofRequest,
  type StakeProof,
  type StorageCapacityAttestation,
  type WorkProof,
  type Validity,
  ZERO_HASH,
} from '@zhtp/types';
import { delegationKey, poolOf, tokensOf } from '@zhtp/validators';
import { either as E, option as O } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ChainContext } from '../chain-context.ts';
import type { LedgerState } from '../ledger-state.ts';
import type { VerificationLane } from '../verification-lane.ts';
import { attestedGib } from './attested.ts';
import { consensusKeyAt } from './consensus-key.ts';
import type { CommittedStorage } from './proof-state.ts';
import { parentIdOf, storageJudgement, type StorageJudgement } from './storage-judgement.ts';
import { NO_WORK_RECORD } from './work-record.ts';

/** Unix seconds of a block time in milliseconds (decisions.md §1). */

/** What a node is asked when its proposal needs an attestation. */
export interface StorageRequest {
  readonly chainId: string;
  readonly validator: IdentityId;
  readonly commitment: CommittedStorage;
  /** The validator's key at that height, which must sign; undefined for one that has none. */
  readonly consensusKey: Uint8Array | undefined;
  /** The height whose thirty challenges are to be answered, and the block before it, which decides what they ask. */
  readonly height: bigint;
  readonly previousId: Hash;
  /** Unix seconds. */
  readonly timestamp: bigint;
}

/** Answers challenges from the bytes that a validator holds, and signs. An older answer will do while it is fresh: one epoch. */
export type StorageProver = (
  request: StorageRequest,
) => TaskEither<{ readonly message: string }, StorageCapacityAttestation>;

/** Stake has no transaction on record: it is held against the account as it stands, from the first block on. */
const STAKE_ORIGIN = { stakeTxHash: ZERO_HASH, stakeHeight: 0n };

/** What the ledger holds of a validator's stake; none for who is no validator. */
const ledgerStake = ({ staking }: LedgerState, validator: IdentityId): O.Option<LedgerStake> => {
  const account = staking.accounts.get(validator);
  if (account === undefined) return O.none;
  return O.some({
    ...STAKE_ORIGIN,
    stakedAmount: account.validator.stake,
    minStake: account.minStake,
    delegatedBy: (delegator) => {
      const held = staking.delegations.get(delegationKey(validator, delegator));
      return held === undefined ? 0n : tokensOf(poolOf(account), held.shares);
    },
  });
};

const issueStake = (state: LedgerState, validator: IdentityId): ConsensusResult<StakeProof> => {
  const held = ledgerStake(state, validator);
  const { stakedAmount, minStake } = O.isSome(held) ? held.value : { stakedAmount: 0n, minStake: 1n };
  // The ledger issues a lock time of 0: it never expires (economics.md, Proofs).
  return proveOwnStake({ validator, stakedAmount, ...STAKE_ORIGIN, lockTime: 0n }, minStake);
};

/** The work that the chain has seen proven of a node in this epoch, for the proof of this second. */
const issueWork = (
  state: LedgerState,
  validator: IdentityId,
  height: bigint,
  timestamp: bigint,
): ConsensusResult<WorkProof> => {
  const nodeId = hash(validator);
  if (E.isLeft(nodeId)) throw new Error(`broken invariant in ledger: ${nodeId.left}`);
  const storageWork = attestedGib(state, validator, height);
  const { routingWork, computeWork } = state.proofs.work.get(validator) ?? NO_WORK_RECORD;
  return proveWork({ routingWork, storageWork, computeWork, timestamp, nodeId: nodeId.right });
};

const unable = (reason: string): ProposalProof => ({ _tag: 'Unable', reason });

/** The proof for a block that `proposer` builds on this state. */
export const issueProposalProof = async (
  state: LedgerState,
  chain: ChainContext,
  { height, time, proposer, lastCommit }: ProposalProofRequest,
  prover: StorageProver | undefined,
): Promise<ProposalProof> => {
  const { consensusType } = state.consensus.consensus;
  const required = requiredProofs(consensusType);
  const nothing = noProof(consensusType, time);
  const { timestamp } = nothing;
  let proof = nothing;
  if (required.includes('stakeProof')) {
    const stake = issueStake(state, proposer);
    if (E.isLeft(stake)) return unable(stake.left.message);
    proof = { ...proof, stakeProof: O.some(stake.right) };
  }
  if (required.includes('workProof')) {
    const work = issueWork(state, proposer, height, timestamp);
    if (E.isLeft(work)) return unable(work.left.message);
    proof = { ...proof, workProof: O.some(work.right) };
  }
  if (required.includes('storageProof')) {
    const commitment = state.proofs.commitments.get(proposer);
    if (commitment === undefined) return unable(`validator ${proposer} has committed no storage: commit root and salt`);
    if (prover === undefined)
      return unable(`${consensusType} requires a storage proof: give the ledger a storageProver that holds the bytes`);
    const { chainId } = chain;
    const previousId = parentIdOf(state, chain, lastCommit);
    const consensusKey = consensusKeyAt(state, proposer, height);
    const request = { chainId, validator: proposer, commitment, consensusKey, height, previousId, timestamp };
    const attestation = await prover(request)();
    if (E.isLeft(attestation)) return unable(attestation.left.message);
    proof = { ...proof, storageProof: O.some(attestation.right) };
  }
  return { _tag: 'Proof', proof };
};

/** The work shown must be what the chain has seen. */
const inflated = (state: LedgerState, block: Block): ConsensusError | string | undefined => {
  if (O.isNone(block.proof.workProof)) return undefined;
  const { height, proposer, time } = block.header;
  const { hash: given } = block.proof.workProof.value;
  const issued = issueWork(state, proposer, height, secondsOf(time));
  if (E.isLeft(issued)) return issued.left;
  return issued.right.hash === given ? undefined : 'workProof shows other work than the chain has seen';
};

/** Why the proof of a proposed block does not hold on the state before it; undefined when it does. */
export const refusedProof = async (
  state: LedgerState,
  chain: ChainContext,
  lane: VerificationLane,
  block: Block,
): Promise<string | undefined> => {
  const { chainId, algorithm } = chain;
  const { proof, header, lastCommit } = block;
  const { height, proposer, time } = header;
  const { consensusType, minStake } = state.consensus.consensus;
  let storage: (StorageJudgement & { readonly algorithm: typeof algorithm }) | undefined;
  let signature: Validity | undefined;
  // A surplus proof is refused below, without anything to judge it by.
  if (O.isSome(proof.storageProof) && requiredProofs(consensusType).includes('storageProof')) {
    const attestation = proof.storageProof.value;
    const previousId = parentIdOf(state, chain, lastCommit);
    const context = storageJudgement(state, { validator: proposer, attestation, height, previousId });
    if (E.isLeft(context)) return context.left;
    storage = { ...context.right, algorithm };
    const check = attestationCheck({ chainId, algorithm, key: context.right.key }, attestation);
    if (E.isLeft(check)) return check.left.message;
    const checks = [check.right];
    signature = await new Promise<Validity>((resolve) => {
      lane.judge(checks, 'now', resolve);
    });
  }
  const checked = checkConsensusProof(proof, {
    chainId,
    consensusType,
    proposer,
    height,
    timestamp: secondsOf(time),
    stake: { minStake, lookup: (validator) => ledgerStake(state, validator) },
    work: {},
    ...(storage === undefined ? {} : { storage: { ...storage, signature: signature ?? 'invalid' } }),
  });
  if (E.isLeft(checked)) return checked.left.message;
  const wrong = inflated(state, block);
  return typeof wrong === 'object' ? wrong.message : wrong;
};
