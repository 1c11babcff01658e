import { either as E } from 'fp-ts';
import {
  createAsyncVerifier,
  createNobleBackend,
  createVerifiedChecks,
  createVerifier,
  domainOfRequest,
  keyPairFromSeed,
  schemeOf,
  signMessage,
  taggedHash,
  type AsyncVerifier,
  type SignatureBackend,
} from '@zhtp/crypto';
import { encodeUtf8, hashToBytes, type KeyPair, type SignatureAlgorithm } from '@zhtp/types';
import type { SignFunction } from '@zhtp/store';

/** Signs and verifies for a simulated node. */
export interface SimulationScheme {
  readonly algorithm: SignatureAlgorithm;
  keyPair(index: number): KeyPair;
  signFunction(keyPair: KeyPair): SignFunction;
  /** `schedule` delivers verdicts in virtual time. */
  verifier(schedule: (run: () => void) => void): AsyncVerifier;
  /** What signs transactions, without entropy. */
  readonly backend: SignatureBackend;
}

const seedOf = (index: number): Uint8Array =>
  hashToBytes(taggedHash('zhtp/simulation-key/v1', encodeUtf8(String(index))));

/** How real ML-DSA signs in a simulation. */
export interface MlDsaSchemeOptions {
  /** noble when left out, which signs without entropy, so that the same seed gives the same bytes. */
  readonly backend?: SignatureBackend;
  readonly deterministic?: boolean;
}

/** Real ML-DSA. */
export const mlDsaScheme = (algorithm: SignatureAlgorithm, options: MlDsaSchemeOptions = {}): SimulationScheme => {
  const { backend = createNobleBackend(), deterministic = true } = options;
  return {
    algorithm,
    backend,
    keyPair: (index) => keyPairFromSeed(algorithm, seedOf(index)),
    signFunction: (keyPair) => (request, done) => {
      done(E.right(signMessage(keyPair, domainOfRequest(request), request.message, { deterministic, backend })));
    },
    verifier: (schedule) =>
      createAsyncVerifier({
        schedule,
        verifier: createVerifier({ backend, concurrency: 1, schedule, cache: createVerifiedChecks(4_096) }),
      }),
  };
};

/** How many bytes of the key a null signature repeats. */
export const NULL_SIGNATURE_BYTES = 16;

const startsAlike = (a: Uint8Array, b: Uint8Array): boolean => {
  for (let i = 0; i < NULL_SIGNATURE_BYTES; i++) if (a[i] !== b[i]) return false;
  return true;
};

/** A key as long as the scheme wants it, so that length checks pass. */
const nullKeyPair = (index: number): KeyPair => {
  const publicKey = new Uint8Array(schemeOf('ML-DSA-65').publicKeyBytes);
  publicKey.set(seedOf(index));
  return { algorithm: 'ML-DSA-65', publicKey, secretKey: seedOf(index) };
};

const nullBackend = (): SignatureBackend => ({
  ...createNobleBackend(),
  sign: ({ algorithm, seed }) => {
    const signature = new Uint8Array(schemeOf(algorithm).signatureBytes);
    signature.set(seed.subarray(0, NULL_SIGNATURE_BYTES));
    return signature;
  },
});

/**
 * Test-only: a signature is the first bytes of the public key. It costs nothing, so that a simulation measures and
 * explores the protocol alone. It protects nothing: no production path can select it.
 */
export const nullScheme = (): SimulationScheme => {
  const isValid = (publicKey: Uint8Array, signature: Uint8Array): boolean =>
    signature.length >= NULL_SIGNATURE_BYTES && startsAlike(publicKey, signature);
  return {
    algorithm: 'ML-DSA-65',
    backend: nullBackend(),
    keyPair: nullKeyPair,
    signFunction: (keyPair) => (_request, done) => {
      done(E.right(keyPair.publicKey.slice(0, NULL_SIGNATURE_BYTES)));
    },
    verifier: (schedule) => ({
      verify: ({ publicKey, signature }, done) => {
        schedule(() => {
          done(isValid(publicKey, signature) ? 'valid' : 'invalid');
        });
      },
      verifyBatch: (checks, done) => {
        const bad = checks.findIndex(({ publicKey, signature }) => !isValid(publicKey, signature));
        schedule(() => {
          done(bad < 0 ? { _tag: 'AllValid' } : { _tag: 'Invalid', index: bad });
        });
      },
      setPosition: () => undefined,
      counters: () => ({ inFlight: 0, queued: 0, valid: 0, invalid: 0, dropped: 0 }),
      stop: () => undefined,
    }),
  };
};
