import { either as E } from 'fp-ts';
import {
  createAsyncVerifier,
  createNobleBackend,
  createVerifiedCache,
  createVerifier,
  keyPairFromSeed,
  signMessage,
  taggedHash,
  type AsyncVerifier,
  type SignatureDomain,
} from '@zhtp/crypto';
import { encodeUtf8, hashToBytes, type KeyPair, type SignatureAlgorithm, type SignRequest } from '@zhtp/types';
import type { SignFunction } from '@zhtp/store';

/** Signs and verifies for a simulated node. */
export interface SimulationScheme {
  readonly algorithm: SignatureAlgorithm;
  keyPair(index: number): KeyPair;
  signFunction(keyPair: KeyPair): SignFunction;
  /** `schedule` delivers verdicts in virtual time. */
  verifier(schedule: (run: () => void) => void): AsyncVerifier;
}

const domainOf = (request: SignRequest): SignatureDomain => {
  switch (request._tag) {
    case 'Proposal':
      return 'zhtp/proposal/v1';
    case 'PreVote':
    case 'PreCommit':
    case 'Attestation':
      return 'zhtp/vote/v1';
    case 'Heartbeat':
      return 'zhtp/heartbeat/v1';
    case 'Extension':
      return 'zhtp/extension/v1';
  }
};

const seedOf = (index: number): Uint8Array => hashToBytes(taggedHash('zhtp/simulation-key/v1', encodeUtf8(String(index))));

/** Real ML-DSA, without entropy, so that the same seed gives the same bytes. Slow: noble signs. */
export const mlDsaScheme = (algorithm: SignatureAlgorithm): SimulationScheme => {
  const backend = createNobleBackend();
  return {
    algorithm,
    keyPair: (index) => keyPairFromSeed(algorithm, seedOf(index)),
    signFunction: (keyPair) => (request, done) => {
      done(E.right(signMessage(keyPair, domainOf(request), request.message, { deterministic: true, backend })));
    },
    verifier: (schedule) =>
      createAsyncVerifier({ schedule, verifier: createVerifier({ backend, concurrency: 1, schedule, cache: createVerifiedCache(4_096) }) }),
  };
};

/** How many bytes of the key a null signature repeats. */
const NULL_SIGNATURE_BYTES = 16;

/**
 * Test-only: a signature is the first bytes of the public key. It costs nothing, so that a simulation measures and
 * explores the protocol alone. It protects nothing: no production path can select it.
 */
export const nullScheme = (): SimulationScheme => {
  const signatureOf = (publicKey: Uint8Array): Uint8Array => publicKey.subarray(0, NULL_SIGNATURE_BYTES);
  return {
    algorithm: 'ML-DSA-65',
    keyPair: (index) => ({ algorithm: 'ML-DSA-65', publicKey: seedOf(index), secretKey: seedOf(index) }),
    signFunction: (keyPair) => (_request, done) => {
      done(E.right(signatureOf(keyPair.publicKey)));
    },
    verifier: (schedule) => {
      const isValid = (publicKey: Uint8Array, signature: Uint8Array): boolean =>
        signature.length === NULL_SIGNATURE_BYTES && signatureOf(publicKey).every((byte, i) => byte === signature[i]);
      return {
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
      };
    },
  };
};
