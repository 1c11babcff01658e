import { causeText, type SignatureAlgorithm, type Validity } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { assertSeed } from './backend.ts';
import { nobleOf } from './noble-backend.ts';
import { CONTEXT_BYTES_MAX, isPublicKeyOf, isSignatureOf, schemeOf } from './scheme.ts';

/** Which of FIPS 204's functions sees the message: with a context (§5.2), as M′ (§6), or as the 64-byte µ (§6.2). */
export type MessageForm =
  | { readonly _tag: 'External'; readonly context: Uint8Array }
  | { readonly _tag: 'Internal' }
  | { readonly _tag: 'ExternalMu' };

interface RawSignRequest {
  readonly algorithm: SignatureAlgorithm;
  readonly expandedSecretKey: Uint8Array;
  readonly message: Uint8Array;
  readonly form: MessageForm;
  /** The 32 bytes rnd of FIPS 204 Algorithm 2; 32 zero bytes are the deterministic variant. */
  readonly hedge: Uint8Array;
}

interface RawCheck {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly form: MessageForm;
  readonly signature: Uint8Array;
}

const HEDGE_BYTES = 32;
const MU_BYTES = 64;

const formFault = (message: Uint8Array, form: MessageForm): string | undefined => {
  switch (form._tag) {
    case 'External':
      return form.context.length > CONTEXT_BYTES_MAX
        ? `context: at most ${String(CONTEXT_BYTES_MAX)} bytes, got ${String(form.context.length)}`
        : undefined;
    case 'Internal':
      return undefined;
    case 'ExternalMu':
      return message.length === MU_BYTES ? undefined : `µ: ${String(MU_BYTES)} bytes, got ${String(message.length)}`;
  }
};

const requestFault = (request: RawSignRequest): string | undefined => {
  const { expandedSecretKeyBytes } = schemeOf(request.algorithm);
  if (request.expandedSecretKey.length !== expandedSecretKeyBytes)
    return `secret key: ${String(expandedSecretKeyBytes)} bytes, got ${String(request.expandedSecretKey.length)}`;
  if (request.hedge.length !== HEDGE_BYTES)
    return `hedge: ${String(HEDGE_BYTES)} bytes, got ${String(request.hedge.length)}`;
  return formFault(request.message, request.form);
};

const signAs = (request: RawSignRequest): Uint8Array => {
  const { algorithm, expandedSecretKey, message, form, hedge: extraEntropy } = request;
  const library = nobleOf(algorithm);
  switch (form._tag) {
    case 'External':
      return library.sign(message, expandedSecretKey, { context: form.context, extraEntropy });
    case 'Internal':
      return library.internal.sign(message, expandedSecretKey, { extraEntropy });
    case 'ExternalMu':
      return library.internal.sign(message, expandedSecretKey, { extraEntropy, externalMu: true });
  }
};

const acceptsAs = ({ algorithm, publicKey, message, form, signature }: RawCheck): boolean => {
  const library = nobleOf(algorithm);
  switch (form._tag) {
    case 'External':
      return library.verify(signature, message, publicKey, { context: form.context });
    case 'Internal':
      return library.internal.verify(signature, message, publicKey);
    case 'ExternalMu':
      return library.internal.verify(signature, message, publicKey, { externalMu: true });
  }
};

/**
 * ML-DSA below the layer that fixes domain and context (decisions.md §7): any message form, expanded secret keys, a given
 * hedge. For conformance runs; a protocol signs with `signMessage`. Always noble's implementation.
 */
export const rawMlDsa = {
  /** FIPS 204 Algorithm 6: both keys of a 32-byte seed. Throws on another length. */
  keygen: (
    algorithm: SignatureAlgorithm,
    seed: Uint8Array,
  ): { readonly publicKey: Uint8Array; readonly expandedSecretKey: Uint8Array } => {
    assertSeed(algorithm, seed);
    const { publicKey, secretKey } = nobleOf(algorithm).keygen(seed);
    return { publicKey, expandedSecretKey: secretKey };
  },
  /** Left: a length is wrong, or the secret key's encoding is outside its range (FIPS 204 Algorithm 25). */
  sign: (request: RawSignRequest): Either<string, Uint8Array> => {
    const fault = requestFault(request);
    return fault === undefined
      ? E.tryCatch(
          () => signAs(request),
          (cause) => `secret key: ${causeText(cause)}`,
        )
      : E.left(fault);
  },
  verify: (check: RawCheck): Validity =>
    isPublicKeyOf(check.algorithm, check.publicKey) &&
    isSignatureOf(check.algorithm, check.signature) &&
    formFault(check.message, check.form) === undefined &&
    acceptsAs(check)
      ? 'valid'
      : 'invalid',
};
