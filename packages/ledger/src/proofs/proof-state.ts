import { STORAGE_BLOCK_BYTES_MIN } from '@zhtp/proofs';
import {
  array,
  hashCodec,
  refine,
  STORAGE_BLOCK_BYTES,
  struct,
  u32,
  u64,
  usefulWorkTypeCodec,
  type Hash,
  type IdentityId,
  type TypeOf,
} from '@zhtp/types';
import { emptyMap, type OrderedMap } from '@zhtp/validators';

const leafBytesCodec = refine(u32, 'blockBytes', (size) =>
  size >= STORAGE_BLOCK_BYTES_MIN && size <= STORAGE_BLOCK_BYTES && (size & (size - 1)) === 0
    ? undefined
    : `blockBytes must be a power of two from ${String(STORAGE_BLOCK_BYTES_MIN)} to ${String(STORAGE_BLOCK_BYTES)}`,
);

export const storageCommitmentFields = {
  root: hashCodec,
  salt: hashCodec,
  /** Bytes of a leaf. */
  blockBytes: leafBytesCodec,
} as const;

/** What a validator commits to hold. */
export const storageCommitmentCodec = struct('StorageCommitment', storageCommitmentFields);
export type StorageCommitment = TypeOf<typeof storageCommitmentCodec>;

/** The same as it stands on chain. */
export const committedStorageCodec = struct('CommittedStorage', {
  ...storageCommitmentFields,
  /** Of the block that holds it: only challenges of later heights, unknown when it was made, are about it. */
  height: u64,
});
export type CommittedStorage = TypeOf<typeof committedStorageCodec>;

/** What a validator showed last. */
export const attestedStorageCodec = struct('AttestedStorage', {
  /** Bytes. */
  capacity: u64,
  /** Whose challenges it answered. */
  challengeHeight: u64,
});
export type AttestedStorage = TypeOf<typeof attestedStorageCodec>;

/** A receipt that counted; its key says whose it was. */
export const usedReceiptCodec = struct('UsedReceipt', { kind: usefulWorkTypeCodec, units: u64 });
export type UsedReceipt = TypeOf<typeof usedReceiptCodec>;

/** Units that receipts have shown. */
export const receiptedUnitsCodec = struct('ReceiptedUnits', { routingWork: u64, computeWork: u64 });
export type ReceiptedUnits = TypeOf<typeof receiptedUnitsCodec>;

/** Epochs over which proven work is averaged (decisions.md §6). */
export const WORK_EPOCHS = 10;

/** A validator's work. */
export const workRecordCodec = struct('WorkRecord', {
  /** Used in this epoch. */
  receipts: u32,
  /** Units of this epoch, by receipts. */
  routingWork: u64,
  computeWork: u64,
  /** Epochs that ended with units of any kind, ascending; those that the mean no longer looks at go with the next entry. */
  past: array(struct('EpochWork', { epoch: u64, units: u64 }), WORK_EPOCHS),
});
export type WorkRecord = TypeOf<typeof workRecordCodec>;

/** What proofs have shown, and what the next ones are held against (economics.md, Proofs). */
export interface ProofState {
  readonly commitments: OrderedMap<IdentityId, CommittedStorage>;
  readonly attested: OrderedMap<IdentityId, AttestedStorage>;
  /** Id of the block before each height of the last epoch (`heightKey`): it decides what that height's challenges ask. */
  readonly previousIds: OrderedMap<string, Hash>;
  /** Number of the epoch that receipts are for: 0 from the first block, one more after each boundary. */
  readonly epoch: bigint;
  /** Receipts that counted in this epoch, and those of earlier ones until they are forgotten. */
  readonly receipts: OrderedMap<string, UsedReceipt>;
  readonly work: OrderedMap<IdentityId, WorkRecord>;
  /** Units shown since the last reward round. */
  readonly unrewarded: OrderedMap<IdentityId, ReceiptedUnits>;
}

export const NO_PROOFS: ProofState = {
  commitments: emptyMap(),
  attested: emptyMap(),
  previousIds: emptyMap(),
  epoch: 0n,
  receipts: emptyMap(),
  work: emptyMap(),
  unrewarded: emptyMap(),
};

/**
 * Of a genesis. Entries of one validator: the last one stands.
 * @param height of genesis, the one before the first block
 */
export const firstProofs = (
  storage: readonly (StorageCommitment & { readonly validator: IdentityId })[],
  height: bigint,
): ProofState => ({
  ...NO_PROOFS,
  commitments: storage.reduce(
    (all, { validator, ...commitment }) => all.with(validator, { ...commitment, height }),
    NO_PROOFS.commitments,
  ),
});
