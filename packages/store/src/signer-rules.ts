import { option as O } from 'fp-ts';
import type { Hash, SignContent } from '@zhtp/types';
import { compareSlots, describeSlot, slotOf, type SignerState, type Slot } from './signer-state.ts';

export type Decision =
  /** Sign, then keep what {@link remember} answers before the signature leaves. */
  | { readonly _tag: 'Sign' }
  /** This very content was signed here: give out the same signature. */
  | { readonly _tag: 'Repeat'; readonly signature: Uint8Array }
  /** Stay silent in this slot. */
  | { readonly _tag: 'Refuse'; readonly reason: string };

const SIGN: Decision = { _tag: 'Sign' };
const refuse = (reason: string): Decision => ({ _tag: 'Refuse', reason });

/**
 * What the signer does with a request (protocol.md, Durability). Contents are compared by the hash of the signed bytes,
 * never by signature: signing may be hedged.
 */
export const decide = (state: SignerState, request: SignContent, contentHash: Hash): Decision => {
  switch (request._tag) {
    case 'Heartbeat':
    case 'Extension':
      return SIGN;
    case 'Attestation':
      return decideAttestation(state, request.height, contentHash);
    case 'Proposal':
    case 'PreCommit':
      return decideSlot(state, slotFor(request), contentHash);
    case 'PreVote': {
      const inOrder = decideSlot(state, slotFor(request), contentHash);
      return inOrder._tag === 'Sign' ? decidePreVote(state, request) : inOrder;
    }
  }
};

const slotFor = (request: SignContent & { readonly _tag: Slot['step'] }): Slot => ({
  height: request.height,
  round: request.round,
  step: request._tag,
});

const decideSlot = (state: SignerState, slot: Slot, contentHash: Hash): Decision => {
  if (O.isNone(state.last)) return SIGN;
  const last = state.last.value;
  const order = compareSlots(slot, last.slot);
  if (order > 0) return SIGN;
  if (order < 0) return refuse(`${describeSlot(slot)} lies below the last signed slot, ${describeSlot(last.slot)}`);
  return last.contentHash === contentHash
    ? { _tag: 'Repeat', signature: last.signature }
    : refuse(`${describeSlot(slot)} is already signed with other content`);
};

const decideAttestation = (state: SignerState, height: bigint, contentHash: Hash): Decision => {
  if (O.isNone(state.attestation) || height > state.attestation.value.height) return SIGN;
  const last = state.attestation.value;
  if (height < last.height)
    return refuse(
      `attestation of height ${String(height)} lies below the last signed one, of height ${String(last.height)}`,
    );
  return last.contentHash === contentHash
    ? { _tag: 'Repeat', signature: last.signature }
    : refuse(`attestation of height ${String(height)} is already signed with other content`);
};

/** The lock, as the signer sees it: after a precommit of (X, p), a prevote for Y ≠ X needs a polka of round p or later. */
const decidePreVote = (state: SignerState, request: SignContent & { readonly _tag: 'PreVote' }): Decision => {
  const { height, round, proposalId, polRound } = request;
  if (O.isSome(polRound) && polRound.value >= round)
    return refuse(
      `prevote of height ${String(height)}, round ${String(round)} names polRound ${String(polRound.value)}, which is not earlier`,
    );
  if (O.isNone(state.lock) || state.lock.value.height !== height || O.isNone(proposalId)) return SIGN;
  const lock = state.lock.value;
  if (proposalId.value === lock.proposalId || (O.isSome(polRound) && polRound.value >= lock.round)) return SIGN;
  return refuse(
    `prevote of height ${String(height)}, round ${String(round)} for ${proposalId.value} without a polka of round ` +
      `${String(lock.round)} or later, in which ${lock.proposalId} was precommitted`,
  );
};

/** The state after signing what {@link decide} allowed. */
export const remember = (
  state: SignerState,
  request: SignContent,
  contentHash: Hash,
  signature: Uint8Array,
): SignerState => {
  if (request._tag === 'Attestation')
    return { ...state, attestation: O.some({ height: request.height, contentHash, signature }) };
  const slot = slotOf(request);
  if (O.isNone(slot)) return state;
  const lock =
    request._tag === 'PreCommit' && O.isSome(request.proposalId)
      ? O.some({ height: request.height, round: request.round, proposalId: request.proposalId.value })
      : state.lock;
  return { ...state, last: O.some({ slot: slot.value, contentHash, signature }), lock };
};
