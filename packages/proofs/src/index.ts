export {
  attestationCheck,
  judgeAttestation,
  type AttestationContext,
  type UnsignedAttestation,
} from './attestation-rules.ts';
export {
  bbsZkDidVerifier,
  ZK_DID_CREDENTIAL_HEADER,
  zkDidPresentationHeader,
  type BbsIssuer,
  type BbsLibrary,
  type BbsProofCheck,
} from './bbs-zk-did.ts';
export { blobReader, fileReader, type BlockReader, type ReadableFile, type SliceableBlob } from './block-reader.ts';
export {
  checkConsensusProof,
  requiredProofs,
  verifyConsensusProof,
  type ConsensusProofContext,
} from './consensus-proof.ts';
export type { DelegatorReward } from './delegation-rewards.ts';
export type { ProofVerdict } from './proof-verdict.ts';
export {
  issueReceipt,
  judgeReceipt,
  receiptCheck,
  receiptCodec,
  type AccountKey,
  type AccountKeyLookup,
  type Receipt,
  type ReceiptContent,
  type ReceiptContext,
} from './receipt.ts';
export { ReceiptBook, type ReceiptAccepted, type ReceiptedWork } from './receipt-book.ts';
export { StakeProof, type DelegationAdded, type StakeProofArguments } from './stake-proof.ts';
export {
  judgeStakeProof,
  proveOwnStake,
  withDelegation,
  type LedgerStake,
  type OwnStake,
  type StakeContext,
  type StakeLookup,
} from './stake-rules.ts';
export { StorageCapacityAttestation, type AttestationSigning } from './storage-capacity-attestation.ts';
export { STORAGE_CHALLENGES } from './storage-challenge.ts';
export { STORAGE_BLOCK_BYTES_MIN, type StorageOwner } from './storage-leaf.ts';
export { proveStorage, type ChallengeMoment } from './storage-prover.ts';
export { commitStorage, KEPT_NODES_MAX, type StorageCommitmentArguments, type StorageTree } from './storage-tree.ts';
export type { WorkUnits } from './work-quality.ts';
export { WorkProof, type WorkProofArguments } from './work-proof.ts';
export { judgeWorkProof, proveWork, type UptimeSource, type WorkContext, type WorkOrigin } from './work-rules.ts';
export { verifyZkDid, type ZkDidClaim, type ZkDidVerifier } from './zk-did.ts';
