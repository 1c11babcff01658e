import type { SignatureAlgorithm } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { SignatureBackend } from './backend.ts';
import { selfTestFailure } from './known-answer.ts';
import { createNobleBackend } from './noble-backend.ts';
import { createRuntimeBackend } from './runtime-backend.ts';

/** Which back end serves a parameter set, and why: for a log line and for tests. */
export interface BackendChoice {
  readonly algorithm: SignatureAlgorithm;
  readonly backend: SignatureBackend;
  readonly reason: string;
}

/**
 * The runtime's back end when it passes the known-answer self-test, otherwise noble's. No stopwatch: the runtime's is
 * faster wherever both exist (bench/), and a choice that depends on the load of a moment cannot be reproduced.
 * Throws when noble itself fails its self-test: then nothing here can be trusted.
 */
export const chooseBackend = (
  algorithm: SignatureAlgorithm,
  noble: SignatureBackend,
  runtime: Either<string, SignatureBackend>,
): BackendChoice => {
  const broken = selfTestFailure(algorithm, noble, noble);
  if (broken !== undefined)
    throw new Error(`the portable ML-DSA fails its self-test, stop using this build: ${broken}`);
  if (E.isLeft(runtime)) return { algorithm, backend: noble, reason: `noble: ${runtime.left}` };
  const failure = selfTestFailure(algorithm, runtime.right, noble);
  return failure === undefined
    ? { algorithm, backend: runtime.right, reason: 'runtime: its ML-DSA passed the known-answer self-test' }
    : { algorithm, backend: noble, reason: `noble: the runtime's ML-DSA failed the self-test (${failure})` };
};

const noble = /* @__PURE__ */ createNobleBackend();
const runtime = /* @__PURE__ */ createRuntimeBackend(noble);
const choices = new Map<SignatureAlgorithm, BackendChoice>();

/** The choice for this process, made and self-tested at the first use of a parameter set. */
export const defaultBackendChoice = (algorithm: SignatureAlgorithm): BackendChoice => {
  const made = choices.get(algorithm);
  if (made !== undefined) return made;
  const choice = chooseBackend(algorithm, noble, runtime);
  choices.set(algorithm, choice);
  return choice;
};

/** The back end used when none is named. */
export const defaultBackend = (algorithm: SignatureAlgorithm): SignatureBackend =>
  defaultBackendChoice(algorithm).backend;
