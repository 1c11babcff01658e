import type { Receipt } from '@zhtp/proofs';
import type { StorageCapacityAttestation } from '@zhtp/types';
import { option as O } from 'fp-ts';
import type { LedgerMessageOf } from '../messages/message.ts';
import type { StorageCommitment } from '../proofs/proof-state.ts';

/** What a validator holds from now on, as `commitStorage` of `@zhtp/proofs` computed it; takes the place of an earlier one. */
export const commitToStorage = ({ root, salt, blockBytes }: StorageCommitment): LedgerMessageOf<'CommitStorage'> => ({
  _tag: 'CommitStorage',
  commitment: O.some({ root, salt, blockBytes }),
});

/** Holds nothing any more. */
export const withdrawStorage = (): LedgerMessageOf<'CommitStorage'> => ({ _tag: 'CommitStorage', commitment: O.none });

/** Shows storage between proposals. The challenge is of a height after the commitment, at most an epoch old. */
export const submitAttestation = (attestation: StorageCapacityAttestation): LedgerMessageOf<'ProveStorage'> => ({
  _tag: 'ProveStorage',
  attestation,
});

/** Hands in 1 to 64 receipts of the current epoch. */
export const submitWork = (receipts: readonly Receipt[]): LedgerMessageOf<'SubmitWork'> => ({
  _tag: 'SubmitWork',
  receipts,
});
