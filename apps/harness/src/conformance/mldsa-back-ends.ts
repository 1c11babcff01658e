import { createNobleBackend, createRuntimeBackend, type SignatureBackend } from '@zhtp/crypto';
import type { SignatureAlgorithm, Validity } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { shown } from './case-outcome.ts';
import { oneOf } from './shape.ts';

/** The parameter sets of FIPS 204 by name. */
export const parameterSet = oneOf('ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87');

export const noble: SignatureBackend = createNobleBackend();
const runtime = createRuntimeBackend(noble);

/** Every back end this platform has: noble, and the runtime's where it offers ML-DSA. */
const backEnds: readonly SignatureBackend[] = E.isRight(runtime) ? [noble, runtime.right] : [noble];

/** Deterministic signing: FIPS 204 Algorithm 2 with 32 zero bytes for rnd. */
export const NO_HEDGE = new Uint8Array(32);

/** Bytes against those of a file: too long to print, so that only the place is named. */
export const bytesDiffer = (what: string, ours: Uint8Array, expected: Uint8Array): string | undefined => {
  const at = ours.findIndex((byte, index) => byte !== expected[index]);
  if (at < 0 && ours.length === expected.length) return undefined;
  const from = at < 0 ? ours.length : at;
  return `${what}: ${String(ours.length)} bytes, expected ${String(expected.length)}, differing from byte ${String(from)} on`;
};

/** A verdict against that of a file. */
export const verdictDiffers = (who: string, ours: Validity, expected: boolean): string | undefined =>
  (ours === 'valid') === expected
    ? undefined
    : `${who}: expected ${shown(expected ? 'valid' : 'invalid')}, got ${shown(ours)}`;

/** The verdicts of all back ends on a pure signature with a context. */
export const verdictsDiffer = (
  check: {
    readonly algorithm: SignatureAlgorithm;
    readonly publicKey: Uint8Array;
    readonly message: Uint8Array;
    readonly context: Uint8Array;
    readonly signature: Uint8Array;
  },
  expected: boolean,
): string | undefined =>
  backEnds
    .map((backend) => verdictDiffers(`verification by ${backend.name}`, backend.verify(check), expected))
    .find((wrong) => wrong !== undefined);

/** The public key every back end derives from a seed, against that of a file. */
export const publicKeysDiffer = (
  algorithm: SignatureAlgorithm,
  seed: Uint8Array,
  expected: Uint8Array,
): string | undefined =>
  backEnds
    .map((backend) => bytesDiffer(`public key by ${backend.name}`, backend.keygenFromSeed(algorithm, seed), expected))
    .find((wrong) => wrong !== undefined);
