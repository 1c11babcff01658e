import { checkKey, type VerifiedCache } from '@zhtp/crypto';
import type { SignatureCheck, Validity, Verifier } from '@zhtp/types';
import { present } from './invariant.ts';
import { signatureChecksOf, type OpenedTransaction } from './opened-transaction.ts';
import { createVerifiedTransactions } from './verified-transactions.ts';

/**
 * When a verification starts. `'inTurn'`: after those asked for before, at most `verifier.concurrency` at once. `'now'`: for
 * a caller that bounds how many it asks for, and so how long others wait for the same threads.
 */
export type Turn = 'inTurn' | 'now';

/** Judges signatures for the whole application. Each `done` is called once, within the call where nothing has to be verified. */
export interface VerificationLane {
  /** How many at once keep the verifier busy while this thread is there to hand over the next. */
  readonly concurrency: number;
  /** Whether all of these hold; of none they do. Those known to be valid cost a hash. */
  judge(checks: readonly SignatureCheck[], turn: Turn, done: (validity: Validity) => void): void;
  /** Whether an account with this key has signed: all parts of its signature, verified at once. */
  judgeSigned(opened: OpenedTransaction, accountKey: Uint8Array, turn: Turn, done: (validity: Validity) => void): void;
}

interface Job {
  readonly check: SignatureCheck;
  readonly done: (validity: Validity) => void;
}

/** Keys and signatures of transactions remembered between `checkTx` and the block: a full mempool's and some blocks'. */
const VERIFIED_BYTES_MAX = 64 * 1024 * 1024;

/** Told so many verdicts, it tells whether all were good. */
const allOf = (count: number, done: (validity: Validity) => void): ((validity: Validity) => void) => {
  if (count === 1) return done;
  let open = count;
  let all: Validity = 'valid';
  return (validity) => {
    open -= 1;
    if (validity === 'invalid') all = 'invalid';
    if (open === 0) done(all);
  };
};

/** @param verified of signatures beside the transactions' own, which others may have verified too */
export const createVerificationLane = (verifier: Verifier, verified: VerifiedCache): VerificationLane => {
  const transactions = createVerifiedTransactions(VERIFIED_BYTES_MAX);
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

  const start = (check: SignatureCheck, done: (validity: Validity) => void): void => {
    inFlight += 1;
    verifier.verify(check, (validity) => {
      inFlight -= 1;
      done(validity);
      fill();
    });
  };

  const fill = (): void => {
    while (next < waiting.length && inFlight < Math.max(1, verifier.concurrency)) {
      const { check, done } = takeJob();
      start(check, done);
    }
  };

  const verify = (check: SignatureCheck, turn: Turn, done: (validity: Validity) => void): void => {
    if (turn === 'now') {
      start(check, done);
      return;
    }
    waiting.push({ check, done });
    fill();
  };

  const judgeOne = (check: SignatureCheck, turn: Turn, done: (validity: Validity) => void): void => {
    const key = checkKey(check);
    if (verified.lookup(key) === 'valid') {
      done('valid');
      return;
    }
    verify(check, turn, (validity) => {
      if (validity === 'valid') verified.remember(key);
      done(validity);
    });
  };

  return {
    concurrency: verifier.concurrency,
    judge: (checks, turn, done) => {
      if (checks.length === 0) {
        done('valid');
        return;
      }
      const each = allOf(checks.length, done);
      for (const check of checks) judgeOne(check, turn, each);
    },
    judgeSigned: (opened, accountKey, turn, done) => {
      if (transactions.has(opened, accountKey)) {
        done('valid');
        return;
      }
      const checks = signatureChecksOf(opened, accountKey);
      if (checks.length === 0) {
        done('invalid');
        return;
      }
      const each = allOf(checks.length, (validity) => {
        if (validity === 'valid') transactions.remember(opened, accountKey);
        done(validity);
      });
      for (const check of checks) verify(check, turn, each);
    },
  };
};
