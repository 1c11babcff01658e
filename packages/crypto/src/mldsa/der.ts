import type { SignatureAlgorithm } from '@zhtp/types';
import { joinBytes } from '../bytes.ts';
import { schemeOf } from './scheme.ts';

/**
 * The DER forms of ML-DSA keys (RFC 9881): what every runtime that offers ML-DSA can import, older ones without raw key
 * formats included. Fixed lengths, so a fixed prefix each.
 */

/** AlgorithmIdentifier: SEQUENCE { OID 2.16.840.1.101.3.4.3.n }, n = 17, 18, 19; no parameters (RFC 9881 §2). */
const algorithmIdentifier = (algorithm: SignatureAlgorithm): Uint8Array =>
  Uint8Array.of(0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, OID_LAST_ARC[algorithm]);

const OID_LAST_ARC: Readonly<Record<SignatureAlgorithm, number>> = {
  'ML-DSA-44': 17,
  'ML-DSA-65': 18,
  'ML-DSA-87': 19,
};

/** Tag and two-byte length: every public key is between 256 and 65535 bytes long. */
const longHeader = (tag: number, length: number): Uint8Array => Uint8Array.of(tag, 0x82, length >> 8, length & 0xff);

const shortHeader = (tag: number, length: number): Uint8Array => Uint8Array.of(tag, length);

const SEQUENCE = 0x30;
const INTEGER_ZERO = Uint8Array.of(0x02, 0x01, 0x00);
const BIT_STRING = 0x03;
const NO_UNUSED_BITS = Uint8Array.of(0x00);
const OCTET_STRING = 0x04;
/** ML-DSA-PrivateKey ::= CHOICE { seed [0] IMPLICIT OCTET STRING, … } (RFC 9881 §6). */
const SEED_CHOICE = 0x80;

/** SubjectPublicKeyInfo of a raw public key (RFC 9881 §4). */
export const spkiOf = (algorithm: SignatureAlgorithm, publicKey: Uint8Array): Uint8Array => {
  const identifier = algorithmIdentifier(algorithm);
  const bits = joinBytes([longHeader(BIT_STRING, publicKey.length + 1), NO_UNUSED_BITS, publicKey]);
  return joinBytes([longHeader(SEQUENCE, identifier.length + bits.length), identifier, bits]);
};

/** The raw public key at the end of a SubjectPublicKeyInfo. */
export const publicKeyOfSpki = (algorithm: SignatureAlgorithm, spki: Uint8Array): Uint8Array =>
  spki.slice(spki.length - schemeOf(algorithm).publicKeyBytes);

/** PKCS #8 PrivateKeyInfo of a seed (RFC 9881 §6). */
export const pkcs8Of = (algorithm: SignatureAlgorithm, seed: Uint8Array): Uint8Array => {
  const choice = joinBytes([shortHeader(SEED_CHOICE, seed.length), seed]);
  const body = joinBytes([
    INTEGER_ZERO,
    algorithmIdentifier(algorithm),
    shortHeader(OCTET_STRING, choice.length),
    choice,
  ]);
  return joinBytes([shortHeader(SEQUENCE, body.length), body]);
};
