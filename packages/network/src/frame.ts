import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { FRAME_PAYLOAD_BYTES_MAX } from '@zhtp/types';

/** protocol.md, Messages: u32 big-endian payload length, version byte, payload. */
export const FRAME_VERSION = 1;
export const FRAME_HEADER_BYTES = 5;

/** First allocation for a payload that arrives in pieces; it doubles with what really came, never with what was claimed. */
const FIRST_ALLOCATION_BYTES = 16 * 1024;

/** Bytes that are no frame. A stream that held one cannot be read any further. */
export type FrameError =
  | { readonly _tag: 'FrameTooLarge'; readonly payloadBytes: number; readonly message: string }
  | { readonly _tag: 'FrameEmpty'; readonly message: string }
  | { readonly _tag: 'FrameVersion'; readonly version: number; readonly message: string };

const lengthError = (payloadBytes: number, payloadBytesMax: number): FrameError | undefined => {
  if (payloadBytes === 0) return { _tag: 'FrameEmpty', message: 'a frame of 0 payload bytes: no message is empty' };
  if (payloadBytes > payloadBytesMax)
    return {
      _tag: 'FrameTooLarge',
      payloadBytes,
      message: `a frame of ${String(payloadBytes)} payload bytes is over the limit of ${String(payloadBytesMax)}`,
    };
  return undefined;
};

/** One frame around a payload of 1 to `payloadBytesMax` bytes. The payload is copied: the caller may reuse it. */
export const encodeFrame = (
  payload: Uint8Array,
  payloadBytesMax: number = FRAME_PAYLOAD_BYTES_MAX,
): Either<FrameError, Uint8Array> => {
  const wrong = lengthError(payload.length, payloadBytesMax);
  if (wrong !== undefined) return E.left(wrong);
  const frame = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  frame[4] = FRAME_VERSION;
  frame.set(payload, FRAME_HEADER_BYTES);
  return E.right(frame);
};

/** Reads frames from chunks cut anywhere. Mutable inside. */
export interface FrameDecoder {
  /**
   * Hands every payload that is now complete to `onPayload`, in order, then answers with an error if what follows is
   * no frame. After an error the decoder is spent: it answers every further chunk with the same error.
   * A payload is a view into the chunk when it makes up most of that memory, and a copy otherwise, so that keeping a
   * small message never keeps a large buffer alive.
   */
  readonly push: (chunk: Uint8Array, onPayload: (payload: Uint8Array) => void) => Either<FrameError, void>;
  /** True inside a frame: the stream ended badly if it ends here. */
  readonly inFrame: () => boolean;
}

const detach = (chunk: Uint8Array, from: number, to: number): Uint8Array =>
  2 * (to - from) >= chunk.buffer.byteLength
    ? new Uint8Array(chunk.buffer, chunk.byteOffset + from, to - from)
    : Uint8Array.prototype.slice.call(chunk, from, to);

/** @param payloadBytesMax longest payload accepted now, asked at each header before anything is allocated */
export const createFrameDecoder = (payloadBytesMax: () => number = () => FRAME_PAYLOAD_BYTES_MAX): FrameDecoder => {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  const headerView = new DataView(header.buffer);
  let headerBytes = 0;
  let payloadBytes = 0;
  let partial = new Uint8Array(0);
  let partialBytes = 0;
  let failed: FrameError | undefined;

  const readHeader = (chunk: Uint8Array, at: number): number => {
    const taken = Math.min(FRAME_HEADER_BYTES - headerBytes, chunk.length - at);
    header.set(chunk.subarray(at, at + taken), headerBytes);
    headerBytes += taken;
    if (headerBytes < FRAME_HEADER_BYTES) return taken;
    payloadBytes = headerView.getUint32(0);
    const version = headerView.getUint8(4);
    failed =
      version === FRAME_VERSION
        ? lengthError(payloadBytes, payloadBytesMax())
        : {
            _tag: 'FrameVersion',
            version,
            message: `frame version ${String(version)}, this node speaks version ${String(FRAME_VERSION)}`,
          };
    return taken;
  };

  const growTo = (bytes: number): void => {
    if (partial.length >= bytes) return;
    const grown = new Uint8Array(
      Math.min(payloadBytes, Math.max(bytes, 2 * partial.length, Math.min(payloadBytes, FIRST_ALLOCATION_BYTES))),
    );
    grown.set(partial.subarray(0, partialBytes));
    partial = grown;
  };

  const finish = (payload: Uint8Array, onPayload: (payload: Uint8Array) => void): void => {
    headerBytes = 0;
    partial = new Uint8Array(0);
    partialBytes = 0;
    onPayload(payload);
  };

  return {
    push: (chunk, onPayload) => {
      let at = 0;
      while (failed === undefined && at < chunk.length) {
        if (headerBytes < FRAME_HEADER_BYTES) {
          at += readHeader(chunk, at);
          continue;
        }
        const taken = Math.min(payloadBytes - partialBytes, chunk.length - at);
        if (taken === payloadBytes) finish(detach(chunk, at, at + taken), onPayload);
        else {
          growTo(partialBytes + taken);
          partial.set(chunk.subarray(at, at + taken), partialBytes);
          partialBytes += taken;
          if (partialBytes === payloadBytes) finish(partial.subarray(0, payloadBytes), onPayload);
        }
        at += taken;
      }
      return failed === undefined ? E.right(undefined) : E.left(failed);
    },
    inFrame: () => headerBytes > 0,
  };
};
