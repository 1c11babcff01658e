import { keyPairFromSeed, taggedHash } from '@zhtp/crypto';
import { encodeUtf8, identityId, type Hash, type IdentityId, type KeyPair, type StakeDelegation } from '@zhtp/types';
import { blobReader, commitStorage, proveStorage, StorageCapacityAttestation, type BlockReader } from '@zhtp/proofs';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';

export const ZHTP = 1_000_000n;
export const CHAIN_ID = 'zhtp-test';

export const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

export const hashOf = (name: string): Hash => taggedHash('test', encodeUtf8(name));
export const identity = (name: string): IdentityId => right(identityId(hashOf(name)));

export const delegation = (name: string, amount: bigint, commissionRate = 0): StakeDelegation => ({
  delegator: identity(name),
  amount,
  txHash: hashOf(`tx ${name}`),
  timestamp: 1_700_000_000n,
  commissionRate,
});

/** Bytes that differ in every block. */
export const sampleBytes = (length: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let i = 0; i < length; i += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    bytes[i] = state & 0xff;
  }
  return bytes;
};

export const memoryReader = (bytes: Uint8Array<ArrayBuffer>): BlockReader => blobReader(new Blob([bytes]));

export const VALIDATOR = hashOf('validator');
export const SALT = hashOf('salt');
export const PREV_HASH = hashOf('block 99');
export const HEIGHT = 100n;
export const BLOCK_BYTES = 1024;

let keys: KeyPair | undefined;
/** ML-DSA-65, made once. */
export const keyPair = (): KeyPair => (keys ??= keyPairFromSeed('ML-DSA-65', new Uint8Array(32).fill(7)));

/** A signed attestation over so many bytes, and what the ledger knows of it. */
export const attested = async (length = 20_000) => {
  const reader = memoryReader(sampleBytes(length));
  const tree = right(await commitStorage({ validator: VALIDATOR, salt: SALT, blockBytes: BLOCK_BYTES }, reader)());
  const challengeResults = right(await proveStorage(tree, reader, { prevHash: PREV_HASH, height: HEIGHT })());
  const attestation = right(
    StorageCapacityAttestation.create({
      validatorId: VALIDATOR,
      storageCapacity: BigInt(length),
      utilization: 40n,
      challengeResults,
      timestamp: 1_700_000_000n,
    }),
  );
  const signed = right(attestation.sign(keyPair(), { chainId: CHAIN_ID, deterministic: true }));
  const context = {
    chainId: CHAIN_ID,
    key: keyPair().publicKey,
    root: tree.root,
    salt: SALT,
    blockBytes: BLOCK_BYTES,
    prevHash: PREV_HASH,
    height: HEIGHT,
    maxAge: 100n,
  } as const;
  return { reader, tree, attestation, signed, context };
};
