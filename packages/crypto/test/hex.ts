import { hexToBytes } from '@zhtp/types';
import { either as E } from 'fp-ts';

/** Bytes of a test's own hex, upper or lower case. */
export const fromHex = (hex: string): Uint8Array => {
  const bytes = hexToBytes(hex.toLowerCase());
  if (E.isLeft(bytes)) throw new Error(bytes.left);
  return bytes.right;
};
