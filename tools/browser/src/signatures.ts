import {
  decryptKeyFile,
  defaultBackendChoice,
  DEVELOPMENT_SCRYPT_COST,
  encryptKeyFile,
  keyPairFromSeed,
  merkleProof,
  merkleRoot,
  signMessage,
  systemRandom,
  verifyMerkleProof,
  verifyMessage,
  type KeyFile,
} from '@zhtp/crypto';
import { bytesToHex, encodeUtf8, hexToBytes, type KeyPair, type SignatureAlgorithm, type Validity } from '@zhtp/types';
import { either as E } from 'fp-ts';

/** Key pairs that page and Node.js both can make. */
export const testKeyPair = (algorithm: SignatureAlgorithm, seed: number): KeyPair =>
  keyPairFromSeed(algorithm, new Uint8Array(32).fill(seed));

/** Which ML-DSA is used here, and why. */
export const chosenBackend = (algorithm: SignatureAlgorithm): string => defaultBackendChoice(algorithm).reason;

/** A hedged signature by the back end at hand, in hex. */
export const signed = (algorithm: SignatureAlgorithm, seed: number, text: string): string =>
  bytesToHex(signMessage(testKeyPair(algorithm, seed), 'zhtp/vote/v1', encodeUtf8(text)));

export const verdictOn = (algorithm: SignatureAlgorithm, seed: number, text: string, signature: string): Validity => {
  const bytes = hexToBytes(signature);
  const { publicKey } = testKeyPair(algorithm, seed);
  return E.isLeft(bytes)
    ? 'invalid'
    : verifyMessage(algorithm, publicKey, 'zhtp/vote/v1', encodeUtf8(text), bytes.right);
};

/** A key file as it would be stored. */
export const sealedKeyFile = (seed: number, passphrase: string): KeyFile =>
  encryptKeyFile({
    keyPair: testKeyPair('ML-DSA-65', seed),
    passphrase,
    kdf: DEVELOPMENT_SCRYPT_COST,
    random: systemRandom,
  });

/** The secret of a key file in hex, or the tag of the refusal. */
export const openedKeyFile = (file: KeyFile, passphrase: string): string => {
  const opened = decryptKeyFile(file, passphrase);
  return E.isLeft(opened) ? opened.left._tag : bytesToHex(opened.right.secretKey);
};

/** Root of a tree of so many leaves, and what its proofs say of the right leaf and of another one. */
export const merkleTree = (size: number) => {
  const leaves = Array.from({ length: size }, (_, i) => encodeUtf8(`leaf ${String(i)}`));
  const root = merkleRoot(leaves);
  const proofs = leaves.map((_, index) => merkleProof(leaves, index));
  return {
    root,
    own: proofs.map((proof, i) => verifyMerkleProof({ root, leaf: encodeUtf8(`leaf ${String(i)}`), ...proof })),
    other: proofs.map((proof) => verifyMerkleProof({ root, leaf: encodeUtf8('no leaf'), ...proof })),
  };
};
