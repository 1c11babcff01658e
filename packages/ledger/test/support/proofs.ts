import { schemeOf } from '@zhtp/crypto';
import { blobReader, commitStorage, proveStorage, type Receipt, type StorageTree } from '@zhtp/proofs';
import {
  hash,
  type Hash,
  type IdentityId,
  type PostQuantumSignature,
  type StorageCapacityAttestation,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import { ALGORITHM, hashOf, right } from './chain.ts';

/** Of the right length; whether it holds is said beside it in tests of the executor. */
const BLANK_SIGNATURE: PostQuantumSignature = {
  algorithm: ALGORITHM,
  signature: new Uint8Array(schemeOf(ALGORITHM).signatureBytes),
  publicKey: O.none,
};

export const unsignedAttestation = (validator: IdentityId): StorageCapacityAttestation => ({
  validatorId: right(hash(validator)),
  storageCapacity: 1n,
  utilization: 1n,
  challengeResults: [],
  timestamp: 0n,
  signature: BLANK_SIGNATURE,
});

export const unsignedReceipt = (fields: Pick<Receipt, 'prover' | 'client'> & Partial<Receipt>): Receipt => ({
  kind: 'NetworkRouting',
  units: 10n,
  epoch: 0n,
  sequence: 0n,
  signature: BLANK_SIGNATURE,
  ...fields,
});

/** Bytes that a validator holds, and how it answers for them. */
export interface HeldBytes {
  readonly tree: StorageTree;
  readonly attest: (challenge: {
    readonly height: bigint;
    readonly prevHash: Hash;
    readonly capacity?: bigint;
  }) => Promise<StorageCapacityAttestation>;
}

/** @param fill what the bytes are: other bytes, another root */
export const holdBytes = async (validator: IdentityId, size = 3_000, fill = 7): Promise<HeldBytes> => {
  const reader = blobReader(new Blob([new Uint8Array(size).fill(fill)]));
  const owner = right(hash(validator));
  const tree = right(await commitStorage({ validator: owner, salt: hashOf(9), blockBytes: 1_024 }, reader)());
  return {
    tree,
    attest: async ({ height, prevHash, capacity = BigInt(size) }) => ({
      validatorId: owner,
      storageCapacity: capacity,
      utilization: 50n,
      challengeResults: right(await proveStorage(tree, reader, { prevHash, height })()),
      timestamp: 1n,
      signature: BLANK_SIGNATURE,
    }),
  };
};
