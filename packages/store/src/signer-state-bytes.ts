import { option as O } from 'fp-ts';
import { putInternedHex32, SIGNATURE_BYTES_MAX, U64_MAX, type Codec, type Hash } from '@zhtp/types';
import type { SignerState } from './signer-state.ts';

/*
 * The bytes of a signer's state, written by code for this one type: a record goes to disk before every signature, and
 * walking the declaration costs several times as much. The declaration rules; tests compare the two.
 */

const U32_MAX = 0xffff_ffff;

/** On disk; they rise in the order of the slots of a round. */
export const STEP_CODES = { Proposal: 1, PreVote: 2, PreCommit: 3 } as const;

/** Height, round, step; content hash; length of the signature, which follows. */
const SIGNED_SLOT_BYTES = 8 + 4 + 1 + 32 + 4;
/** Height, round, id of the proposal. */
const LOCK_BYTES = 8 + 4 + 32;
/** Height, content hash, length of the signature, which follows. */
const ATTESTATION_BYTES = 8 + 32 + 4;

type Write = Codec<SignerState>['bytes']['write'];
type Writer = Parameters<Write>[0];

const isU64 = (value: bigint): boolean => value >= 0n && value <= U64_MAX;
const isU32 = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= U32_MAX;

/** Whether every number fits its field; what does not is left to the declaration, which has the words for it. */
const fits = ({ last, lock, attestation }: SignerState): boolean =>
  (O.isNone(last) ||
    (isU64(last.value.slot.height) &&
      isU32(last.value.slot.round) &&
      last.value.signature.length <= SIGNATURE_BYTES_MAX)) &&
  (O.isNone(lock) || (isU64(lock.value.height) && isU32(lock.value.round))) &&
  (O.isNone(attestation) ||
    (isU64(attestation.value.height) && attestation.value.signature.length <= SIGNATURE_BYTES_MAX));

/** One byte says whether `bytes` more follow; answers where they begin. */
const roomBehindFlag = (writer: Writer, bytes: number | undefined): number => {
  const at = writer.room(1 + (bytes ?? 0));
  writer.bytes[at] = bytes === undefined ? 0 : 1;
  return at + 1;
};

const putHash = ({ bytes, view }: Writer, at: number, hash: Hash): void => {
  if (hash.length !== 64 || !putInternedHex32(bytes, view, at, hash))
    throw new Error(`a hash in a signer's state is 64 lowercase hex characters, got "${hash.slice(0, 80)}"`);
};

const putSigned = (writer: Writer, at: number, contentHash: Hash, signature: Uint8Array): void => {
  putHash(writer, at, contentHash);
  writer.view.setUint32(at + 32, signature.length);
  writer.bytes.set(signature, at + 36);
};

/** @param declared what the declaration writes */
export const writeSignerState =
  (declared: Write): Write =>
  (writer, state) => {
    if (!fits(state)) {
      declared(writer, state);
      return;
    }
    const last = O.toUndefined(state.last);
    const lastAt = roomBehindFlag(writer, last && SIGNED_SLOT_BYTES + last.signature.length);
    if (last !== undefined) {
      writer.view.setBigUint64(lastAt, last.slot.height);
      writer.view.setUint32(lastAt + 8, last.slot.round);
      writer.bytes[lastAt + 12] = STEP_CODES[last.slot.step];
      putSigned(writer, lastAt + 13, last.contentHash, last.signature);
    }
    const lock = O.toUndefined(state.lock);
    const lockAt = roomBehindFlag(writer, lock && LOCK_BYTES);
    if (lock !== undefined) {
      writer.view.setBigUint64(lockAt, lock.height);
      writer.view.setUint32(lockAt + 8, lock.round);
      putHash(writer, lockAt + 12, lock.proposalId);
    }
    const attestation = O.toUndefined(state.attestation);
    const attestationAt = roomBehindFlag(writer, attestation && ATTESTATION_BYTES + attestation.signature.length);
    if (attestation !== undefined) {
      writer.view.setBigUint64(attestationAt, attestation.height);
      putSigned(writer, attestationAt + 8, attestation.contentHash, attestation.signature);
    }
  };
