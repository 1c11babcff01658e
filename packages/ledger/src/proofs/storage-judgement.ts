import type { CommitCertificate, Hash, IdentityId, StorageCapacityAttestation } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ChainContext } from '../chain-context.ts';
import { heightKey, type ChainDomains } from '../chain-domains.ts';
import { attestationAge } from './attested.ts';
import { consensusKeyAt } from './consensus-key.ts';

/** What an attestation is held against; everything here comes from the state. */
export interface StorageJudgement {
  readonly key: Uint8Array;
  readonly root: Hash;
  readonly salt: Hash;
  readonly blockBytes: number;
  readonly prevHash: Hash;
  readonly maxAge: bigint;
}

/** Where an attestation is to count. */
export interface StorageClaim {
  readonly validator: IdentityId;
  readonly attestation: StorageCapacityAttestation;
  readonly height: bigint;
  /** Of the block before `height`. */
  readonly previousId?: Hash;
}

/** Whose id decides what a height's challenges ask. The first block's parent is the genesis, which holds the first roots. */
export const parentIdOf = (
  { previous }: Pick<ChainDomains, 'previous'>,
  { genesisHash }: Pick<ChainContext, 'genesisHash'>,
  { blockId }: Pick<CommitCertificate, 'blockId'>,
): Hash => (previous === undefined ? genesisHash : blockId);

/** Left: why state has nothing that this attestation could answer. */
export const storageJudgement = (
  domains: Pick<ChainDomains, 'proofs' | 'staking' | 'sets'>,
  { validator, attestation, height, previousId }: StorageClaim,
): Either<string, StorageJudgement> => {
  const { proofs, staking } = domains;
  const commitment = proofs.commitments.get(validator);
  if (commitment === undefined) return E.left(`validator ${validator} has committed no storage: commit root and salt`);
  const key = consensusKeyAt(domains, validator, height);
  if (key === undefined) return E.left(`${validator} is no validator`);
  const asked = attestation.challengeResults[0]?.challenge.height ?? height;
  // Before the commitment was made the challenge could have been known: bytes could be chosen to answer it.
  if (asked <= commitment.height)
    return E.left(
      `challenge of height ${String(asked)} is not after the commitment of height ${String(commitment.height)}`,
    );
  const prevHash = (asked === height ? previousId : undefined) ?? proofs.previousIds.get(heightKey(asked));
  if (prevHash === undefined) return E.left(`challenge of height ${String(asked)} is none of the last epoch`);
  const { root, salt, blockBytes } = commitment;
  return E.right({ key, root, salt, blockBytes, prevHash, maxAge: attestationAge(staking) });
};
