import {
  attestedStorageCodec,
  committedStorageCodec,
  consensusKeyAt,
  freshlyAttested,
  type AttestedStorage,
  type CommittedStorage,
  type LedgerState,
} from '@zhtp/ledger';
import {
  hashCodec,
  identityCodec,
  option,
  publicKeyCodec,
  struct,
  u64,
  type Codec,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import { option as O } from 'fp-ts';

/** A challenge that an attestation in the next block may answer. */
export interface KnownChallenge {
  readonly height: bigint;
  /** Of the block before it, which decides what it asks. */
  readonly previousId: Hash;
}

/** The answer of GET /staking/validators/:identity/storage. */
export interface StorageAnswer {
  readonly validator: IdentityId;
  /** Signs for it in the next block. */
  readonly consensusKey: O.Option<Uint8Array>;
  readonly commitment: O.Option<CommittedStorage>;
  readonly attested: O.Option<AttestedStorage>;
  /** Bytes that count now: shown within the last epoch. */
  readonly counted: bigint;
  /** The newest one; it is about the commitment where its height is later. */
  readonly challenge: O.Option<KnownChallenge>;
}

export const storageAnswerCodec: Codec<StorageAnswer> = struct('StorageAnswer', {
  validator: identityCodec,
  consensusKey: option(publicKeyCodec),
  commitment: option(committedStorageCodec),
  attested: option(attestedStorageCodec),
  counted: u64,
  challenge: option(struct('KnownChallenge', { height: u64, previousId: hashCodec })),
});

export const storageOf = (state: LedgerState, validator: IdentityId): StorageAnswer => {
  const { proofs, previous } = state;
  let challenge: O.Option<KnownChallenge> = O.none;
  for (const [height, previousId] of proofs.previousIds.entries())
    challenge = O.some({ height: BigInt(height), previousId });
  const height = previous?.height ?? 0n;
  return {
    validator,
    consensusKey: O.fromNullable(consensusKeyAt(state, validator, height + 1n)),
    commitment: O.fromNullable(proofs.commitments.get(validator)),
    attested: O.fromNullable(proofs.attested.get(validator)),
    counted: freshlyAttested(state, validator, height),
    challenge,
  };
};
