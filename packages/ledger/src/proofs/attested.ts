import { floorDiv, GIB, type IdentityId, type StorageCapacityAttestation } from '@zhtp/types';
import { noteContribution, type StakingState } from '@zhtp/validators';
import type { BlockOpening } from '../block/block-input.ts';
import { stakingStep } from '../block/staking-step.ts';
import { heightKey, type ChainDomains } from '../chain-domains.ts';
import { expectRight } from '../invariant.ts';
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
};

/** Bytes a validator has shown within the last epoch; 0 when it has not. */
const freshlyAttested = ({ proofs, staking }: ChainDomains, validator: IdentityId, height: bigint): bigint => {
  const shown = proofs.attested.get(validator);
  return shown !== undefined && height - shown.challengeHeight <= attestationAge(staking) ? shown.capacity : 0n;
};

/** In whole GiB: the unit of power and of work by storage. */
export const attestedGib = (domains: ChainDomains, validator: IdentityId, height: bigint): bigint =>
  floorDiv(freshlyAttested(domains, validator, height), GIB);

/** At an epoch boundary power follows what was shown, where the consensus type counts it (decisions.md §6). */
export const countContributions = (working: WorkingState, height: bigint): void => {
  const { consensusType } = working.domains().staking.rules;
  if (consensusType !== 'ProofOfStorage' && consensusType !== 'Hybrid') return;
  for (const [identity] of working.domains().staking.active.entries()) {
    const storageProvided = freshlyAttested(working.domains(), identity, height);
    const noted = stakingStep(working, (staking) => noteContribution(staking, identity, { storageProvided }));
    expectRight(noted, `what ${identity} has shown`);
  }
};
