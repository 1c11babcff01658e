import { chainParameter, changeWeight, currentPower } from '@zhtp/dao';
import { ZERO_HASH, type Hash, type IdentityId } from '@zhtp/types';
import { leavesFrom } from '../authenticated-map.ts';
import { expectRight, identityIn } from '../invariant.ts';
import { accountChanges } from '../state/staking-maps.ts';
import { reputationsNow, weightOf } from '../voting-weight.ts';
import type { WorkingState } from '../working-state.ts';
import { balanceOf } from './money.ts';

/** Accounts recounted in another unit in one block: a bound on its work. */
const RECOUNTED_PER_BLOCK = 1_000;

/** The next accounts whose weights are still in the unit of before. */
const inOldUnit = (working: WorkingState, atMost: number): readonly IdentityId[] => {
  const { voting } = working.domains();
  if (voting.recountFrom === undefined) return [];
  const found: IdentityId[] = [];
  let recountFrom: Hash | undefined;
  for (const { key, path } of leavesFrom(working.base.accounts, voting.recountFrom)) {
    if (found.length === atMost) {
      recountFrom = path;
      break;
    }
    found.push(identityIn(key));
  }
  working.setDomains({ voting: { ...voting, recountFrom } });
  return found;
};

/** Whoever holds or has staked something else than before the block, or counts otherwise. */
const changedHolders = (working: WorkingState): ReadonlySet<IdentityId> => {
  const { base } = working;
  const { staking, voting } = working.domains();
  const changed = new Set(working.touched());
  for (const { key } of voting.delegatedOut.changesSince(base.voting.delegatedOut)) changed.add(key);
  for (const { key } of voting.reputations.changesSince(base.voting.reputations)) changed.add(key);
  for (const { key, before, after } of accountChanges(base.staking, staking))
    if (before?.validator.stake !== after?.validator.stake) changed.add(key);
  if (voting.unitZhtp !== base.voting.unitZhtp) for (const [identity] of staking.accounts) changed.add(identity);
  return changed;
};

/**
 * Notes the weights after a block of whoever it changed them for, and of some more while another unit is being taken up.
 * Last in the block: nothing moves money or stake after it (economics.md, Governance: Snapshot).
 */
export const countWeights = (working: WorkingState, height: bigint, atMost = RECOUNTED_PER_BLOCK): void => {
  const recounted = inOldUnit(working, atMost);
  const domains = working.domains();
  let { governance } = domains;
  for (const identity of new Set([...changedHolders(working), ...recounted])) {
    const weight = weightOf(domains, identity, balanceOf(working, identity));
    if (weight === currentPower(governance.electorate, identity)) continue;
    governance = expectRight(changeWeight(governance, { identity, weight, height }), `the weight of ${identity}`).state;
  }
  working.setDomains({ governance });
};

/** An epoch begins: the reputations that count in it, and the unit that governance has decided. */
export const beginVotingEpoch = (working: WorkingState): void => {
  const { staking, governance, voting } = working.domains();
  const unitZhtp = chainParameter(governance.chainParameters, 'votingUnitZhtp');
  const recountFrom = unitZhtp === voting.unitZhtp ? voting.recountFrom : ZERO_HASH;
  const reputations = reputationsNow(staking, voting.reputations);
  working.setDomains({ voting: { ...voting, unitZhtp, reputations, recountFrom } });
};
