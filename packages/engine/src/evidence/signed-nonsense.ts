import { either as E } from 'fp-ts';
import { invalidBytesOf, type EvidenceOfBytes } from '@zhtp/chain';
import { decode, misshapenMessageCodec } from '@zhtp/types';

const decodeMisshapen = decode(misshapenMessageCodec);

/**
 * Bytes that are no message of the wire may hold a vote or proposal all the same, whose content no correct validator signs.
 * Whether somebody did is told by the signature, which is not verified here.
 */
export const signedNonsenseIn = (payload: Uint8Array): EvidenceOfBytes | undefined => {
  const misshapen = decodeMisshapen(payload);
  return E.isLeft(misshapen) ? undefined : invalidBytesOf(misshapen.right);
};
