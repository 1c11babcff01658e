import { bytesToHex, encodeUtf8, type Json } from '@zhtp/types';
import {
  DEVELOPMENT_SCRYPT_COST,
  encryptKeyFile,
  identityOf,
  keyPairFromSeed,
  merkleRoot,
  SIGNATURE_ALGORITHMS,
  signMessage,
  sha256,
  taggedHash,
  type KeyFile,
} from '@zhtp/crypto';

/** Bytes 0, 1, 2, … */
export const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i & 0xff);

export const GOLDEN_PASSPHRASE = 'correct horse battery staple';

/** What later versions must still give and open. */
export const goldenHashes = (): Json => ({
  taggedHash: [
    { tag: 'zhtp/test/v1', parts: [], hash: taggedHash('zhtp/test/v1') },
    { tag: 'zhtp/test/v1', parts: ['00'], hash: taggedHash('zhtp/test/v1', counting(1)) },
    { tag: 'zhtp/test/v2', parts: ['00'], hash: taggedHash('zhtp/test/v2', counting(1)) },
  ],
  merkleRootOfCountingLeaves: Array.from({ length: 18 }, (_, size) =>
    merkleRoot(Array.from({ length: size }, (_leaf, i) => counting(i))),
  ),
  identities: SIGNATURE_ALGORITHMS.map((algorithm) => ({
    algorithm,
    identity: identityOf(algorithm, keyPairFromSeed(algorithm, counting(32)).publicKey),
  })),
  deterministicVoteSignatures: SIGNATURE_ALGORITHMS.map((algorithm) => ({
    algorithm,
    sha256: bytesToHex(
      sha256(
        signMessage(keyPairFromSeed(algorithm, counting(32)), 'zhtp/vote/v1', encodeUtf8('golden'), { deterministic: true }),
      ),
    ),
  })),
});

export const goldenKeyFiles = (): readonly KeyFile[] =>
  SIGNATURE_ALGORITHMS.map((algorithm) =>
    encryptKeyFile({
      keyPair: keyPairFromSeed(algorithm, counting(32)),
      passphrase: GOLDEN_PASSPHRASE,
      kdf: DEVELOPMENT_SCRYPT_COST,
      random: counting,
    }),
  );
