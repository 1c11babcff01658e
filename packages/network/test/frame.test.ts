import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFrameDecoder, encodeFrame, FRAME_HEADER_BYTES, FRAME_VERSION, type FrameError } from '@zhtp/network';
import { FRAME_PAYLOAD_BYTES_MAX } from '@zhtp/types';
import { right } from './libp2p-fixture.ts';

const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

const cut = (bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] => {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[i % sizes.length] ?? 1);
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return chunks;
};

const decodeAll = (chunks: readonly Uint8Array[], payloadBytesMax?: number) => {
  const decoder = createFrameDecoder(payloadBytesMax === undefined ? undefined : () => payloadBytesMax);
  const payloads: Uint8Array[] = [];
  let error: FrameError | undefined;
  for (const chunk of chunks) {
    const read = decoder.push(chunk, (payload) => payloads.push(payload));
    if (E.isLeft(read)) error = read.left;
  }
  return { payloads, error, inFrame: decoder.inFrame() };
};

const header = (length: number, version = FRAME_VERSION): Uint8Array => {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES);
  new DataView(bytes.buffer).setUint32(0, length);
  bytes[4] = version;
  return bytes;
};

const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 600 }), { maxLength: 12 });
const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 8 });

describe('a frame', () => {
  test('is a big-endian length, the version and the payload', () => {
    expect([...right(encodeFrame(Uint8Array.of(7, 8, 9)))]).toEqual([0, 0, 0, 3, 1, 7, 8, 9]);
  });

  test('comes back whole and in order, however the bytes are cut', () => {
    fc.assert(
      fc.property(payloads, cuts, (sent, sizes) => {
        const bytes = join(sent.map((payload) => right(encodeFrame(payload))));
        const { payloads: read, error, inFrame } = decodeAll(cut(bytes, sizes));
        expect(error).toBeUndefined();
        expect(inFrame).toBe(false);
        expect(read.map((payload) => [...payload])).toEqual(sent.map((payload) => [...payload]));
      }),
    );
  });

  test('of arbitrary bytes is read the same way, however they are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, sizes) => {
        const small = 40;
        const whole = decodeAll([bytes], small);
        const pieces = decodeAll(cut(bytes, sizes), small);
        expect(pieces.payloads.map((payload) => [...payload])).toEqual(whole.payloads.map((payload) => [...payload]));
        expect(pieces.error).toEqual(whole.error);
      }),
    );
  });

  test('before a bad one is still delivered, nothing after it', () => {
    const good = right(encodeFrame(Uint8Array.of(1)));
    const { payloads: read, error } = decodeAll([join([good, header(1, 2), Uint8Array.of(1), good]), good]);
    expect(read.map((payload) => [...payload])).toEqual([[1]]);
    expect(error).toMatchObject({ _tag: 'FrameVersion', version: 2 });
  });

  test('of no payload is refused in both directions', () => {
    expect(encodeFrame(new Uint8Array(0))).toMatchObject({ left: { _tag: 'FrameEmpty' } });
    expect(decodeAll([header(0)]).error).toMatchObject({ _tag: 'FrameEmpty' });
  });

  test.each([
    [FRAME_PAYLOAD_BYTES_MAX - 1, undefined],
    [FRAME_PAYLOAD_BYTES_MAX, undefined],
    [FRAME_PAYLOAD_BYTES_MAX + 1, 'FrameTooLarge'],
    [0xffff_ffff, 'FrameTooLarge'],
  ])('of %i payload bytes: %s', (length, tag) => {
    expect(decodeAll([header(length)]).error?._tag).toBe(tag);
    if (length > FRAME_PAYLOAD_BYTES_MAX + 1) return;
    const sent = encodeFrame(new Uint8Array(length));
    expect(E.isLeft(sent) ? sent.left._tag : undefined).toBe(tag);
    if (E.isLeft(sent)) return;
    const { payloads: read } = decodeAll(cut(sent.right, [65_536]));
    expect(read.map((payload) => payload.length)).toEqual([length]);
  });

  test('that claims eight MiB and sends a byte costs no eight MiB', () => {
    const before = process.memoryUsage().arrayBuffers;
    const decoders = Array.from({ length: 64 }, () => {
      const decoder = createFrameDecoder();
      decoder.push(header(FRAME_PAYLOAD_BYTES_MAX), () => undefined);
      decoder.push(Uint8Array.of(1), () => undefined);
      return decoder;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(FRAME_PAYLOAD_BYTES_MAX);
    expect(decoders.every((decoder) => decoder.inFrame())).toBe(true);
  });

  test('that fills its chunk is a view, a small one in a large chunk is a copy', () => {
    const large = right(encodeFrame(new Uint8Array(1_000)));
    expect(decodeAll([large]).payloads[0]?.buffer).toBe(large.buffer);
    const small = right(encodeFrame(Uint8Array.of(1)));
    const chunk = join([large, small]);
    const [, copy] = decodeAll([chunk]).payloads;
    expect(copy?.buffer).not.toBe(chunk.buffer);
  });
});
