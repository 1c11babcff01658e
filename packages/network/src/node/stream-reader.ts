import type { Stream, StreamMessageEvent } from '@libp2p/interface';
import { either as E } from 'fp-ts';
import { createFrameDecoder, type FrameError } from '../frame.ts';

/** Feeds a stream's bytes, however they are cut, to a frame decoder. */
export const readFrames = (
  stream: Stream,
  payloadBytesMax: () => number,
  onPayload: (payload: Uint8Array) => void,
  onError: (error: FrameError) => void,
): void => {
  const decoder = createFrameDecoder(payloadBytesMax);
  const onMessage = ({ data }: StreamMessageEvent): void => {
    for (const chunk of data instanceof Uint8Array ? [data] : data) {
      const read = decoder.push(chunk, onPayload);
      if (E.isRight(read)) continue;
      stream.removeEventListener('message', onMessage);
      onError(read.left);
      return;
    }
  };
  stream.addEventListener('message', onMessage);
};

/** Stops reading: the sender's window fills and it stops sending. Harmless on a stream that has ended. */
export const pauseReading = (stream: Stream): void => {
  if (stream.readStatus === 'readable') stream.pause();
};

export const resumeReading = (stream: Stream): void => {
  if (stream.readStatus === 'paused') stream.resume();
};

/** Sends, or answers false on a stream that no longer takes anything. */
export const trySend = (stream: Stream, frame: Uint8Array): boolean => {
  if (stream.writeStatus !== 'writable') return false;
  try {
    stream.send(frame);
    return true;
  } catch {
    return false;
  }
};
