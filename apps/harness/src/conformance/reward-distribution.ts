import { DelegatorRewards, splitFees, type FeeShares } from '@zhtp/rewards';
import { floorDiv, mulDivFloor, parseZhtp, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { difference, notUnderstood, verdictOf, type Outcome } from './case-outcome.ts';
import { identityNamed } from './keyed-set.ts';
import { must } from './must.ts';
import { closed, count, hasKeys, shaped, someIn } from './shape.ts';
import { runList, runSections, type VectorFormat } from './vector-format.ts';

const ONE = 1_000_000n;

/** A case that says something this reader cannot say to the package. */
class Unreadable extends Error {}

/** Coins and fractions count in millionths: the expected rationals have no more decimals. */
const millionths = (text: string | number): bigint => {
  const read = parseZhtp(String(text));
  if (E.isRight(read)) return read.right;
  throw new Unreadable(`${String(text)} is no decimal of at most six places`);
};

/** A fraction of one in hundredths or ten-thousandths, exactly. */
const partsOf = (fraction: string, parts: bigint): number => {
  const scaled = millionths(fraction) * parts;
  if (scaled % ONE !== 0n || scaled > ONE * parts)
    throw new Unreadable(`${fraction} is no whole part of ${String(parts)}`);
  return Number(floorDiv(scaled, ONE));
};

const validator = identityNamed('validator');
const known = (who: string): IdentityId => (who === 'self' ? validator : identityNamed(`delegator ${who}`));

const readable = (run: () => Outcome): Outcome => {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof Unreadable) return notUnderstood(cause.message);
    throw cause;
  }
};

const event = shaped('a delegation, a reward, a slash or an expectation', [
  closed({ op: t.literal('delegate'), who: t.string, amount: count }),
  closed({ op: t.literal('reward'), amount: count }),
  closed({ op: t.literal('slash'), infractionPower: count, fraction: t.string }),
  closed({ op: t.literal('expect'), rewards: t.record(t.string, t.string), commission: t.string }),
]);

const story = closed({ name: t.string, commission: t.string, events: t.array(event) });

/** Plays a story; each expectation is compared where it stands. */
const runStory = ({ commission, events }: t.TypeOf<typeof story>): Outcome => {
  if (events.every(({ op }) => op !== 'expect')) return notUnderstood('the case expects nothing');
  const rewards = new DelegatorRewards();
  must(rewards.setCommissionRate(validator, partsOf(commission, 100n)));
  const differences: (string | undefined)[] = [];
  let bonded = 0n;
  for (const entry of events)
    switch (entry.op) {
      case 'delegate':
        must(rewards.changeStake({ validator, delegator: known(entry.who) }, millionths(entry.amount)));
        bonded += millionths(entry.amount);
        break;
      case 'reward':
        must(rewards.receive(new Map([[validator, millionths(entry.amount)]])));
        break;
      case 'slash': {
        const after = bonded - mulDivFloor(millionths(entry.infractionPower), millionths(entry.fraction), ONE);
        must(rewards.slash(validator, { before: bonded, after }));
        bonded = after;
        break;
      }
      case 'expect':
        differences.push(
          ...Object.entries(entry.rewards).map(([who, amount]) =>
            difference(
              `rewards of ${who}`,
              must(rewards.pendingRewards({ validator, delegator: known(who) })),
              millionths(amount),
            ),
          ),
          difference('commission', must(rewards.pendingCommission(validator)), millionths(entry.commission)),
        );
    }
  return verdictOf(...differences);
};

const allocation = shaped('one validator’s reward, or the fees of several', [
  closed({
    name: t.string,
    reward: t.string,
    commission: t.string,
    expect: closed({ commission: t.string, delegatorsPool: t.string }),
  }),
  closed({
    name: t.string,
    fees: t.string,
    communityTax: t.string,
    validators: t.array(closed({ power: count, commission: t.string })),
    expect: closed({
      communityPool: t.string,
      outstanding: t.array(t.string),
      commission: t.array(t.string),
      currentRewards: t.array(t.string),
    }),
  }),
]);
type Allocation = t.TypeOf<typeof allocation>;

/** A validator with nothing but its own stake, so that all of the shared rewards are its own. */
const alone = (rewards: DelegatorRewards, identity: IdentityId, commission: string): void => {
  must(rewards.setCommissionRate(identity, partsOf(commission, 100n)));
  must(rewards.changeStake({ validator: identity, delegator: identity }, ONE));
};

const earnedBy = (rewards: DelegatorRewards, identity: IdentityId) => ({
  outstanding: must(rewards.outstandingRewards(identity)),
  commission: must(rewards.pendingCommission(identity)),
  current: must(rewards.pendingRewards({ validator: identity, delegator: identity })),
});

/** The community tax is the treasury's share, and the validators' what it leaves (decisions.md §7). */
const taxed = (communityTax: string): FeeShares => {
  const treasury = partsOf(communityTax, 10_000n);
  return { ubi: 0, validators: 10_000 - treasury, governance: 0, treasury, proposer: 0 };
};

const runAllocation = (entry: Allocation): Outcome => {
  const rewards = new DelegatorRewards();
  if ('reward' in entry) {
    alone(rewards, validator, entry.commission);
    must(rewards.receive(new Map([[validator, millionths(entry.reward)]])));
    const { commission, current } = earnedBy(rewards, validator);
    return verdictOf(
      difference('commission', commission, millionths(entry.expect.commission)),
      difference('delegators’ pool', current, millionths(entry.expect.delegatorsPool)),
    );
  }
  const members = entry.validators.map(({ power }, n) => ({
    identity: identityNamed(`validator ${String(n)}`),
    votingPower: BigInt(power),
    reputation: 10_000n,
    hasSigned: true,
  }));
  const split = must(splitFees({ fees: millionths(entry.fees), members, shares: taxed(entry.communityTax) }));
  for (const [n, { identity }] of members.entries())
    alone(rewards, identity, entry.validators[n]?.commission ?? 'missing');
  must(rewards.receive(split.validators));
  const earned = members.map(({ identity }) => earnedBy(rewards, identity));
  const { communityPool, outstanding, commission, currentRewards } = entry.expect;
  const all = (amounts: readonly string[]): readonly bigint[] => amounts.map(millionths);
  return verdictOf(
    difference('community pool', split.treasury, millionths(communityPool)),
    difference(
      'outstanding',
      earned.map((of) => of.outstanding),
      all(outstanding),
    ),
    difference(
      'commission',
      earned.map((of) => of.commission),
      all(commission),
    ),
    difference(
      'current rewards',
      earned.map((of) => of.current),
      all(currentRewards),
    ),
  );
};

/** F1 distribution as the Cosmos SDK has it: commission, delegators' rewards across slashes, fees with a community tax. */
export const rewardDistribution: VectorFormat = {
  name: 'reward distribution (F1)',
  recognises: (document) =>
    someIn(document, 'cases', (element) => hasKeys(element, 'commission', 'events')) ||
    someIn(document, 'allocation', (element) => hasKeys(element, 'name', 'expect')),
  run: (document) =>
    runSections(document, {
      cases: (content) => runList('cases', content, story, (entry) => readable(() => runStory(entry))),
      allocation: (content) =>
        runList('allocation', content, allocation, (entry) => readable(() => runAllocation(entry))),
    }),
};
