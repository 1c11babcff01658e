import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { plainBytes, runtimeCrypto, type RuntimeCrypto } from '../runtime.ts';
import { assertSeed, assertSignRequest, isWellFormedCheck, type SignatureBackend } from './backend.ts';
import { pkcs8Of, publicKeyOfSpki, spkiOf } from './der.ts';
import { createKeyObjectCache } from './key-object-cache.ts';
import { createSeedCache } from './seed-cache.ts';

/** Imported public keys kept: several validator sets' worth. */
const PUBLIC_KEYS_MAX = 1024;

/**
 * ML-DSA of the runtime's crypto module: several times faster, with verification on its thread pool. Its signing is always
 * hedged, with its own entropy.
 * @param fallback signs deterministically, which the runtime cannot, and judges a signature on which the runtime fails
 *   with an error: out of memory must not read as a forged signature
 * @param crypto the module; the one at hand when left out
 * @returns why not, when the runtime lacks the functions. That it has the functions does not yet mean that it knows
 *   ML-DSA: see `chooseBackend`.
 */
export const createRuntimeBackend = (
  fallback: SignatureBackend,
  crypto: RuntimeCrypto | undefined = runtimeCrypto(),
): Either<string, SignatureBackend> => {
  if (crypto === undefined) return E.left('this runtime has no crypto module of its own');
  const { createPrivateKey, createPublicKey, sign, verify } = crypto;
  if (createPrivateKey === undefined || createPublicKey === undefined || sign === undefined || verify === undefined)
    return E.left("this runtime's crypto module lacks keys or signatures");

  const secretKeyOf = createSeedCache((algorithm, seed) =>
    createPrivateKey({ key: pkcs8Of(algorithm, seed), format: 'der', type: 'pkcs8' }),
  );
  const publicKeyOf = createKeyObjectCache(PUBLIC_KEYS_MAX, (algorithm, publicKey) =>
    createPublicKey({ key: spkiOf(algorithm, publicKey), format: 'der', type: 'spki' }),
  );

  return E.right({
    name: 'runtime',
    keygenFromSeed: (algorithm, seed) => {
      assertSeed(algorithm, seed);
      const spki = createPublicKey(secretKeyOf(algorithm, seed)).export({ format: 'der', type: 'spki' });
      return publicKeyOfSpki(algorithm, plainBytes(spki));
    },
    sign: (request) => {
      if (request.deterministic) return fallback.sign(request);
      assertSignRequest(request);
      const key = secretKeyOf(request.algorithm, request.seed);
      return plainBytes(sign(undefined, request.message, { key, context: request.context }));
    },
    verify: (check) => {
      if (!isWellFormedCheck(check)) return 'invalid';
      try {
        const key = publicKeyOf(check.algorithm, check.publicKey);
        return verify(undefined, check.message, { key, context: check.context }, check.signature) ? 'valid' : 'invalid';
      } catch {
        return fallback.verify(check);
      }
    },
    verifyInPool: O.some((check, done) => {
      if (!isWellFormedCheck(check)) return 'refused';
      try {
        const key = publicKeyOf(check.algorithm, check.publicKey);
        verify(undefined, check.message, { key, context: check.context }, check.signature, (error, valid) => {
          done(error !== null && error !== undefined ? fallback.verify(check) : valid ? 'valid' : 'invalid');
        });
        return 'started';
      } catch {
        return 'refused';
      }
    }),
  });
};
