import { taggedHash } from '@zhtp/crypto';
import { encode, hashCodec, hashToBytes, struct, u64, type Hash, type StorageChallenge } from '@zhtp/types';

/** Indices asked for in one challenge (economics.md, Proofs). */
export const STORAGE_CHALLENGES = 30;

/** What decides a challenge: nothing the prover chooses after its commitment. */
export interface ChallengeSeed {
  readonly validator: Hash;
  readonly root: Hash;
  /** Hash of the block before `height`. */
  readonly prevHash: Hash;
  readonly height: bigint;
  readonly leaves: number;
}

const idInput = encode(struct('ChallengeId', { root: hashCodec, nonce: hashCodec, blockIndex: u64, height: u64 }));

const ordinal = (j: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, j);
  return bytes;
};

/**
 * The thirty challenges of a height: nonce_j = H(previous block hash ‖ validator ‖ j), index_j = nonce_j mod leaves. An index
 * may come up twice, an id does not.
 */
export const storageChallenges = (seed: ChallengeSeed): readonly StorageChallenge[] => {
  const { validator, root, prevHash, height, leaves } = seed;
  const [prev, who] = [hashToBytes(prevHash), hashToBytes(validator)];
  return Array.from({ length: STORAGE_CHALLENGES }, (_, j) => {
    const nonce = taggedHash('zhtp/storage-challenge/v1', prev, who, ordinal(j));
    const blockIndex = BigInt(`0x${nonce}`) % BigInt(leaves);
    const id = taggedHash('zhtp/storage-challenge-id/v1', idInput({ root, nonce, blockIndex, height }));
    return { id, root, nonce, blockIndex, height };
  });
};
