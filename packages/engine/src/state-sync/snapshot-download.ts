import { either as E } from 'fp-ts';
import type { ProposalVerdict } from '@zhtp/types';
import type { Ask } from '../evidence/asking.ts';
import { lie, type Answered, type AskedPeers } from './asked-peers.ts';
import type { Candidate } from './snapshot-choice.ts';

/** Chunks asked for or in memory beyond those that were applied: a bound on memory, and enough for several peers at work. */
const WINDOW = 4;

export interface SnapshotDownload {
  /** Hands the application all chunks but the last, in order, whoever sends them; fails when nobody sends one that it takes. */
  allButLast(): Ask<void>;
  /** The last one, from whoever sends it right. */
  last(): Ask<void>;
}

interface Parts {
  readonly peers: AskedPeers;
  readonly apply: (chunk: number, bytes: Uint8Array) => Ask<ProposalVerdict>;
  readonly refused: (chunk: number, reason: string) => void;
  readonly applied: (chunk: number) => void;
}

type Chunk = Answered<Uint8Array>;

/**
 * Chunks of one snapshot, several at once, each from whichever of its peers has least to do. Who serves a chunk that the
 * application refuses is banned: an application tells by the snapshot's hash what belongs to it, and only liars offer one
 * that is no state of the chain.
 */
export const createSnapshotDownload = (
  { snapshot: { height, chunks }, peers: among }: Candidate,
  { peers, apply, refused, applied }: Parts,
): SnapshotDownload => {
  const ready = new Map<number, Chunk>();
  const asked = new Set<number>();

  const fetch = (chunk: number): Ask<Chunk> =>
    peers.ask({
      request: { _tag: 'SnapshotChunk', height, chunk },
      read: (response) =>
        response._tag === 'SnapshotChunk'
          ? E.right(response.bytes)
          : E.left(lie(`it answers a chunk with ${response._tag}`)),
      among,
    });

  let next = 0;
  /** Up to and without it. */
  let goal = 0;
  let isApplying = false;
  let failure: string | undefined;
  let reached: ((answer: E.Either<string, void>) => void) | undefined;

  const finish = (answer: E.Either<string, void>): void => {
    const done = reached;
    reached = undefined;
    done?.(answer);
  };

  const fill = (): void => {
    for (let chunk = next; chunk < Math.min(chunks, next + WINDOW); chunk++) {
      if (ready.has(chunk) || asked.has(chunk)) continue;
      asked.add(chunk);
      fetch(chunk)((fetched) => {
        asked.delete(chunk);
        if (E.isLeft(fetched)) failure ??= fetched.left;
        else ready.set(chunk, fetched.right);
        advance();
      });
    }
  };

  const judged = (chunk: Chunk, verdict: E.Either<string, ProposalVerdict>): void => {
    isApplying = false;
    ready.delete(next);
    if (E.isLeft(verdict)) failure ??= verdict.left;
    else if (verdict.right._tag === 'Accept') {
      applied(next);
      next += 1;
    } else {
      refused(next, verdict.right.reason);
      peers.ban(chunk.peer, 'bad-snapshot');
      for (const [other, { peer }] of ready) if (peer === chunk.peer) ready.delete(other);
    }
    advance();
  };

  const advance = (): void => {
    if (isApplying || reached === undefined) return;
    if (failure !== undefined) {
      finish(E.left(failure));
      return;
    }
    if (next === goal) {
      finish(E.right(undefined));
      return;
    }
    fill();
    const chunk = ready.get(next);
    if (chunk === undefined) return;
    isApplying = true;
    apply(
      next,
      chunk.value,
    )((verdict) => {
      judged(chunk, verdict);
    });
  };

  const goTo =
    (end: number): Ask<void> =>
    (done) => {
      goal = end;
      reached = done;
      advance();
    };

  return { allButLast: () => goTo(chunks - 1), last: () => goTo(chunks) };
};
