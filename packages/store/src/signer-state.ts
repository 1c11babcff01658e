import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { bytes, hashCodec, literals, option, SIGNATURE_BYTES_MAX, struct, u32, u64 } from '@zhtp/types';
import type { Codec, SignContent, TypeOf } from '@zhtp/types';
import { STEP_CODES, writeSignerState } from './signer-state-bytes.ts';

const stepCodec = literals('SlotStep', STEP_CODES);

/** Where in the protocol one signature belongs; a validator signs one content per slot. */
export const slotCodec = struct('Slot', { height: u64, round: u32, step: stepCodec });
export type Slot = TypeOf<typeof slotCodec>;

const signatureBytes = bytes(SIGNATURE_BYTES_MAX);

const declared = struct('SignerState', {
  /** The last slot signed, the hash of what was signed there, and the signature given out for it. */
  last: option(struct('SignedSlot', { slot: slotCodec, contentHash: hashCodec, signature: signatureBytes })),
  /** The last non-nil precommit: its value binds the prevotes of its height. */
  lock: option(struct('PreCommitted', { height: u64, round: u32, proposalId: hashCodec })),
  /** Attestations have a mark of their own, by height. */
  attestation: option(struct('SignedAttestation', { height: u64, contentHash: hashCodec, signature: signatureBytes })),
});
/** Everything the signer must remember to sign nothing twice (protocol.md, Durability). */
export type SignerState = TypeOf<typeof declared>;

export const signerStateCodec: Codec<SignerState> = {
  ...declared,
  bytes: { ...declared.bytes, write: writeSignerState(declared.bytes.write) },
};

export const emptySignerState: SignerState = { last: O.none, lock: O.none, attestation: O.none };

/** Below zero when `a` comes first: by height, then round, then proposal < prevote < precommit. */
export const compareSlots = (a: Slot, b: Slot): number => {
  if (a.height !== b.height) return a.height < b.height ? -1 : 1;
  if (a.round !== b.round) return a.round - b.round;
  return STEP_CODES[a.step] - STEP_CODES[b.step];
};

/** The slot a request fills; none for attestations, heartbeats and extensions. */
export const slotOf = (request: SignContent): Option<Slot> => {
  switch (request._tag) {
    case 'Proposal':
    case 'PreVote':
    case 'PreCommit':
      return O.some({ height: request.height, round: request.round, step: request._tag });
    case 'Attestation':
    case 'Heartbeat':
    case 'Extension':
      return O.none;
  }
};

export const describeSlot = (slot: Slot): string =>
  `${slot.step} of height ${String(slot.height)}, round ${String(slot.round)}`;
