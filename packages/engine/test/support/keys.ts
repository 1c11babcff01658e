import { taggedHash, keyPairFromSeed } from '@zhtp/crypto';
import { encodeUtf8, hashToBytes, type KeyPair } from '@zhtp/types';

const made = new Map<string, KeyPair>();

/** The consensus key of a validator, the same in every run. */
export const keyOf = (name: string): KeyPair => {
  const known = made.get(name);
  if (known !== undefined) return known;
  const keyPair = keyPairFromSeed('ML-DSA-65', hashToBytes(taggedHash('test/key', encodeUtf8(name))));
  made.set(name, keyPair);
  return keyPair;
};
