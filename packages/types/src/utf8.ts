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

/** Up to here a loop over the characters beats the call into the runtime. */
const SHORT_CHARACTERS_MAX = 64;

/** The bytes of text whose characters are all one byte; undefined where one is not. */
const encodeAscii = (value: string): Uint8Array | undefined => {
  const bytes = new Uint8Array(value.length);
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 0x7f) return undefined;
    bytes[i] = code;
  }
  return bytes;
};

/** The UTF-8 bytes of a text; lone surrogates become U+FFFD. */
export const encodeUtf8 = (value: string): Uint8Array =>
  (value.length <= SHORT_CHARACTERS_MAX ? encodeAscii(value) : undefined) ?? encoder.encode(value);

/** Throws on malformed UTF-8. */
export const decodeUtf8 = (value: Uint8Array): string => decoder.decode(value);
