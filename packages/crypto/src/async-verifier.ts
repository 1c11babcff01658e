import type { SignatureCheck, Validity, Verifier } from '@zhtp/types';
import { createVerificationQueue, nearestSlot, type SlotPosition } from './verification-queue.ts';
import type { Schedule } from './verifier.ts';

/** A check and the slot it matters to. */
export interface PrioritizedCheck extends SignatureCheck {
  readonly priority: SlotPosition;
}

/** `'dropped'`: not verified, because nearer work filled the queue or the verifier was stopped. */
export type AsyncVerdict = Validity | 'dropped';

/** Of several checks together. `Invalid` names one that failed; once it is known the rest is not started. */
export type BatchVerdict =
  { readonly _tag: 'AllValid' } | { readonly _tag: 'Invalid'; readonly index: number } | { readonly _tag: 'Dropped' };

/** What became of checks since the verifier was made. */
export interface AsyncVerifierCounters {
  /** Verifications under way. */
  readonly inFlight: number;
  /** Checks of the jobs that wait or are not wholly started. */
  readonly queued: number;
  readonly valid: number;
  readonly invalid: number;
  /** Checks of jobs given up for lack of room, or by `stop`. */
  readonly dropped: number;
}

/** Verifies signatures in order of urgency. Each `done` is called exactly once, always later, never inside the call. */
export interface AsyncVerifier {
  readonly verify: (check: PrioritizedCheck, done: (verdict: AsyncVerdict) => void) => void;
  /** All or none, at the priority of the nearest check. Of no checks: `AllValid`. */
  readonly verifyBatch: (checks: readonly PrioritizedCheck[], done: (verdict: BatchVerdict) => void) => void;
  /** Where the node stands: waiting work is taken by its distance from here. */
  readonly setPosition: (position: SlotPosition) => void;
  readonly counters: () => AsyncVerifierCounters;
  /** Drops what waits; what is under way still answers. Work given later is dropped. */
  readonly stop: () => void;
}

/** What {@link createAsyncVerifier} stands on. */
export interface AsyncVerifierOptions {
  readonly verifier: Verifier;
  readonly schedule: Schedule;
  /** Most checks waiting; 4096 when left out. A larger batch is always dropped. */
  readonly queueCapacity?: number;
}

interface Job {
  readonly checks: readonly SignatureCheck[];
  readonly done: (verdict: BatchVerdict) => void;
  /** Index of the next check to start. */
  next: number;
  /** Checks not yet found valid. */
  open: number;
  settled: boolean;
}

const QUEUE_CAPACITY = 4096;

/** A bounded queue by urgency in front of a verifier that it keeps exactly as busy as it can be. */
export const createAsyncVerifier = (options: AsyncVerifierOptions): AsyncVerifier => {
  const { verifier, schedule, queueCapacity = QUEUE_CAPACITY } = options;
  const queue = createVerificationQueue<Job>(queueCapacity);
  const counts = { inFlight: 0, valid: 0, invalid: 0, dropped: 0 };
  let stopped = false;
  let position: SlotPosition = { height: 0n, round: 0 };

  const settle = (job: Job, verdict: BatchVerdict): void => {
    if (job.settled) return;
    job.settled = true;
    if (job.next < job.checks.length) queue.remove(job);
    job.done(verdict);
  };
  const drop = (job: Job): void => {
    counts.dropped += job.checks.length;
    job.next = job.checks.length;
    schedule(() => settle(job, { _tag: 'Dropped' }));
  };
  const conclude = (job: Job, index: number, validity: Validity): void => {
    counts.inFlight -= 1;
    counts[validity] += 1;
    fill();
    if (validity === 'invalid') return settle(job, { _tag: 'Invalid', index });
    job.open -= 1;
    if (job.open === 0) settle(job, { _tag: 'AllValid' });
  };
  /** Starts the nearest work while there is room; a job leaves the queue with its last check. */
  const fill = (): void => {
    while (counts.inFlight < verifier.concurrency) {
      const job = queue.nearest();
      const check = job?.checks[job.next];
      if (job === undefined || check === undefined) return;
      const index = job.next;
      job.next += 1;
      if (job.next === job.checks.length) queue.remove(job);
      counts.inFlight += 1;
      verifier.verify(check, (validity) => conclude(job, index, validity));
    }
  };
  const verifyBatch: AsyncVerifier['verifyBatch'] = (checks, done) => {
    const job: Job = { checks, done, next: 0, open: checks.length, settled: false };
    const at = nearestSlot(
      checks.map((check) => check.priority),
      position,
    );
    if (stopped) return drop(job);
    if (at === undefined) return schedule(() => settle(job, { _tag: 'AllValid' }));
    for (const dropped of queue.add(job, at, checks.length)) drop(dropped);
    fill();
  };

  return {
    verify: (check, done) => verifyBatch([check], (verdict) => done(singleVerdict(verdict))),
    verifyBatch,
    setPosition: (next) => {
      position = next;
      queue.moveTo(next);
    },
    counters: () => ({ ...counts, queued: queue.weight() }),
    stop: () => {
      stopped = true;
      for (const job of queue.clear()) drop(job);
    },
  };
};

const singleVerdict = (verdict: BatchVerdict): AsyncVerdict => {
  switch (verdict._tag) {
    case 'AllValid':
      return 'valid';
    case 'Invalid':
      return 'invalid';
    case 'Dropped':
      return 'dropped';
  }
};
