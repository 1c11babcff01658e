import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { bytesToHex, encodeUtf8, type KeyPair, type RandomBytes } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { equalBytes } from './bytes.ts';
import { scrypt, scryptCostFault, STANDARD_SCRYPT_COST, type ScryptCost } from './kdf.ts';
import {
  associatedData,
  KEY_FILE_VERSION,
  malformed,
  NONCE_BYTES,
  parseKeyFile,
  printKeyFile,
  SALT_BYTES,
  type KeyFile,
  type KeyFileError,
  type ParsedKeyFile,
} from './key-file-format.ts';
import { keyPairFromSeed } from './signer.ts';

const CIPHER_KEY_BYTES = 32;

/** Unicode writes one visible text in several ways; NFKC makes keyboards and systems agree on one. */
const passphraseBytes = (passphrase: string): Uint8Array => encodeUtf8(passphrase.normalize('NFKC'));

const cipherKey = (passphrase: string, kdf: ParsedKeyFile['kdf']): Uint8Array =>
  scrypt(passphraseBytes(passphrase), kdf.salt, CIPHER_KEY_BYTES, kdf);

/**
 * Encrypts the seed of a key pair under a passphrase: scrypt, then XChaCha20-Poly1305 with all other fields
 * authenticated. How good a passphrase must be is the caller's policy; an empty one protects nothing.
 * @param kdf the cost of guessing, stored in the file; the standard one when left out
 * @param random salt and nonce; must be unpredictable and never repeat
 */
export const encryptKeyFile = (input: {
  readonly keyPair: KeyPair;
  readonly passphrase: string;
  readonly kdf?: ScryptCost;
  readonly random: RandomBytes;
}): KeyFile => {
  const { keyPair, passphrase, kdf: cost = STANDARD_SCRYPT_COST, random } = input;
  assertStorable(keyPair, cost);
  const kdf = { name: 'scrypt', n: cost.n, r: cost.r, p: cost.p, salt: random(SALT_BYTES) } as const;
  const header = { version: KEY_FILE_VERSION, algorithm: keyPair.algorithm, publicKey: keyPair.publicKey, kdf };
  const nonce = random(NONCE_BYTES);
  const key = cipherKey(passphrase, kdf);
  const ciphertext = xchacha20poly1305(key, nonce, associatedData(header)).encrypt(keyPair.secretKey);
  key.fill(0);
  const file = printKeyFile({ ...header, cipher: { name: 'xchacha20-poly1305', nonce, ciphertext } });
  const readBack = parseKeyFile(file);
  if (E.isLeft(readBack)) throw new Error(`a key file that nobody could open: ${readBack.left.message}`);
  return file;
};

/** A file that could not be opened again would be a lost key. */
const assertStorable = ({ algorithm, publicKey, secretKey }: KeyPair, cost: ScryptCost): void => {
  const fault = scryptCostFault(cost);
  if (fault !== undefined) throw new Error(`key file cost: ${fault}`);
  if (!equalBytes(keyPairFromSeed(algorithm, secretKey).publicKey, publicKey))
    throw new Error('the public key of this key pair is not the one of its secret key');
};

const openSeed = (file: ParsedKeyFile, passphrase: string): Either<KeyFileError, Uint8Array> => {
  const key = cipherKey(passphrase, file.kdf);
  const seed = E.tryCatch(
    () => xchacha20poly1305(key, file.cipher.nonce, associatedData(file)).decrypt(file.cipher.ciphertext),
    (): KeyFileError => ({
      _tag: 'WrongPassphrase',
      message:
        `the passphrase does not open the key file of public key ${bytesToHex(file.publicKey.slice(0, 8))}…: ` +
        'type it again; if it is certainly right, the file was altered: restore it from its backup',
    }),
  );
  key.fill(0);
  return seed;
};

/**
 * Reads and opens a key file.
 * @param file the parsed JSON, trusted in nothing
 * @returns `MalformedKeyFile` and `UnsupportedVersion` before any work is done on the passphrase; `WrongPassphrase` also
 *   when a field was altered into another valid one, which encryption cannot tell apart
 */
export const decryptKeyFile = (file: unknown, passphrase: string): Either<KeyFileError, KeyPair> => {
  const parsed = parseKeyFile(file);
  if (E.isLeft(parsed)) return parsed;
  const seed = openSeed(parsed.right, passphrase);
  if (E.isLeft(seed)) return seed;
  const keyPair = keyPairFromSeed(parsed.right.algorithm, seed.right);
  seed.right.fill(0);
  return equalBytes(keyPair.publicKey, parsed.right.publicKey)
    ? E.right(keyPair)
    : E.left(malformed('key file.publicKey: not the public key of the secret inside'));
};
