import { createNobleBackend, createRuntimeBackend, type SignatureBackend } from '@zhtp/crypto';
import { either as E } from 'fp-ts';

export const noble: SignatureBackend = createNobleBackend();

/** The runtime that runs the tests offers ML-DSA; a suite without it would prove nothing. */
export const runtime: SignatureBackend = (() => {
  const backend = createRuntimeBackend(noble);
  if (E.isLeft(backend)) throw new Error(backend.left);
  return backend.right;
})();

export const nobleAndRuntime: readonly SignatureBackend[] = [noble, runtime];
