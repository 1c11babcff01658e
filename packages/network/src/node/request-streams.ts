import type { Connection, Stream } from '@libp2p/interface';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { causeText, type Answer, type InboundRequest, type PeerId, type RequestError, type Timers } from '@zhtp/types';
import type { CounterBoard } from '../counters.ts';
import { encodeFrame } from '../frame.ts';
import type { NetworkLimits } from './options.ts';
import { brandedPeerId } from './peer-key.ts';
import { readFrames, trySend } from './stream-reader.ts';

export const SYNC_PROTOCOL = '/zhtp/sync/1';

export interface RequestStreamsOptions {
  readonly limits: NetworkLimits;
  readonly timers: Timers;
  readonly counters: CounterBoard;
  /** A connection of an admitted peer. */
  readonly connection: (peer: PeerId) => Connection | undefined;
  /** Hands a request to whoever answers; false when nobody does. */
  readonly deliver: (request: InboundRequest) => boolean;
  readonly onBadFrame: (peer: PeerId) => void;
}

/** One stream per request: one frame there, one frame back. */
export interface RequestStreams {
  readonly request: (peer: PeerId, payload: Uint8Array, done: Answer<RequestError, Uint8Array>) => void;
  readonly accept: (stream: Stream, connection: Connection) => void;
  /** Fails what is in progress. */
  readonly stop: () => void;
}

const requestError = (message: string): RequestError => ({ _tag: 'RequestError', message });

/** Counts what is in progress per peer; zero counts are not kept. */
const createGauge = (max: number) => {
  const counts = new Map<PeerId, number>();
  return {
    enter: (peer: PeerId): boolean => {
      const count = counts.get(peer) ?? 0;
      if (count >= max) return false;
      counts.set(peer, count + 1);
      return true;
    },
    leave: (peer: PeerId): void => {
      const count = (counts.get(peer) ?? 1) - 1;
      if (count <= 0) counts.delete(peer);
      else counts.set(peer, count);
    },
  };
};

export const createRequestStreams = (options: RequestStreamsOptions): RequestStreams => {
  const { limits, counters, timers } = options;
  const asking = createGauge(limits.requestsPerPeerMax);
  const answering = createGauge(limits.requestsPerPeerMax);
  const inProgress = new Set<(reason: string) => void>();

  /** One request from its first byte to its single answer. */
  const exchange = (
    peer: PeerId,
    connection: Connection,
    frame: Uint8Array,
    done: Answer<RequestError, Uint8Array>,
  ): void => {
    let stream: Stream | undefined;
    let over = false;
    const finish = (result: Either<RequestError, Uint8Array>): void => {
      if (over) return;
      over = true;
      cancel();
      inProgress.delete(stop);
      asking.leave(peer);
      if (E.isLeft(result)) {
        counters.add('requestsFailed');
        stream?.abort(new Error(result.left.message));
      }
      done(result);
    };
    const fail = (reason: string): void => finish(E.left(requestError(`peer ${peer}: ${reason}`)));
    const stop = (reason: string): void => {
      setImmediate(() => fail(reason));
    };
    const cancel = timers.start(limits.requestMs, () => fail(`no answer within ${String(limits.requestMs)} ms`));
    inProgress.add(stop);

    const start = async (): Promise<void> => {
      const opened = await connection.newStream(SYNC_PROTOCOL, { signal: AbortSignal.timeout(limits.requestMs) });
      stream = opened;
      if (over) {
        opened.abort(new Error('too late'));
        return;
      }
      readFrames(
        opened,
        () => limits.responseBytesMax,
        (payload) => finish(E.right(payload)),
        (error) => {
          options.onBadFrame(peer);
          fail(`it answered with ${error.message}`);
        },
      );
      opened.addEventListener('close', () => fail('it refused the request'));
      if (!trySend(opened, frame)) fail('it closed the stream');
      else await opened.close();
    };
    start().catch((cause: unknown) => fail(causeText(cause)));
  };

  const answer = (stream: Stream, peer: PeerId, payload: Uint8Array): void => {
    let over = false;
    const leave = (): boolean => {
      if (over) return false;
      over = true;
      cancel();
      answering.leave(peer);
      return true;
    };
    const refuse = (): void => {
      if (!leave()) return;
      counters.add('requestsRefused');
      stream.abort(new Error('refused'));
    };
    const cancel = timers.start(limits.requestMs, refuse);
    stream.addEventListener('close', refuse);
    const respond = (response: O.Option<Uint8Array>): void => {
      if (over) return;
      const frame = O.isSome(response) ? encodeFrame(response.value, limits.responseBytesMax) : undefined;
      if (frame === undefined || E.isLeft(frame) || !trySend(stream, frame.right)) {
        refuse();
        return;
      }
      leave();
      counters.add('requestsServed');
      stream.close().catch((cause: unknown) => stream.abort(cause instanceof Error ? cause : new Error(String(cause))));
    };
    if (!options.deliver({ peer, payload, respond })) refuse();
  };

  return {
    request: (peer, payload, done) => {
      const refuse = (reason: string): void => {
        counters.add('requestsFailed');
        setImmediate(() => done(E.left(requestError(reason))));
      };
      const connection = options.connection(peer);
      if (connection === undefined) return refuse(`peer ${peer} is not connected`);
      const frame = encodeFrame(payload, limits.requestBytesMax);
      if (E.isLeft(frame)) return refuse(`the request was not sent: ${frame.left.message}`);
      if (!asking.enter(peer))
        return refuse(`peer ${peer} has ${String(limits.requestsPerPeerMax)} requests in progress: wait for an answer`);
      counters.add('requestsSent');
      exchange(peer, connection, frame.right, done);
    },
    accept: (stream, connection) => {
      const peer = brandedPeerId(connection.remotePeer);
      if (options.connection(peer) === undefined || !answering.enter(peer)) {
        counters.add('requestsRefused');
        stream.abort(new Error('not now'));
        return;
      }
      let asked = false;
      const giveUp = (): void => {
        if (asked) return;
        asked = true;
        cancel();
        answering.leave(peer);
        stream.abort(new Error('no request'));
      };
      const cancel = timers.start(limits.requestMs, giveUp);
      stream.addEventListener('close', giveUp);
      readFrames(
        stream,
        () => limits.requestBytesMax,
        (payload) => {
          if (asked) return;
          asked = true;
          cancel();
          answer(stream, peer, payload);
        },
        () => {
          options.onBadFrame(peer);
          giveUp();
        },
      );
    },
    stop: () => {
      for (const stop of inProgress) stop('this node stops');
    },
  };
};
