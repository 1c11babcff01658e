import {
  attestationCheck,
  checkConsensusProof,
  proveOwnStake,
  proveWork,
  requiredProofs,
  type LedgerStake,
} from '@zhtp/proofs';
import {
  floorDiv,
  hash,
  type Block,
  type ConsensusError,
  type ConsensusProof,
  type ConsensusResult,
  type Hash,
  type IdentityId,
  type ProposalProof,
  type ProposalProofRequest,
  type StakeProof,
  type StorageCapacityAttestation,
  type WorkProof,
  ZERO_HASH,
} from '@zhtp/types';
import { delegationKey, poolOf, tokensOf } from '@zhtp/validators';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { setAt } from '../block/frozen-sets.ts';
import type { ChainContext } from '../chain-context.ts';
import { heightKey } from '../chain-domains.ts';
import type { LedgerState } from '../ledger-state.ts';
import type { VerificationLane } from '../verification-lane.ts';
import { attestationAge, attestedGib } from './attested.ts';
import type { StorageCommitment } from './proof-state.ts';

/** Unix seconds of a block time in milliseconds (decisions.md §1). */
const secondsOf = (timeMs: bigint): bigint => floorDiv(timeMs, 1_000n);

/** What a node is asked when its proposal needs an attestation. */
export interface StorageRequest {
  readonly chainId: string;
  readonly validator: IdentityId;
  readonly commitment: StorageCommitment;
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

/** The work that the chain has seen proven of a node, for the proof of this second. */
const issueWork = (
  state: LedgerState,
  validator: IdentityId,
  height: bigint,
  timestamp: bigint,
): ConsensusResult<WorkProof> => {
  const nodeId = hash(validator);
  if (E.isLeft(nodeId)) throw new Error(`broken invariant in ledger: ${nodeId.left}`);
  const storageWork = attestedGib(state, validator, height);
  return proveWork({ routingWork: 0n, storageWork, computeWork: 0n, timestamp, nodeId: nodeId.right });
};

/** The consensus key of a validator at a height: of its frozen set, or of genesis before the first block froze one. */
const keyAt = (state: LedgerState, validator: IdentityId, height: bigint): Uint8Array | undefined =>
  setAt(state.sets, height).find(({ identity }) => identity === validator)?.consensusKey ??
  state.staking.accounts.get(validator)?.validator.consensusKey;

const unable = (reason: string): ProposalProof => ({ _tag: 'Unable', reason });

/** The proof for a block that `proposer` builds on this state. */
export const issueProposalProof = async (
  state: LedgerState,
  { chainId }: ChainContext,
  { height, time, proposer, lastCommit }: ProposalProofRequest,
  prover: StorageProver | undefined,
): Promise<ProposalProof> => {
  const { consensusType } = state.consensus.consensus;
  const required = requiredProofs(consensusType);
  const timestamp = secondsOf(time);
  let proof: ConsensusProof = {
    consensusType,
    stakeProof: O.none,
    storageProof: O.none,
    workProof: O.none,
    zkDidProof: O.none,
    timestamp,
  };
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
    const request = { chainId, validator: proposer, commitment, height, previousId: lastCommit.blockId, timestamp };
    const attestation = await prover(request)();
    if (E.isLeft(attestation)) return unable(attestation.left.message);
    proof = { ...proof, storageProof: O.some(attestation.right) };
  }
  return { _tag: 'Proof', proof };
};

interface StorageJudgement {
  readonly key: Uint8Array;
  readonly root: Hash;
  readonly salt: Hash;
  readonly blockBytes: number;
  readonly prevHash: Hash;
  readonly maxAge: bigint;
}

/** What an attestation is held against, from state and the block that carries it; Left where state has nothing to hold it against. */
const storageContext = (
  state: LedgerState,
  validator: IdentityId,
  attestation: StorageCapacityAttestation,
  height: bigint,
  previousId: Hash,
): Either<string, StorageJudgement> => {
  const commitment = state.proofs.commitments.get(validator);
  if (commitment === undefined) return E.left(`validator ${validator} has committed no storage`);
  const key = keyAt(state, validator, height);
  if (key === undefined) return E.left(`${validator} is no validator`);
  const asked = attestation.challengeResults[0]?.challenge.height;
  const prevHash =
    asked === height || asked === undefined ? previousId : state.proofs.previousIds.get(heightKey(asked));
  return prevHash === undefined
    ? E.left(`challenge of height ${String(asked)} is none of the last epoch`)
    : E.right({ ...commitment, key, prevHash, maxAge: attestationAge(state.staking) });
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
  { chainId, algorithm }: ChainContext,
  lane: VerificationLane,
  block: Block,
): Promise<string | undefined> => {
  const { proof, header, lastCommit } = block;
  const { height, proposer, time } = header;
  const { consensusType, minStake } = state.consensus.consensus;
  let storage: (StorageJudgement & { readonly algorithm: typeof algorithm }) | undefined;
  let signature: 'valid' | 'invalid' | undefined;
  // A surplus proof is refused below, without anything to judge it by.
  if (O.isSome(proof.storageProof) && requiredProofs(consensusType).includes('storageProof')) {
    const attestation = proof.storageProof.value;
    const context = storageContext(state, proposer, attestation, height, lastCommit.blockId);
    if (E.isLeft(context)) return context.left;
    storage = { ...context.right, algorithm };
    const check = attestationCheck({ chainId, algorithm, key: context.right.key }, attestation);
    if (E.isLeft(check)) return check.left.message;
    [signature] = await lane.judge([check.right]);
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
