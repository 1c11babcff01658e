import type { ProvenWork } from '@zhtp/rewards';
import type { FrozenValidator, IdentityId, UsefulWorkType } from '@zhtp/types';
import { emptyMap, noteContribution, type Contribution } from '@zhtp/validators';
import { stakingStep } from '../block/staking-step.ts';
import type { ChainDomains } from '../chain-domains.ts';
import { expectRight } from '../invariant.ts';
import type { WorkingState } from '../working-state.ts';
import { attestedGib, freshlyAttested } from './attested.ts';
import { meanUnits, withEpochEnded } from './work-record.ts';

const unitsOf = (domains: ChainDomains, identity: IdentityId, height: bigint): ReadonlyMap<UsefulWorkType, bigint> => {
  const { routingWork = 0n, computeWork = 0n } = domains.proofs.unrewarded.get(identity) ?? {};
  const units = new Map<UsefulWorkType, bigint>();
  if (routingWork > 0n) units.set('NetworkRouting', routingWork);
  const storage = attestedGib(domains, identity, height);
  if (storage > 0n) units.set('DataStorage', storage);
  if (computeWork > 0n) units.set('Computation', computeWork);
  return units;
};

/**
 * What the members of a set have proven since the last round: receipts that nobody was rewarded for yet, which are taken out
 * of the state, and storage by the latest attestation (economics.md, Rewards).
 */
export const takeProvenWork = (
  working: WorkingState,
  members: readonly FrozenValidator[],
  height: bigint,
): ProvenWork => {
  const work = new Map<IdentityId, ReadonlyMap<UsefulWorkType, bigint>>();
  const domains = working.domains();
  const { proofs } = domains;
  if (proofs.unrewarded.size === 0 && proofs.attested.size === 0) return work;
  for (const { identity } of members) {
    const units = unitsOf(domains, identity, height);
    if (units.size > 0) work.set(identity, units);
  }
  if (proofs.unrewarded.size > 0) working.setDomains({ proofs: { ...proofs, unrewarded: emptyMap() } });
  return work;
};

/** An epoch of work ends at its boundary; storage counts as shown last. */
export const endWorkEpoch = (working: WorkingState, height: bigint): void => {
  const domains = working.domains();
  const storage = new Map<IdentityId, bigint>();
  for (const [identity] of domains.proofs.attested.entries()) {
    const gib = attestedGib(domains, identity, height);
    if (gib > 0n) storage.set(identity, gib);
  }
  working.setDomains({ proofs: withEpochEnded(domains.proofs, storage) });
};

/** What the consensus type makes power of beside stake, if anything. */
const contributionOf = (domains: ChainDomains, identity: IdentityId, height: bigint): Contribution | undefined => {
  switch (domains.staking.rules.consensusType) {
    case 'ProofOfStorage':
    case 'Hybrid':
      return { storageProvided: freshlyAttested(domains, identity, height) };
    case 'ProofOfUsefulWork':
      return { provenWork: meanUnits(domains.proofs, identity) };
    case 'ProofOfStake':
    case 'ByzantineFaultTolerance':
      return undefined;
  }
};

/** At an epoch boundary power follows what was shown, where the consensus type counts it (decisions.md §6). */
export const countContributions = (working: WorkingState, height: bigint): void => {
  for (const [identity] of working.domains().staking.active.entries()) {
    const contribution = contributionOf(working.domains(), identity, height);
    if (contribution === undefined) return;
    const noted = stakingStep(working, (staking) => noteContribution(staking, identity, contribution));
    expectRight(noted, `what ${identity} has shown`);
  }
};
