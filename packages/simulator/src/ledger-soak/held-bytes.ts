import { blobReader, commitStorage, proveStorage, type BlockReader, type StorageTree } from '@zhtp/proofs';
import type { StorageCommitment } from '@zhtp/ledger';
import { hash, hashToBytes, type Hash, type IdentityId, type StorageCapacityAttestation } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { nullSignatureOf } from './cast.ts';

/** Small: thirty blocks travel in every attestation. */
const BLOCK_BYTES = 1_024;
const SIZE_UNIT = 23;

const right = <A>(answer: Either<{ readonly message: string } | string, A>): A => {
  if (E.isRight(answer)) return answer.right;
  throw new Error(typeof answer.left === 'string' ? answer.left : answer.left.message);
};

/** What somebody holds follows from who it is: a few bytes or a few blocks. */
const bytesOf = (owner: Hash): BlockReader => {
  const [length = 0, fill = 0] = hashToBytes(owner);
  return blobReader(new Blob([new Uint8Array(1 + length * SIZE_UNIT).fill(fill)]));
};

const treeOf = async (owner: Hash, salt: Hash, reader: BlockReader): Promise<StorageTree> =>
  right(await commitStorage({ validator: owner, salt, blockBytes: BLOCK_BYTES }, reader)());

/** A commitment to the bytes that this validator holds. */
export const commitmentOf = async (validator: IdentityId, salt: Hash): Promise<StorageCommitment> => {
  const owner = right(hash(validator));
  const { root } = await treeOf(owner, salt, bytesOf(owner));
  return { root, salt, blockBytes: BLOCK_BYTES };
};

/** What is asked of whom, by the state or by a ledger that proposes. */
export interface HeldRequest {
  readonly validator: IdentityId;
  readonly salt: Hash;
  readonly height: bigint;
  readonly previousId: Hash;
  readonly consensusKey: Uint8Array;
}

/** Answers a challenge about them, signed by the test-only null scheme. */
export const attestationOf = async (request: HeldRequest): Promise<StorageCapacityAttestation> => {
  const { validator, salt, height, previousId, consensusKey } = request;
  const owner = right(hash(validator));
  const reader = bytesOf(owner);
  const tree = await treeOf(owner, salt, reader);
  return {
    validatorId: owner,
    storageCapacity: BigInt(reader.size),
    utilization: 10n,
    challengeResults: right(await proveStorage(tree, reader, { prevHash: previousId, height })()),
    timestamp: 0n,
    signature: { algorithm: 'ML-DSA-65', signature: nullSignatureOf(consensusKey), publicKey: O.none },
  };
};
