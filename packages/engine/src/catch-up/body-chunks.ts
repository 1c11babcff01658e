import { BLOCK_BYTES_MAX, BODY_CHUNK_BYTES, ceilDivCount } from '@zhtp/types';

/** Most chunks the largest block makes. */
const CHUNKS_MAX = ceilDivCount(BLOCK_BYTES_MAX, BODY_CHUNK_BYTES);

export const chunkCount = (bytes: Uint8Array): number => ceilDivCount(bytes.length, BODY_CHUNK_BYTES);

/** A view of the bytes, not a copy; undefined beyond the last one. */
export const chunkAt = (bytes: Uint8Array, chunk: number): Uint8Array | undefined =>
  chunk < chunkCount(bytes)
    ? bytes.subarray(chunk * BODY_CHUNK_BYTES, Math.min(bytes.length, (chunk + 1) * BODY_CHUNK_BYTES))
    : undefined;

/** One piece as a peer sends it. `bytes` may be a view of its message, which holds little else. */
export interface BodyChunk {
  readonly chunk: number;
  /** How many the body has. */
  readonly chunks: number;
  readonly bytes: Uint8Array;
}

/** One copy of a body on its way, all of it from one peer: so that whoever sent wrong bytes is known. */
export interface BodyDownload {
  /** `Wrong` is a piece no honest peer sends: a count that changes or is too large, a piece of the wrong size. */
  add(piece: BodyChunk): 'Added' | 'Known' | 'Wrong';
  /** Undefined until the first piece tells. */
  chunks(): number | undefined;
  /** The first missing pieces in order, at most `count`. */
  missing(count: number): readonly number[];
  /** The whole body once every piece is there. */
  bytes(): Uint8Array | undefined;
}

export const createBodyDownload = (): BodyDownload => {
  const pieces = new Map<number, Uint8Array>();
  let total: number | undefined;

  const isSized = ({ chunk, chunks, bytes }: BodyChunk): boolean =>
    chunk === chunks - 1 ? bytes.length > 0 && bytes.length <= BODY_CHUNK_BYTES : bytes.length === BODY_CHUNK_BYTES;

  return {
    add: (piece) => {
      const { chunk, chunks, bytes } = piece;
      if (chunks > CHUNKS_MAX || chunk >= chunks || chunks !== (total ?? chunks) || !isSized(piece)) return 'Wrong';
      total = chunks;
      if (pieces.has(chunk)) return 'Known';
      pieces.set(chunk, bytes);
      return 'Added';
    },
    chunks: () => total,
    missing: (count) => {
      const absent: number[] = [];
      for (let chunk = 0; chunk < (total ?? 1) && absent.length < count; chunk++)
        if (!pieces.has(chunk)) absent.push(chunk);
      return absent;
    },
    bytes: () => {
      if (total === undefined || pieces.size < total) return undefined;
      const whole = new Uint8Array([...pieces.values()].reduce((sum, { length }) => sum + length, 0));
      for (const [chunk, piece] of pieces) whole.set(piece, chunk * BODY_CHUNK_BYTES);
      return whole;
    },
  };
};
