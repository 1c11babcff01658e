import { sha256, sha256Into } from '@zhtp/crypto';
import { encodeUtf8 } from '@zhtp/types';

const TAG_BYTES = 64;
/** Memory that is kept for the next input; a rare longer one gets its own. */
const KEPT_BYTES_MAX = 64 * 1024;
const FIRST_BYTES = 1024;

/**
 * The tagged hash of `@zhtp/crypto` (BIP-340: SHA-256 of SHA-256(tag) twice, then the input), written at a place of an array:
 * for what goes into other bytes, where a text and its parsing would cost as much as hashing.
 */
export const taggedDigestInto = (tag: string): ((input: Uint8Array, target: Uint8Array, at: number) => void) => {
  const prefix = new Uint8Array(TAG_BYTES);
  prefix.set(sha256(encodeUtf8(tag)));
  prefix.copyWithin(TAG_BYTES >> 1, 0);
  const withRoom = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    bytes.set(prefix);
    return bytes;
  };
  let kept = withRoom(FIRST_BYTES);
  return (input, target, at) => {
    const length = TAG_BYTES + input.length;
    let buffer = kept;
    if (length > kept.length) {
      buffer = withRoom(2 * length);
      if (buffer.length <= KEPT_BYTES_MAX) kept = buffer;
    }
    buffer.set(input, TAG_BYTES);
    sha256Into(buffer.subarray(0, length), target, at);
  };
};
