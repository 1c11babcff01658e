import type { Connection, Stream } from '@libp2p/interface';
import { either as E } from 'fp-ts';
import {
  causeText,
  FRAME_PAYLOAD_BYTES_MAX,
  bytesToHex,
  type Clock,
  type InboundPayload,
  type PeerId,
  type Timers,
} from '@zhtp/types';
import type { CounterBoard } from '../counters.ts';
import type { FairInbox, Lane } from '../fair-inbox.ts';
import { encodeFrame } from '../frame.ts';
import { encodeHello, HELLO_BYTES_MAX, judgeHello, type Hello } from '../hello.ts';
import { createSendQueue, type SendQueue } from '../send-queue.ts';
import type { NetworkLimits } from './options.ts';
import { brandedPeerId } from './peer-key.ts';
import { pauseReading, readFrames, resumeReading, trySend } from './stream-reader.ts';

export const DIRECT_PROTOCOL = '/zhtp/consensus/1';

export interface DirectLinksOptions {
  readonly hello: () => Hello;
  readonly limits: NetworkLimits;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly counters: CounterBoard;
  readonly inbox: FairInbox<InboundPayload>;
  readonly log: (line: string) => void;
  /** Every open connection of a peer. */
  readonly connectionsOf: (peer: PeerId) => readonly Connection[];
  /** Why an admitted Hello is still turned away (banned, no place left), or undefined. */
  readonly refuse: (peer: PeerId) => string | undefined;
  readonly onReady: (peer: PeerId, hello: Hello) => void;
  /** Called once per link, whether it ever was ready or not. */
  readonly onClosed: (peer: PeerId, wasReady: boolean) => void;
  readonly onBadFrame: (peer: PeerId) => void;
}

/**
 * Direct streams to peers. Each side opens one stream towards the other and only writes on it, so there is nothing to
 * agree on when both dial at once. The first frame of each is a Hello; a link is ready when ours is on its way and
 * theirs is admitted. Losing either stream ends the link and its connections; the redialler starts anew.
 */
export interface DirectLinks {
  /** A connection is open: makes a link unless the peer has one. */
  readonly ensure: (connection: Connection) => void;
  /** A stream the peer opened. */
  readonly accept: (stream: Stream, connection: Connection) => void;
  readonly send: (peer: PeerId, frame: Uint8Array) => void;
  readonly isReady: (peer: PeerId) => boolean;
  /** A connection of a ready link, for further streams. */
  readonly connection: (peer: PeerId) => Connection | undefined;
  /** Runs when the peer is ready, at once or later; never when its link closes before. */
  readonly whenReady: (peer: PeerId, run: () => void) => void;
  readonly close: (peer: PeerId, reason: string) => void;
  readonly closeAll: () => void;
}

interface Link {
  readonly peer: PeerId;
  readonly connection: Connection;
  readonly queue: SendQueue;
  readonly waiting: (() => void)[];
  lane: Lane<InboundPayload> | undefined;
  outbound: Stream | undefined;
  inbound: Stream | undefined;
  hello: Hello | undefined;
  state: 'greeting' | 'ready' | 'closed';
  /** Set when the peer is turned away: the link ends as soon as our Hello is out, so that it learns the reason too. */
  refusal: string | undefined;
  pumping: boolean;
  cancelGreeting: () => void;
}

/** Callbacks waiting for a peer's admission; more are dropped. */
const WAITING_MAX = 16;

/** Frames are joined up to about what one Noise message carries. */
const BATCH_BYTES = 60 * 1024;

const takeBatch = (queue: SendQueue): { readonly bytes: Uint8Array; readonly frames: number } | undefined => {
  const first = queue.shift();
  if (first === undefined) return undefined;
  const batch = [first];
  let length = first.length;
  for (let next = queue.peek(); next !== undefined && length + next.length <= BATCH_BYTES; next = queue.peek()) {
    queue.shift();
    batch.push(next);
    length += next.length;
  }
  if (batch.length === 1) return { bytes: first, frames: 1 };
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const frame of batch) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return { bytes, frames: batch.length };
};

export const createDirectLinks = (options: DirectLinksOptions): DirectLinks => {
  const { limits, counters } = options;
  const links = new Map<PeerId, Link>();

  const hangUp = (peer: PeerId, except: Connection | undefined): void => {
    for (const connection of options.connectionsOf(peer)) {
      if (connection === except) continue;
      connection
        .close()
        .catch((cause: unknown) => connection.abort(cause instanceof Error ? cause : new Error(String(cause))));
    }
  };

  const end = (link: Link, reason: string, keep?: Connection): void => {
    if (link.state === 'closed') return;
    const wasReady = link.state === 'ready';
    link.state = 'closed';
    links.delete(link.peer);
    link.cancelGreeting();
    link.queue.clear();
    counters.add('inboundDiscarded', link.lane?.close() ?? 0);
    options.log(`peer ${link.peer} disconnected: ${reason}`);
    options.onClosed(link.peer, wasReady);
    hangUp(link.peer, keep);
  };

  const turnAway = (link: Link, reason: string): void => {
    counters.add('handshakesRefused');
    link.refusal = reason;
    if (link.outbound !== undefined) end(link, `refused, ${reason}`);
  };

  const settle = (link: Link): void => {
    if (link.state !== 'greeting' || link.hello === undefined || link.outbound === undefined) return;
    const reason = options.refuse(link.peer);
    if (reason !== undefined) {
      turnAway(link, reason);
      return;
    }
    link.state = 'ready';
    link.cancelGreeting();
    options.log(`peer ${link.peer} connected as ${link.hello.nodeRole}`);
    options.onReady(link.peer, link.hello);
    link.lane?.open();
    for (const run of link.waiting.splice(0)) run();
  };

  const pump = (link: Link): void => {
    link.pumping = false;
    while (link.state === 'ready' && link.outbound !== undefined && !link.outbound.writableNeedsDrain) {
      const batch = takeBatch(link.queue);
      if (batch === undefined) return;
      if (!trySend(link.outbound, batch.bytes)) {
        end(link, 'its stream takes nothing more');
        return;
      }
      counters.add('framesSent', batch.frames);
      counters.add('bytesSent', batch.bytes.length);
    }
  };

  /** What is sent in one go is encrypted and written in one go: several times cheaper than frame by frame. */
  const pumpSoon = (link: Link): void => {
    if (link.pumping) return;
    link.pumping = true;
    queueMicrotask(() => pump(link));
  };

  const openOutbound = async (link: Link): Promise<void> => {
    const stream = await link.connection.newStream(DIRECT_PROTOCOL, {
      signal: AbortSignal.timeout(limits.handshakeMs),
    });
    if (link.state === 'closed') {
      stream.abort(new Error('the link closed'));
      return;
    }
    const frame = encodeFrame(encodeHello(options.hello()));
    if (E.isLeft(frame)) throw new Error(frame.left.message);
    stream.addEventListener('close', () => end(link, 'it closed the stream'));
    stream.addEventListener('drain', () => pump(link));
    link.outbound = stream;
    if (!trySend(stream, frame.right)) end(link, 'its stream takes no Hello');
    else if (link.refusal !== undefined) end(link, `refused, ${link.refusal}`);
    else settle(link);
  };

  const open = (connection: Connection): Link => {
    const peer = brandedPeerId(connection.remotePeer);
    const link: Link = {
      peer,
      connection,
      queue: createSendQueue({ framesMax: limits.sendFramesMax, bytesMax: limits.sendBytesMax }),
      waiting: [],
      lane: undefined,
      outbound: undefined,
      inbound: undefined,
      hello: undefined,
      state: 'greeting',
      refusal: undefined,
      pumping: false,
      cancelGreeting: options.timers.start(limits.handshakeMs, () => {
        counters.add('handshakesTimedOut');
        end(
          link,
          link.refusal === undefined ? `no Hello within ${String(limits.handshakeMs)} ms` : `refused, ${link.refusal}`,
        );
      }),
    };
    links.set(peer, link);
    openOutbound(link).catch((cause: unknown) => end(link, `no direct stream: ${causeText(cause)}`));
    return link;
  };

  /** Answers the link a stream's Hello belongs to; undefined when the stream is one too many. */
  const linkFor = (connection: Connection, hello: Hello): Link | undefined => {
    const known = links.get(brandedPeerId(connection.remotePeer));
    if (known === undefined) return open(connection);
    if (known.inbound === undefined) return known;
    // Same session: a second stream of the same start. Another: the peer restarted before we noticed that it was gone.
    if (known.hello !== undefined && bytesToHex(known.hello.session) === bytesToHex(hello.session)) return undefined;
    end(known, 'it restarted', connection);
    return open(connection);
  };

  const adopt = (stream: Stream, connection: Connection, payload: Uint8Array): Link | undefined => {
    const hello = judgeHello(options.hello())(payload);
    if (E.isLeft(hello)) {
      const link = links.get(brandedPeerId(connection.remotePeer)) ?? open(connection);
      if (link.state === 'greeting') turnAway(link, hello.left.message);
      else stream.abort(new Error('no Hello of this network'));
      return undefined;
    }
    const link = linkFor(connection, hello.right);
    if (link === undefined) {
      stream.abort(new Error('one direct stream per peer and direction'));
      return undefined;
    }
    link.inbound = stream;
    link.hello = hello.right;
    link.lane = options.inbox.lane({
      pause: () => {
        counters.add('readsPaused');
        pauseReading(stream);
      },
      resume: () => resumeReading(stream),
    });
    stream.addEventListener('close', () => end(link, 'it closed its stream'));
    settle(link);
    return link;
  };

  return {
    ensure: (connection) => {
      if (connection.status === 'open' && !links.has(brandedPeerId(connection.remotePeer))) open(connection);
    },
    accept: (stream, connection) => {
      const peer = brandedPeerId(connection.remotePeer);
      let link: Link | undefined;
      let greeted = false;
      const cancel = options.timers.start(limits.handshakeMs, () => stream.abort(new Error('no Hello in time')));
      stream.addEventListener('close', cancel);
      readFrames(
        stream,
        () => (greeted ? FRAME_PAYLOAD_BYTES_MAX : HELLO_BYTES_MAX),
        (payload) => {
          if (!greeted) {
            greeted = true;
            cancel();
            link = adopt(stream, connection, payload);
            return;
          }
          if (link === undefined || link.state === 'closed') return;
          counters.add('framesReceived');
          counters.add('bytesReceived', payload.length);
          link.lane?.push({ peer, payload, receivedAtMs: options.clock.nowMs() }, payload.length);
        },
        (error) => {
          options.log(`peer ${peer} sent ${error.message}`);
          options.onBadFrame(peer);
          stream.abort(new Error(error.message));
        },
      );
    },
    send: (peer, frame) => {
      const link = links.get(peer);
      if (link?.state !== 'ready') return;
      counters.add('sendsDropped', link.queue.push(frame));
      pumpSoon(link);
    },
    isReady: (peer) => links.get(peer)?.state === 'ready',
    connection: (peer) => {
      const link = links.get(peer);
      return link?.state === 'ready' ? link.connection : undefined;
    },
    whenReady: (peer, run) => {
      const link = links.get(peer);
      if (link?.state === 'ready') run();
      else if (link !== undefined && link.waiting.length < WAITING_MAX) link.waiting.push(run);
    },
    close: (peer, reason) => {
      const link = links.get(peer);
      if (link === undefined) hangUp(peer, undefined);
      else end(link, reason);
    },
    closeAll: () => {
      for (const link of links.values()) end(link, 'this node stops');
    },
  };
};
