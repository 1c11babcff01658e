import { checkKey, type VerifiedCache } from '@zhtp/crypto';
import type { SignatureCheck, Validity, Verifier } from '@zhtp/types';
import { present } from './invariant.ts';

/** Judges signatures for the whole application: at most `verifier.concurrency` at once, the rest wait in order. */
export interface VerificationLane {
  /** Verdicts in the order of the checks. Those known to be valid cost a hash. */
  judge(checks: readonly SignatureCheck[]): Promise<readonly Validity[]>;
  /**
   * Hands over all that waits, whatever the bound: for a caller that keeps this thread to itself next, so that the others
   * need it not. What else uses those threads waits that long; keep it to some milliseconds.
   */
  handOver(): void;
}

interface Job {
  readonly check: SignatureCheck;
  readonly done: (validity: Validity) => void;
}

export const createVerificationLane = (verifier: Verifier, verified: VerifiedCache): VerificationLane => {
  const waiting: Job[] = [];
  let next = 0;
  let inFlight = 0;

  const takeJob = (): Job => {
    const job = present(waiting[next], 'a waiting verification');
    next += 1;
    if (next === waiting.length) {
      waiting.length = 0;
      next = 0;
    }
    return job;
  };

  const startNext = (): void => {
    const { check, done } = takeJob();
    inFlight += 1;
    verifier.verify(check, (validity) => {
      inFlight -= 1;
      done(validity);
      fill();
    });
  };

  const fill = (): void => {
    while (next < waiting.length && inFlight < Math.max(1, verifier.concurrency)) startNext();
  };

  const judgeOne = async (check: SignatureCheck): Promise<Validity> => {
    const key = checkKey(check);
    if (verified.lookup(key) === 'valid') return 'valid';
    return new Promise((resolve) => {
      const done = (validity: Validity): void => {
        if (validity === 'valid') verified.remember(key);
        resolve(validity);
      };
      waiting.push({ check, done });
      fill();
    });
  };

  return {
    judge: (checks) => Promise.all(checks.map((check) => judgeOne(check))),
    handOver: () => {
      while (next < waiting.length) startNext();
    },
  };
};
