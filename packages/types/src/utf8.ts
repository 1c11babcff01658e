/**
 * UTF-8 without assuming a DOM or Node.js type library: both globals are part of every JavaScript runtime we support.
 * Decoding is strict (malformed bytes throw) and keeps a leading byte-order mark, so that encoding gives the same bytes.
 */
interface Encoder {
  encode(input: string): Uint8Array;
}
interface Decoder {
  decode(input: Uint8Array): string;
}
declare const TextEncoder: new () => Encoder;
declare const TextDecoder: new (label: 'utf-8', options: { readonly fatal: true; readonly ignoreBOM: true }) => Decoder;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const encodeUtf8 = (value: string): Uint8Array => encoder.encode(value);

/** Throws on malformed UTF-8. */
export const decodeUtf8 = (value: Uint8Array): string => decoder.decode(value);
