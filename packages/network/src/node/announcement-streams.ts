import type { Connection, Stream } from '@libp2p/interface';
import { either as E } from 'fp-ts';
import { causeText, type PeerId } from '@zhtp/types';
import { ANNOUNCEMENT_BYTES_MAX } from '../announcement.ts';
import { encodeFrame } from '../frame.ts';
import type { DirectLinks } from './direct-links.ts';
import { brandedPeerId } from './peer-key.ts';
import { pauseReading, readFrames, resumeReading, trySend } from './stream-reader.ts';

export const ANNOUNCE_PROTOCOL = '/zhtp/announce/1';

/** Streams a peer may have open towards us at once. */
export const ANNOUNCE_STREAMS_MAX = 4;

const OPEN_MS = 10_000;

/** Announcements travel on short streams of their own: many of them never hold up a vote. One frame each. */
export const sendAnnouncements = (
  links: DirectLinks,
  peer: PeerId,
  announcements: readonly Uint8Array[],
  log: (line: string) => void,
): void => {
  const connection = links.connection(peer);
  if (connection === undefined) return;
  const send = async (): Promise<void> => {
    const stream = await connection.newStream(ANNOUNCE_PROTOCOL, { signal: AbortSignal.timeout(OPEN_MS) });
    for (const announcement of announcements) {
      const frame = encodeFrame(announcement, ANNOUNCEMENT_BYTES_MAX);
      if (E.isLeft(frame)) throw new Error(frame.left.message);
      if (stream.writableNeedsDrain) await stream.onDrain({ signal: AbortSignal.timeout(OPEN_MS) });
      if (!trySend(stream, frame.right)) return;
    }
    await stream.close();
  };
  send().catch((cause: unknown) => {
    // A peer that goes while we speak is no news: its link says so.
    if (links.isReady(peer)) log(`peer ${peer} did not take our announcements: ${causeText(cause)}`);
  });
};

/** Reads a peer's announcements once it is admitted; its stream may be here before its Hello. */
export const acceptAnnouncements = (
  links: DirectLinks,
  stream: Stream,
  connection: Connection,
  onReceived: (peer: PeerId, announcement: Uint8Array) => void,
  onBadFrame: (peer: PeerId) => void,
): void => {
  const peer = brandedPeerId(connection.remotePeer);
  pauseReading(stream);
  stream.addEventListener('remoteCloseWrite', () => void stream.close().catch(() => undefined));
  links.ensure(connection);
  links.whenReady(peer, () => {
    readFrames(
      stream,
      () => ANNOUNCEMENT_BYTES_MAX,
      (announcement) => {
        if (links.isReady(peer)) onReceived(peer, announcement);
      },
      () => {
        stream.abort(new Error('no announcement'));
        onBadFrame(peer);
      },
    );
    resumeReading(stream);
  });
};
