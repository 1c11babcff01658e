import { decodeUtf8, encodeUtf8, hashFromBytes, found, type Hash, hashToBytes } from '@zhtp/types';
import { either as E } from 'fp-ts';

/*
 * bincode 1.x with its default configuration: little-endian, fixed-width integers, u32 variant indices, u64 lengths, and
 * arrays of fixed length as bare elements. Faults are thrown here and become values in the codec above.
 */

/** Why bytes are no encoding; the codec turns it into an error value. */
export class BincodeFault extends Error {}

/** Writes into memory of a fixed size: whatever is written has its bound. */
export class BincodeWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytesMax: number) {
    this.#bytes = new Uint8Array(bytesMax);
    this.#view = new DataView(this.#bytes.buffer);
  }

  #room(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at)
      throw new BincodeFault(`the encoding is over the limit of ${String(this.#bytes.length)} bytes`);
    this.#at = at + count;
    return at;
  }

  u8(value: number): void {
    this.#view.setUint8(this.#room(1), value);
  }

  u32(value: number): void {
    this.#view.setUint32(this.#room(4), value, true);
  }

  u64(value: bigint): void {
    this.#view.setBigUint64(this.#room(8), value, true);
  }

  f64(value: number): void {
    this.#view.setFloat64(this.#room(8), value, true);
  }

  bool(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  text(value: string): void {
    const utf8 = encodeUtf8(value);
    this.u64(BigInt(utf8.length));
    this.#bytes.set(utf8, this.#room(utf8.length));
  }

  hash(value: Hash): void {
    this.#bytes.set(hashToBytes(value), this.#room(32));
  }

  written(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }
}

/** Reads strictly: nothing that {@link BincodeWriter} would have written otherwise is accepted. */
export class BincodeReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  left(): number {
    return this.#bytes.length - this.#at;
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.left())
      throw new BincodeFault(
        `${String(count)} bytes are needed at offset ${String(at)}, ${String(this.left())} follow`,
      );
    this.#at = at + count;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  f64(): number {
    const value = this.#view.getFloat64(this.#take(8), true);
    if (!Number.isFinite(value) || Object.is(value, -0))
      throw new BincodeFault(`a float must be finite and not -0, got ${found(value)}`);
    return value;
  }

  bool(): boolean {
    const byte = this.u8();
    if (byte > 1) throw new BincodeFault(`a boolean is 0 or 1, got ${String(byte)}`);
    return byte === 1;
  }

  /** A u64 count of things that take at least `eachBytesMin` bytes: refused before anything is read for it. */
  count(what: string, max: number, eachBytesMin: number): number {
    const count = this.u64();
    if (count > BigInt(max)) throw new BincodeFault(`${String(count)} ${what} are over the limit of ${String(max)}`);
    if (count * BigInt(eachBytesMin) > BigInt(this.left()))
      throw new BincodeFault(`${String(count)} ${what} do not fit the ${String(this.left())} bytes that follow`);
    return Number(count);
  }

  text(bytesMax: number): string {
    const length = this.count('bytes of text', bytesMax, 1);
    const at = this.#take(length);
    try {
      return decodeUtf8(this.#bytes.subarray(at, at + length));
    } catch {
      throw new BincodeFault('text is not well-formed UTF-8');
    }
  }

  hash(): Hash {
    const at = this.#take(32);
    const hash = hashFromBytes(this.#bytes.subarray(at, at + 32));
    if (E.isLeft(hash)) throw new BincodeFault(hash.left);
    return hash.right;
  }
}
