import type { SignatureCheck, Validity, Verifier } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { contextOf, isSignatureDomain } from './domain.ts';
import { isWellFormedCheck, type ContextCheck, type PoolVerify, type SignatureBackend } from './mldsa/backend.ts';
import type { VerifiedChecks } from './verified-checks.ts';

/** Runs a task in a later turn (`setImmediate`, a message channel, virtual time): never inside the call. */
export type Schedule = (task: () => void) => void;

/**
 * How many verifications keep so many cores busy. A core that hands its verdict back waits for its next check, so there are
 * two more in flight than cores: on two cores about 1.85 times the rate of one, against 1.4 with two in flight. The thread
 * pool must have more threads than this, or file syncs wait behind signatures.
 */
export const verificationsInFlight = (cores: number): number => cores + 2;

/** What {@link createVerifier} stands on. */
export interface VerifierOptions {
  readonly backend: SignatureBackend;
  /** Verifications at once on the thread pool: see {@link verificationsInFlight}. */
  readonly concurrency: number;
  readonly schedule: Schedule;
  /** Verifications per turn where there is no thread pool; 4 when left out, about 8 ms with noble. */
  readonly chunk?: number;
  /** Asked before, and told after, each verification. With it nobody may write to the arrays of a check again. */
  readonly cache?: VerifiedChecks;
}

const CHUNK = 4;

type Done = (validity: Validity) => void;
type Start = (check: ContextCheck, done: Done) => void;

/** What the pool refuses is verified here, a turn later. */
const onPool =
  (pool: PoolVerify, backend: SignatureBackend, schedule: Schedule): Start =>
  (check, done) => {
    if (pool(check, done) === 'refused') schedule(() => done(backend.verify(check)));
  };

/** In order of arrival, so many per turn that the caller's loop stays responsive. */
const inChunks = (backend: SignatureBackend, schedule: Schedule, chunk: number): Start => {
  const waiting: (readonly [ContextCheck, Done])[] = [];
  const turn = (): void => {
    const now = waiting.splice(0, chunk);
    if (waiting.length > 0) schedule(turn);
    for (const [check, done] of now) done(backend.verify(check));
  };
  return (check, done) => {
    waiting.push([check, done]);
    if (waiting.length === 1) schedule(turn);
  };
};

const contextCheck = ({
  algorithm,
  publicKey,
  domain,
  message,
  signature,
}: SignatureCheck): ContextCheck | undefined => {
  if (!isSignatureDomain(domain)) return undefined;
  const inContext = { algorithm, publicKey, message, signature, context: contextOf(domain) };
  return isWellFormedCheck(inContext) ? inContext : undefined;
};

/**
 * The verifier port over a back end: on its thread pool, or in chunks of synchronous work where there is none. Malformed
 * checks and unknown domains are `'invalid'`. It holds no queue of its own to speak of: the caller keeps at most
 * `concurrency` checks in flight, or puts `createAsyncVerifier` in front.
 */
export const createVerifier = (options: VerifierOptions): Verifier => {
  const { backend, schedule, cache, concurrency, chunk = CHUNK } = options;
  const pool = O.toUndefined(backend.verifyInPool);
  const start = pool === undefined ? inChunks(backend, schedule, chunk) : onPool(pool, backend, schedule);
  return {
    concurrency: pool === undefined ? chunk : Math.max(1, concurrency),
    verify: (check, done) => {
      const wellFormed = contextCheck(check);
      if (wellFormed === undefined) return schedule(() => done('invalid'));
      if (cache === undefined) return start(wellFormed, done);
      if (cache.lookup(check) === 'valid') return schedule(() => done('valid'));
      start(wellFormed, (validity) => {
        if (validity === 'valid') cache.remember(check);
        done(validity);
      });
    },
  };
};
