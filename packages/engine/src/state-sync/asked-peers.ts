import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import {
  decode,
  encode,
  syncRequestCodec,
  syncResponseCodec,
  type PeerId,
  type PeerOffence,
  type SyncRequest,
  type SyncResponse,
} from '@zhtp/types';
import type { Counters } from '../counters.ts';
import type { Ask } from '../evidence/asking.ts';
import type { NodePorts } from '../node-ports.ts';

/** Before peers that failed are asked the same again. */
const AGAIN_AFTER_MS = 1_000;
/** How often everybody is asked the same before it counts as not to be had. */
const TURNS_MAX = 3;

/** Why an answer is no answer: the peer does not have it, or it lies. */
export type Fault =
  | { readonly _tag: 'Unable'; readonly reason: string }
  | { readonly _tag: 'Lie'; readonly reason: string; readonly offence: PeerOffence };

export const unable = (reason: string): Fault => ({ _tag: 'Unable', reason });
export const lie = (reason: string, offence: PeerOffence = 'unasked-answer'): Fault => ({
  _tag: 'Lie',
  reason,
  offence,
});

export interface Question<A> {
  readonly request: SyncRequest;
  readonly read: (response: SyncResponse) => Either<Fault, A>;
  /** Whom alone to ask; everybody when left out. */
  readonly among?: ReadonlySet<PeerId>;
}

export interface Answered<A> {
  readonly value: A;
  readonly peer: PeerId;
}

/** Peers that are asked until one answers what can be believed. Who lies is reported and never asked again. */
export interface AskedPeers {
  /** Whoever has least to do first, then the others in turn; fails when nobody has it. */
  ask<A>(question: Question<A>): Ask<Answered<A>>;
  /** Everybody once; those that do not answer are left out. */
  askAll<A>(question: Question<A>): Ask<readonly Answered<A>[]>;
  ban(peer: PeerId, offence: PeerOffence): void;
  /** What it answered led nowhere, which proves nothing: others are asked first. */
  doubt(peer: PeerId): void;
  wait(ms: number): Ask<void>;
  stop(): void;
}

const encodeRequest = encode(syncRequestCodec);
const decodeResponse = decode(syncResponseCodec);

export const createAskedPeers = (
  { network, timers }: Pick<NodePorts, 'network' | 'timers'>,
  counters: Counters,
): AskedPeers => {
  const connected = new Set<PeerId>();
  const banned = new Set<PeerId>();
  const open = new Map<PeerId, number>();
  const asked = new Map<PeerId, number>();
  const failures = new Map<PeerId, number>();
  const waits = new Set<() => void>();
  let stopped = false;

  const subscription = network.peers$.subscribe((event) => {
    if (event._tag === 'Connected') connected.add(event.peer);
    else if (event._tag === 'Disconnected') connected.delete(event.peer);
  });

  const later = (ms: number, run: () => void): void => {
    const cancel = timers.start(ms, () => {
      waits.delete(cancel);
      if (!stopped) run();
    });
    waits.add(cancel);
  };

  const ban = (peer: PeerId, offence: PeerOffence): void => {
    if (banned.has(peer)) return;
    banned.add(peer);
    network.report(peer, offence);
  };

  const doubt = (peer: PeerId): void => {
    failures.set(peer, (failures.get(peer) ?? 0) + 1);
  };

  const read = <A>(peer: PeerId, question: Question<A>, payload: Uint8Array): Either<string, A> => {
    // What was on its way when it lied is worth no more.
    if (banned.has(peer)) return E.left(`peer ${peer}: it lied meanwhile`);
    const response = decodeResponse(payload);
    const answer = E.isLeft(response)
      ? E.left(lie('its answer does not decode', 'undecodable'))
      : question.read(response.right);
    if (E.isRight(answer)) return answer;
    if (answer.left._tag === 'Lie') ban(peer, answer.left.offence);
    return E.left(`peer ${peer}: ${answer.left.reason}`);
  };

  const askOne = <A>(peer: PeerId, question: Question<A>, done: (answer: Either<string, A>) => void): void => {
    open.set(peer, (open.get(peer) ?? 0) + 1);
    asked.set(peer, (asked.get(peer) ?? 0) + 1);
    counters.count('stateRequested');
    network.request(peer, encodeRequest(question.request), (response) => {
      open.set(peer, (open.get(peer) ?? 1) - 1);
      if (stopped) return;
      const answer = E.isLeft(response) ? E.left(response.left.message) : read(peer, question, response.right);
      if (E.isLeft(answer)) {
        counters.count('stateRequestFailed');
        doubt(peer);
      }
      done(answer);
    });
  };

  const trusted = (among: ReadonlySet<PeerId> | undefined): readonly PeerId[] =>
    [...(among ?? connected)].filter((peer) => !banned.has(peer));

  const isBefore = (a: PeerId, b: PeerId): boolean => {
    const burden = (peer: PeerId): number => (open.get(peer) ?? 0) + (failures.get(peer) ?? 0);
    return burden(a) === burden(b) ? (asked.get(a) ?? 0) < (asked.get(b) ?? 0) : burden(a) < burden(b);
  };

  const next = (among: ReadonlySet<PeerId> | undefined, tried: ReadonlySet<PeerId>): PeerId | undefined => {
    let best: PeerId | undefined;
    for (const peer of trusted(among))
      if (connected.has(peer) && !tried.has(peer) && (best === undefined || isBefore(peer, best))) best = peer;
    return best;
  };

  return {
    ask: (question) => (done) => {
      let tried = new Set<PeerId>();
      let turns = 0;
      let reason = 'nobody is connected';
      const again = (): void => {
        const peer = next(question.among, tried);
        if (peer !== undefined) {
          tried.add(peer);
          askOne(peer, question, (answer) => {
            if (E.isRight(answer)) {
              done(E.right({ value: answer.right, peer }));
              return;
            }
            reason = answer.left;
            again();
          });
          return;
        }
        // Who may still come is waited for; who lied is not.
        const isHopeless = question.among !== undefined && trusted(question.among).length === 0;
        turns += tried.size === 0 && question.among === undefined ? 0 : 1;
        if (isHopeless || turns >= TURNS_MAX) {
          done(E.left(`no peer answers ${question.request._tag}: ${reason}`));
          return;
        }
        tried = new Set();
        later(AGAIN_AFTER_MS, again);
      };
      again();
    },
    askAll: (question) => (done) => {
      collect(trusted(undefined), question, askOne, done);
    },
    ban,
    doubt,
    wait: (ms) => (done) => {
      later(ms, () => {
        done(E.right(undefined));
      });
    },
    stop: () => {
      stopped = true;
      subscription.unsubscribe();
      for (const cancel of waits) cancel();
      waits.clear();
    },
  };
};

type AskOne = <A>(peer: PeerId, question: Question<A>, done: (answer: Either<string, A>) => void) => void;

const collect = <A>(
  peers: readonly PeerId[],
  question: Question<A>,
  askOne: AskOne,
  done: (answers: Either<string, readonly Answered<A>[]>) => void,
): void => {
  const answers: Answered<A>[] = [];
  let missing = peers.length;
  if (missing === 0) done(E.right(answers));
  for (const peer of peers)
    askOne(peer, question, (answer) => {
      missing -= 1;
      if (E.isRight(answer)) answers.push({ value: answer.right, peer });
      if (missing === 0) done(E.right(answers));
    });
};
