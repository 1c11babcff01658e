import { causeText } from './errors.ts';
/**
 * How canonical bytes are read and written. Every message passes here on each node, so there is no schema to walk and no
 * path kept while all goes well: a failure collects its path on the way out.
 */
export interface ByteCoder<A> {
  /** How many bytes every value takes, where they all take the same. */
  readonly size: number | undefined;
  /** Throws on a value outside its type. */
  readonly write: (writer: ByteWriter, value: A) => void;
  /** Throws on bytes that are no value's encoding. */
  readonly read: (reader: ByteReader) => A;
}

/** Where the next value stands in bytes that are being read. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #lends: boolean;
  #view: DataView | undefined;
  #at = 0;

  /** @param lends values may hold views of `bytes`, which then must never be written to again */
  constructor(bytes: Uint8Array, lends = false) {
    this.bytes = bytes;
    this.#lends = lends;
  }

  /** Of `bytes`; made when asked for, since a vote is read without. */
  get view(): DataView {
    return (this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength));
  }

  /** Where the next value stands. */
  position(): number {
    return this.#at;
  }

  /** So many bytes at a place that was passed over, as a value may keep them. */
  bytesAt(at: number, count: number): Uint8Array {
    return this.#lends ? this.bytes.subarray(at, at + count) : this.bytes.slice(at, at + count);
  }

  /** How many bytes are left. */
  left(): number {
    return this.bytes.length - this.#at;
  }

  /** Passes over so many bytes; answers where they begin. */
  take(count: number): number {
    const at = this.#at;
    if (count > this.bytes.length - at) throw new Error('Unexpected end of buffer');
    this.#at = at + count;
    return at;
  }
}

const FIRST_BYTES = 16 * 1024;

/** Longest value whose view is kept: a vote with its signature is shorter. */
const SEEN_BYTES_MAX = 4_096;

/** Bytes that are being written; they grow as needed. */
export class ByteWriter {
  bytes = new Uint8Array(FIRST_BYTES);
  view = new DataView(this.bytes.buffer);
  #at = 0;
  /** What was looked at before, by length: most values have one of few. */
  #seen: (Uint8Array | undefined)[] = [];

  /** Makes room for so many bytes; answers where they begin. `bytes` and `view` are others afterwards. */
  room(count: number): number {
    const at = this.#at;
    this.#at = at + count;
    if (this.#at > this.bytes.length) this.#grow();
    return at;
  }

  #grow(): void {
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.#at));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
    this.#seen = [];
  }

  /** What was written so far, in the writer's own memory. */
  written(): Uint8Array {
    const length = this.#at;
    if (length > SEEN_BYTES_MAX) return this.bytes.subarray(0, length);
    if (this.#seen.length === 0) this.#seen = Array.from({ length: SEEN_BYTES_MAX + 1 }, () => undefined);
    return (this.#seen[length] ??= this.bytes.subarray(0, length));
  }

  /** The same in memory of its own. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.#at);
  }

  clear(): void {
    this.#at = 0;
  }
}

/** A refusal, with the path to it from the outermost value. */
export class ByteFault extends Error {
  readonly path: readonly string[];

  constructor(reason: string, path: readonly string[]) {
    super(reason);
    this.path = path;
  }
}

/** A refusal inside a field, seen from the record around it. */
export const inField = (field: string | number, cause: unknown): ByteFault =>
  cause instanceof ByteFault
    ? new ByteFault(cause.message, [String(field), ...cause.path])
    : new ByteFault(causeText(cause), [String(field)]);

/** Longest memory that is kept for the next value; a rare longer one gets its own. */
const KEPT_BYTES_MAX = 1024 * 1024;

let spare: ByteWriter | undefined;

/** Taken while it is written to: a coder that encodes on its way finds none and takes its own. */
const takeWriter = (): ByteWriter => {
  const writer = spare ?? new ByteWriter();
  spare = undefined;
  return writer;
};

const giveBack = (writer: ByteWriter): void => {
  writer.clear();
  if (writer.bytes.length <= KEPT_BYTES_MAX) spare = writer;
};

/** Gives the canonical bytes of a value to `use`, in memory that is written to again when `use` has returned. */
export const useBytes = <A, B>(coder: ByteCoder<A>, value: A, use: (bytes: Uint8Array) => B): B => {
  const writer = takeWriter();
  try {
    coder.write(writer, value);
    return use(writer.written());
  } finally {
    giveBack(writer);
  }
};

/** Canonical bytes of a value. */
export const writeBytes = <A>(coder: ByteCoder<A>, value: A): Uint8Array => {
  const writer = takeWriter();
  try {
    coder.write(writer, value);
    return writer.copy();
  } finally {
    giveBack(writer);
  }
};

/** The value of these bytes, all of them. `lends`: see {@link ByteReader}. */
export const readBytes = <A>(coder: ByteCoder<A>, bytes: Uint8Array, lends = false): A => {
  const reader = new ByteReader(bytes, lends);
  const value = coder.read(reader);
  if (reader.left() > 0) throw new Error(`${String(reader.left())} bytes follow the end of the value`);
  return value;
};

/** Another type over the same bytes: `from` what they hold, `to` what they hold; either throws to refuse. */
export const mapped = <A, B>(inner: ByteCoder<A>, from: (a: A) => B, to: (b: B) => A): ByteCoder<B> => ({
  size: inner.size,
  write: (writer, value) => {
    inner.write(writer, to(value));
  },
  read: (reader) => from(inner.read(reader)),
});
