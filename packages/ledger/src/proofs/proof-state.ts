import { STORAGE_BLOCK_BYTES_MIN } from '@zhtp/proofs';
import {
  hashCodec,
  refine,
  STORAGE_BLOCK_BYTES,
  struct,
  u32,
  u64,
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

/** What a validator committed to hold, before any challenge about it. */
export const storageCommitmentCodec = struct('StorageCommitment', storageCommitmentFields);
export type StorageCommitment = TypeOf<typeof storageCommitmentCodec>;

/** What a validator showed last. */
export const attestedStorageCodec = struct('AttestedStorage', {
  /** Bytes. */
  capacity: u64,
  /** Whose challenges it answered. */
  challengeHeight: u64,
});
export type AttestedStorage = TypeOf<typeof attestedStorageCodec>;

/** What proofs have shown, and what the next ones are held against (economics.md, Proofs). */
export interface ProofState {
  readonly commitments: OrderedMap<IdentityId, StorageCommitment>;
  readonly attested: OrderedMap<IdentityId, AttestedStorage>;
  /** Id of the block before each height of the last epoch (`heightKey`): it decides what that height's challenges ask. */
  readonly previousIds: OrderedMap<string, Hash>;
}

export const NO_PROOFS: ProofState = { commitments: emptyMap(), attested: emptyMap(), previousIds: emptyMap() };

/** Of a genesis. Entries of one validator: the last one stands. */
export const firstProofs = (
  storage: readonly (StorageCommitment & { readonly validator: IdentityId })[],
): ProofState => ({
  ...NO_PROOFS,
  commitments: storage.reduce(
    (all, { validator, ...commitment }) => all.with(validator, commitment),
    NO_PROOFS.commitments,
  ),
});
