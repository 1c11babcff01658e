import { floorDiv, GIB, type IdentityId, type StorageCapacityAttestation } from '@zhtp/types';
import type { StakingState } from '@zhtp/validators';
import type { BlockOpening } from '../block/block-input.ts';
import { heightKey, type ChainDomains } from '../chain-domains.ts';
import type { WorkingState } from '../working-state.ts';

/** Blocks from a challenge to where its answer counts: one epoch (economics.md, Proofs). */
export const attestationAge = ({ epoch }: StakingState): bigint => epoch.length;

/** Remembers the parent of this block, which asks its challenges, and forgets those that no answer may come to any more. */
export const notePrevious = (working: WorkingState, { height, previousId }: BlockOpening): void => {
  if (previousId === undefined) return;
  const { proofs, staking } = working.domains();
  const age = attestationAge(staking);
  const oldest = heightKey(height > age ? height - age : 0n);
  let previousIds = proofs.previousIds.with(heightKey(height), previousId);
  for (const [key] of previousIds.entries()) {
    if (key >= oldest) break;
    previousIds = previousIds.without(key);
  }
  working.setDomains({ proofs: { ...proofs, previousIds } });
};

/** Notes an attestation that holds; of two the one with the later challenge stays. */
export const noteAttestation = (
  working: WorkingState,
  validator: IdentityId,
  { storageCapacity, challengeResults }: StorageCapacityAttestation,
): void => {
  const challengeHeight = challengeResults[0]?.challenge.height ?? 0n;
  const { proofs } = working.domains();
  const known = proofs.attested.get(validator);
  if (known !== undefined && known.challengeHeight > challengeHeight) return;
  const attested = proofs.attested.with(validator, { capacity: storageCapacity, challengeHeight });
  working.setDomains({ proofs: { ...proofs, attested } });
  working.report([{ _tag: 'StorageProven', validator, capacity: storageCapacity, challengeHeight }]);
};

/** Bytes a validator has shown within the last epoch; 0 when it has not. */
export const freshlyAttested = (
  { proofs, staking }: Pick<ChainDomains, 'proofs' | 'staking'>,
  validator: IdentityId,
  height: bigint,
): bigint => {
  const shown = proofs.attested.get(validator);
  return shown !== undefined && height - shown.challengeHeight <= attestationAge(staking) ? shown.capacity : 0n;
};

/** In whole GiB: the unit of power and of work by storage. */
export const attestedGib = (
  domains: Pick<ChainDomains, 'proofs' | 'staking'>,
  validator: IdentityId,
  height: bigint,
): bigint => floorDiv(freshlyAttested(domains, validator, height), GIB);
