import { writeBytes, type ByteCoder } from './byte-coder.ts';
import type { Codec } from './codec-core.ts';

const keptBytes = <A extends object>(inner: ByteCoder<A>): ByteCoder<A> => {
  const known = new WeakMap<A, Uint8Array>();
  const bytesOf = (value: A): Uint8Array => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const written = writeBytes(inner, value);
    known.set(value, written);
    return written;
  };
  return {
    size: inner.size,
    write: (writer, value) => {
      const bytes = bytesOf(value);
      const at = writer.room(bytes.length);
      writer.bytes.set(bytes, at);
    },
    read: inner.read,
  };
};

/**
 * The same encoding, written once for each object and copied from then on: for values that are part of one record after the
 * other. They are immutable, as all values of codecs are; the bytes go with the object.
 */
export const writtenOnce = <A extends object>(inner: Codec<A>): Codec<A> => ({
  ...inner,
  bytes: keptBytes(inner.bytes),
});
