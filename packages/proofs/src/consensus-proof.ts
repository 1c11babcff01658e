import {
  consensusProofCodec,
  consensusTypeCodec,
  found,
  hash,
  invalidConsensusType,
  proofVerificationFailed,
  type ConsensusError,
  type ConsensusProof,
  type ConsensusResult,
  type ConsensusType,
  type IdentityId,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { judgeAttestation, malformedChainId, type AttestationContext } from './attestation-rules.ts';
import { asRequired } from './proof-verdict.ts';
import { judgeStakeProof, type StakeLookup } from './stake-rules.ts';
import { judgeWorkProof, type UptimeSource } from './work-rules.ts';
import { malformedAs, notIdentity, notObject, notU64 } from './well-formed.ts';
import { NO_ZK_DID_VERIFIER, verifyZkDid, type ZkDidVerifier } from './zk-did.ts';

type ProofField = 'stakeProof' | 'storageProof' | 'workProof';

const PROOF_FIELDS: readonly ProofField[] = ['stakeProof', 'storageProof', 'workProof'];

/**
 * The proofs a proposal carries under each consensus type, all of them and no other (decisions.md §6). Undefined for what is
 * no consensus type: no list, not the empty one.
 */
export function requiredProofs(consensusType: ConsensusType): readonly ProofField[];
export function requiredProofs(consensusType: unknown): readonly ProofField[] | undefined;
export function requiredProofs(consensusType: unknown): readonly ProofField[] | undefined {
  if (!consensusTypeCodec.json.is(consensusType)) return undefined;
  switch (consensusType) {
    case 'ProofOfStake':
      return ['stakeProof'];
    case 'ProofOfStorage':
      return ['storageProof'];
    case 'ProofOfUsefulWork':
      return ['workProof'];
    case 'Hybrid':
      return ['stakeProof', 'storageProof'];
    case 'ByzantineFaultTolerance':
      return [];
  }
}

/** Whose proof it is, where it is to count, and what the ledger says there. */
export interface ConsensusProofContext {
  readonly chainId: string;
  /** The chain's consensus type, from its parameters. */
  readonly consensusType: ConsensusType;
  /** The block's first builder, header.proposer. */
  readonly proposer: IdentityId;
  readonly height: bigint;
  /** ⌊header.time / 1000⌋. */
  readonly timestamp: bigint;
  readonly stake?: { readonly minStake: bigint; readonly lookup?: StakeLookup };
  readonly storage?: Omit<AttestationContext, 'chainId' | 'height'>;
  readonly work?: {
    /** Timestamp of the proposer's last work proof that counted. */
    readonly after?: bigint;
    readonly uptime?: UptimeSource;
  };
  readonly zkDid?: ZkDidVerifier;
}

const malformedContext = (context: ConsensusProofContext): ConsensusError | undefined => {
  const { chainId, consensusType, proposer, height, timestamp } = context;
  if (!consensusTypeCodec.json.is(consensusType))
    return invalidConsensusType(`consensusType must be one of the five documented ones, got ${found(consensusType)}`);
  return (
    malformedChainId(chainId) ??
    notIdentity('proposer', proposer) ??
    notU64('height', height) ??
    notU64('timestamp', timestamp)
  );
};

/** A proof too few makes the proposal invalid; one too many would be bytes that nobody judges. */
const missingOrSurplus = (proof: ConsensusProof): ConsensusError | undefined => {
  const { consensusType } = proof;
  const required = requiredProofs(consensusType);
  const list = required.length === 0 ? 'no proof' : required.join(' and ');
  const wrong = PROOF_FIELDS.find((field) => (proof[field]._tag === 'Some') !== required.includes(field));
  if (wrong === undefined) return undefined;
  return proofVerificationFailed(
    required.includes(wrong)
      ? `${wrong} is missing: ${consensusType} requires ${list}`
      : `${wrong} does not belong here: ${consensusType} requires ${list}`,
  );
};

const unjudgeable = (field: ProofField, part: string): ConsensusResult<void> =>
  E.left(proofVerificationFailed(`${field} cannot be judged: the context holds nothing under ${part}`));

const notOf = (field: string, owner: string, proposer: IdentityId): ConsensusResult<void> =>
  E.left(proofVerificationFailed(`${field} is of validator ${owner}, the block of ${proposer}`));

const checkStake = (proof: ConsensusProof, context: ConsensusProofContext): ConsensusResult<void> => {
  if (O.isNone(proof.stakeProof)) return E.right(undefined);
  const { stake, proposer, height } = context;
  if (stake === undefined) return unjudgeable('stakeProof', 'stake');
  const { value } = proof.stakeProof;
  return value.validator === proposer
    ? asRequired(judgeStakeProof(value, { ...stake, height }))
    : notOf('stakeProof', value.validator, proposer);
};

const checkStorage = (proof: ConsensusProof, context: ConsensusProofContext): ConsensusResult<void> => {
  if (O.isNone(proof.storageProof)) return E.right(undefined);
  const { storage, proposer, height, chainId } = context;
  if (storage === undefined) return unjudgeable('storageProof', 'storage');
  const { value } = proof.storageProof;
  return String(value.validatorId) === String(proposer)
    ? asRequired(judgeAttestation(value, { ...storage, chainId, height }))
    : notOf('storageProof', value.validatorId, proposer);
};

const checkWork = (proof: ConsensusProof, context: ConsensusProofContext): ConsensusResult<void> => {
  if (O.isNone(proof.workProof)) return E.right(undefined);
  const { work, proposer, timestamp } = context;
  const nodeId = hash(proposer);
  return E.isLeft(nodeId)
    ? E.left(proofVerificationFailed(nodeId.left))
    : asRequired(judgeWorkProof(proof.workProof.value, { ...work, nodeId: nodeId.right, timestamp }));
};

/** The fields that bind the proof to its block. */
const misplaced = (proof: ConsensusProof, context: ConsensusProofContext): ConsensusError | undefined => {
  if (proof.consensusType !== context.consensusType)
    return invalidConsensusType(`consensusType is ${proof.consensusType}, the chain runs ${context.consensusType}`);
  return proof.timestamp === context.timestamp
    ? undefined
    : proofVerificationFailed(`timestamp must be ${String(context.timestamp)}, the block's second`, proof.timestamp);
};

/**
 * Everything about a proposal's proof that needs no waiting: type, time, exactly the proofs its type requires, each of them
 * valid and the proposer's. Left: InvalidConsensusType, ProofVerificationFailed with the reason, or ZkError for a zkDidProof
 * where no verifier is configured; whether a zkDidProof holds is for {@link verifyConsensusProof}.
 */
export const checkConsensusProof = (proof: ConsensusProof, context: ConsensusProofContext): ConsensusResult<void> => {
  const wrong =
    notObject('consensus proof', proof) ??
    notObject('consensus proof context', context) ??
    malformedContext(context) ??
    malformedAs(consensusProofCodec, proof) ??
    misplaced(proof, context) ??
    missingOrSurplus(proof);
  if (wrong !== undefined) return E.left(wrong);
  if (O.isSome(proof.zkDidProof) && context.zkDid === undefined) return E.left(NO_ZK_DID_VERIFIER);
  for (const check of [checkStake, checkStorage, checkWork]) {
    const checked = check(proof, context);
    if (E.isLeft(checked)) return checked;
  }
  return E.right(undefined);
};

/** {@link checkConsensusProof}, then the zk-DID proof where there is one. */
export const verifyConsensusProof =
  (proof: ConsensusProof, context: ConsensusProofContext): TaskEither<ConsensusError, void> =>
  async () => {
    const checked = checkConsensusProof(proof, context);
    if (E.isLeft(checked) || O.isNone(proof.zkDidProof)) return checked;
    const { chainId, proposer, zkDid } = context;
    const verdict = await verifyZkDid({ chainId, identity: proposer, proof: proof.zkDidProof.value }, zkDid)();
    if (E.isLeft(verdict)) return verdict;
    return verdict.right
      ? E.right(undefined)
      : E.left(proofVerificationFailed(`zkDidProof does not hold for ${proposer} on this chain`));
  };
