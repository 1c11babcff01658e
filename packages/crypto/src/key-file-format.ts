import {
  bytes,
  bytesToHex,
  encode,
  fromJson,
  literals,
  publicKeyCodec,
  signatureAlgorithmCodec,
  struct,
  u32,
  u8,
  type SignatureAlgorithm,
  type TypeOf,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { scryptCostFault } from './kdf.ts';
import { schemeOf } from './mldsa/scheme.ts';

/** The version this package writes; it reads no other. */
export const KEY_FILE_VERSION = 1;

export const SALT_BYTES = 32;
/** XChaCha20: long enough to be drawn at random for every file. */
export const NONCE_BYTES = 24;
/** Poly1305. */
const TAG_BYTES = 16;

/** An encrypted key as a JSON document; bytes are lowercase hex. Store it readable by its owner alone (mode 0600). */
export interface KeyFile {
  readonly version: typeof KEY_FILE_VERSION;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: string;
  readonly kdf: {
    readonly name: 'scrypt';
    readonly n: number;
    readonly r: number;
    readonly p: number;
    readonly salt: string;
  };
  readonly cipher: { readonly name: 'xchacha20-poly1305'; readonly nonce: string; readonly ciphertext: string };
}

const kdfCodec = struct('kdf', {
  name: literals('kdf', { scrypt: 1 }),
  n: u32,
  r: u32,
  p: u32,
  salt: bytes(SALT_BYTES),
});
const cipherCodec = struct('cipher', {
  name: literals('cipher', { 'xchacha20-poly1305': 1 }),
  nonce: bytes(NONCE_BYTES),
  ciphertext: bytes(64),
});
const headerCodec = struct('KeyFileHeader', {
  version: u8,
  algorithm: signatureAlgorithmCodec,
  publicKey: publicKeyCodec,
  kdf: kdfCodec,
});
const keyFileCodec = struct('key file', {
  version: u8,
  algorithm: signatureAlgorithmCodec,
  publicKey: publicKeyCodec,
  kdf: kdfCodec,
  cipher: cipherCodec,
});

/** A key file read and checked, still encrypted. */
export type ParsedKeyFile = TypeOf<typeof keyFileCodec>;
export type KeyFileHeader = TypeOf<typeof headerCodec>;

/** Why a key file does not open; the message says what to do. */
export type KeyFileError =
  | { readonly _tag: 'WrongPassphrase'; readonly message: string }
  | { readonly _tag: 'MalformedKeyFile'; readonly message: string }
  | { readonly _tag: 'UnsupportedVersion'; readonly version: number; readonly message: string };

export const malformed = (message: string): KeyFileError => ({
  _tag: 'MalformedKeyFile',
  message: `${message}; restore the key file from its backup`,
});

/** Everything but the ciphertext and its nonce, in canonical bytes: authenticated with the ciphertext. */
export const associatedData = ({ version, algorithm, publicKey, kdf }: KeyFileHeader): Uint8Array =>
  encode(headerCodec)({ version, algorithm, publicKey, kdf });

const lengthFault = ({ algorithm, publicKey, kdf, cipher }: ParsedKeyFile): string | undefined => {
  const { publicKeyBytes, seedBytes } = schemeOf(algorithm);
  const wanted: readonly (readonly [string, Uint8Array, number])[] = [
    ['publicKey', publicKey, publicKeyBytes],
    ['kdf.salt', kdf.salt, SALT_BYTES],
    ['cipher.nonce', cipher.nonce, NONCE_BYTES],
    ['cipher.ciphertext', cipher.ciphertext, seedBytes + TAG_BYTES],
  ];
  const wrong = wanted.find(([, value, length]) => value.length !== length);
  return wrong === undefined
    ? undefined
    : `${wrong[0]}: ${String(wrong[2])} bytes for ${algorithm}, got ${String(wrong[1].length)}`;
};

/** Reads the JSON document: exactly its fields, exactly their lengths, bounded costs. Says which field is wrong. */
export const parseKeyFile = (file: unknown): Either<KeyFileError, ParsedKeyFile> => {
  const version = typeof file === 'object' && file !== null && 'version' in file ? file.version : undefined;
  if (typeof version === 'number' && version !== KEY_FILE_VERSION)
    return E.left({
      _tag: 'UnsupportedVersion',
      version,
      message: `key file version ${String(version)} is not known here (known: ${String(KEY_FILE_VERSION)}); use the program version that wrote it`,
    });
  const parsed = fromJson(keyFileCodec)(file);
  if (E.isLeft(parsed)) return E.left(malformed(parsed.left.message));
  const fault = lengthFault(parsed.right) ?? scryptCostFault(parsed.right.kdf);
  return fault === undefined ? parsed : E.left(malformed(`key file.${fault}`));
};

/** The JSON document of a checked key file. */
export const printKeyFile = ({ algorithm, publicKey, kdf, cipher }: ParsedKeyFile): KeyFile => ({
  version: KEY_FILE_VERSION,
  algorithm,
  publicKey: bytesToHex(publicKey),
  kdf: { name: kdf.name, n: kdf.n, r: kdf.r, p: kdf.p, salt: bytesToHex(kdf.salt) },
  cipher: { name: cipher.name, nonce: bytesToHex(cipher.nonce), ciphertext: bytesToHex(cipher.ciphertext) },
});
