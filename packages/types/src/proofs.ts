import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { postQuantumSignatureCodec } from './signature.ts';

/** How voting power is earned and which proof a proposal carries (decisions.md §6). */
export const consensusTypeCodec = C.literals('ConsensusType', {
  ProofOfStake: 0,
  ProofOfStorage: 1,
  ProofOfUsefulWork: 2,
  Hybrid: 3,
  ByzantineFaultTolerance: 4,
});
export type ConsensusType = C.TypeOf<typeof consensusTypeCodec>;

/** Most delegations one stake proof may list (economics.md, Proofs). */
export const STAKE_PROOF_DELEGATIONS_MAX = 1_000;

/** What one delegator put behind a validator, as a stake proof lists it. */
export const stakeDelegationCodec = C.struct('StakeDelegation', {
  delegator: identityCodec,
  /** micro-ZHTP. */
  amount: C.u64,
  txHash: hashCodec,
  /** Seconds. */
  timestamp: C.u64,
  /** Basis points, 0 to 10 000. */
  commissionRate: C.u16,
});
export type StakeDelegation = C.TypeOf<typeof stakeDelegationCodec>;

/** A validator's own stake with its lock, and the delegations behind it (economics.md, Proofs). */
export const stakeProofCodec = C.struct('StakeProof', {
  validator: identityCodec,
  /** Own stake, micro-ZHTP. */
  stakedAmount: C.u64,
  stakeTxHash: hashCodec,
  stakeHeight: C.u64,
  /** Blocks; 0 never expires. */
  lockTime: C.u64,
  delegations: C.array(stakeDelegationCodec, STAKE_PROOF_DELEGATIONS_MAX),
  votingPower: C.u64,
});
export type StakeProof = C.TypeOf<typeof stakeProofCodec>;

/** Leaves of a storage proof are blocks of this many bytes (economics.md, Proofs). */
export const STORAGE_BLOCK_BYTES = 262_144;
/** Longest Merkle path: 2⁴⁰ leaves of 256 KiB. */
export const STORAGE_PATH_MAX = 40;
/** Most challenge results one attestation may carry. */
export const STORAGE_CHALLENGES_MAX = 64;

/** Which block of committed bytes is asked for: it follows from the previous block, so provers do not choose. */
export const storageChallengeCodec = C.struct('StorageChallenge', {
  id: hashCodec,
  root: hashCodec,
  nonce: hashCodec,
  blockIndex: C.u64,
  height: C.u64,
});
export type StorageChallenge = C.TypeOf<typeof storageChallengeCodec>;

/** The answer: that block and its Merkle path to the committed root. */
export const storageChallengeProofCodec = C.struct('StorageChallengeProof', {
  block: C.bytes(STORAGE_BLOCK_BYTES),
  path: C.array(hashCodec, STORAGE_PATH_MAX),
});
export type StorageChallengeProof = C.TypeOf<typeof storageChallengeProofCodec>;

/** What the prover says became of a challenge; whoever verifies looks for itself. */
export const challengeOutcomeCodec = C.union('ChallengeOutcome', {
  Valid: [0, {}],
  Invalid: [1, { reason: C.text(256) }],
  Expired: [2, {}],
});
export type ChallengeOutcome = C.TypeOf<typeof challengeOutcomeCodec>;

/** A challenge with its answer. */
export const challengeResultCodec = C.struct('ChallengeResult', {
  challenge: storageChallengeCodec,
  proof: storageChallengeProofCodec,
  result: challengeOutcomeCodec,
});
export type ChallengeResult = C.TypeOf<typeof challengeResultCodec>;

/** A validator's signed statement of the bytes it holds, with answered challenges (economics.md, Proofs). */
export const storageCapacityAttestationCodec = C.struct('StorageCapacityAttestation', {
  validatorId: hashCodec,
  /** Bytes. */
  storageCapacity: C.u64,
  /** Percent, 0 to 100. */
  utilization: C.u64,
  challengeResults: C.array(challengeResultCodec, STORAGE_CHALLENGES_MAX),
  /** Seconds. */
  timestamp: C.u64,
  signature: postQuantumSignatureCodec,
});
export type StorageCapacityAttestation = C.TypeOf<typeof storageCapacityAttestationCodec>;

/** Work of one node; `hash` covers all fields, the node's id and the time (economics.md, Proofs). */
export const workProofCodec = C.struct('WorkProof', {
  /** Units of work of each kind, as proven. */
  routingWork: C.u64,
  storageWork: C.u64,
  computeWork: C.u64,
  /** ⌊routingWork / 1000⌋. */
  routesHandled: C.u64,
  /** As `storageWork`. */
  dataStored: C.u64,
  /** As `computeWork`. */
  computationsPerformed: C.u64,
  /** 0 to 1; exact parts per million inside. */
  qualityScore: C.f64,
  uptimeHours: C.u64,
  /** routingWork · 1024. */
  bandwidthProvided: C.u64,
  hash: hashCodec,
  nonce: C.u64,
});
export type WorkProof = C.TypeOf<typeof workProofCodec>;

/** Longest zk-DID proof carried in a proposal. */
export const ZK_DID_PROOF_BYTES_MAX = 65_536;

/** What a first proposer shows for its right to build; part of the block, unchanged on re-proposal (protocol.md, Blocks). */
export const consensusProofCodec = C.struct('ConsensusProof', {
  consensusType: consensusTypeCodec,
  stakeProof: C.option(stakeProofCodec),
  storageProof: C.option(storageCapacityAttestationCodec),
  workProof: C.option(workProofCodec),
  zkDidProof: C.option(C.bytes(ZK_DID_PROOF_BYTES_MAX)),
  /** Seconds; equal to ⌊header.time / 1000⌋. */
  timestamp: C.u64,
});
export type ConsensusProof = C.TypeOf<typeof consensusProofCodec>;
