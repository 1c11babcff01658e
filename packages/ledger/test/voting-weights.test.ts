import { encodeExecutionParams } from '@zhtp/dao';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import type { LedgerMessage } from '@zhtp/ledger';
import { settleSlashed } from '../src/block/settle-slashed.ts';
import { stakingStep } from '../src/block/staking-step.ts';
import { countWeights } from '../src/block/voting.ts';
import { openWorkingState } from '../src/working-state.ts';
import { leavesFrom, mapFrom } from '../src/authenticated-map.ts';
import { reputationsNow, weightOf } from '../src/voting-weight.ts';
import { emptyMap, slashStake } from '@zhtp/validators';
import { ZERO_HASH } from '@zhtp/types';
import { right } from './support/chain.ts';
import { doubleSignOf } from './support/double-sign.ts';
import { personOf } from './support/executor.ts';
import { people, stakedChain, type Person } from './support/staked-chain.ts';
import { expectWeightsAsCounted, totalWeight, weightIn } from './support/weights.ts';

const ZHTP = 1_000_000n;
const [a, b, , d, saver, other] = people as unknown as readonly [Person, Person, Person, Person, Person, Person];

const delegate = (to: Person, amount: bigint): LedgerMessage => ({ _tag: 'Delegate', validator: to.who, amount });

const proposeUnit = (zhtp: bigint): LedgerMessage => ({
  _tag: 'Propose',
  title: 'Another unit',
  description: '',
  proposalType: 'GovernanceRules',
  votingPeriodDays: O.none,
  votingPeriodSeconds: O.some(60n),
  votingDelaySeconds: 0n,
  executionParams: O.some(
    right(
      encodeExecutionParams({
        action: {
          _tag: 'GovernanceParameterUpdate',
          updates: [{ _tag: 'ChainParameter', name: 'votingUnitZhtp', value: zhtp }],
        },
      }),
    ),
  ),
  ubiImpact: O.none,
  economicImpact: O.none,
  privacyLevel: 'Public',
});

describe('voting weights', () => {
  test('count a balance once, a stake twice, and a quarter more for full reputation', () => {
    const chain = stakedChain({ stake: 20_000n * ZHTP });
    expect(weightIn(chain, a)).toBe(130n); // ⌊(100 + 2·2) · 500 / 400⌋
    expect(weightIn(chain, saver)).toBe(100n);
    chain.next();
    expectWeightsAsCounted(chain);
    expect(totalWeight(chain)).toBe(4n * 130n + 8n * 100n);
  });

  test('follow what is delegated, taken back and earned', () => {
    const chain = stakedChain();
    chain.next();
    chain.next({ messages: [[saver, delegate(a, 400_000n * ZHTP)]] });
    expect(weightIn(chain, saver)).toBe(59n + 80n);
    expect(chain.state().voting.delegatedOut.get(saver.who)).toBe(400_000n * ZHTP);
    expectWeightsAsCounted(chain);
    chain.next({ messages: [[saver, delegate(b, 100_000n * ZHTP)]] });
    expect(chain.state().voting.delegatedOut.get(saver.who)).toBe(500_000n * ZHTP);
    chain.next({
      messages: [
        [saver, { _tag: 'Redelegate', source: a.who, destination: b.who, amount: 50_000n * ZHTP }],
        [saver, { _tag: 'Undelegate', validator: a.who, amount: 350_000n * ZHTP }],
      ],
    });
    // What is on its way out is nobody's vote.
    expect(chain.state().voting.delegatedOut.get(saver.who)).toBe(150_000n * ZHTP);
    expect(weightIn(chain, saver)).toBe(50n + 30n); // with what it has earned
    expectWeightsAsCounted(chain);
    chain.passBlocks(12);
    expectWeightsAsCounted(chain);
  });

  test('of delegators fall with a slash of their validator', () => {
    const chain = stakedChain({ validators: 8 });
    chain.next();
    chain.next({ messages: [[people[9] ?? saver, delegate(d, 400_000n * ZHTP)]] });
    const delegator = people[9] ?? saver;
    expect(weightIn(chain, delegator)).toBe(59n + 80n);
    chain.passBlocks(12);
    chain.next({ evidence: [doubleSignOf(d, 13n)] });
    const left = chain.state().voting.delegatedOut.get(delegator.who) ?? 0n;
    expect(left).toBeLessThan(400_000n * ZHTP);
    expect(left).toBe(chain.validator(d)?.delegatedStake);
    expect(chain.state().voting.slashed.size).toBe(0);
    expectWeightsAsCounted(chain);
  });

  test('take reputation as it was when the epoch began', () => {
    const chain = stakedChain({ chainParameters: { signedBlocksWindow: 10n, livenessJailSeconds: 30n } });
    chain.passBlocks(1);
    for (let i = 0; i < 11; i++) chain.next({ absent: [d] });
    expect(chain.validator(d)?.status).toBe('Jailed');
    expect(chain.validator(d)?.reputation).toBe(95);
    expect(chain.state().voting.reputations.get(d.who)).toBe(100);
    expectWeightsAsCounted(chain);
    while (chain.height() % 10n !== 0n) chain.next();
    expect(chain.validator(d)?.reputation).toBeLessThan(100);
    expect(chain.state().voting.reputations.get(d.who)).toBe(chain.validator(d)?.reputation);
    expectWeightsAsCounted(chain);
  });

  test('of many delegators fall so many in a block, each once', () => {
    const chain = stakedChain({ validators: 8 });
    chain.next();
    const delegators = people.slice(8);
    chain.next({ messages: delegators.map((person) => [person, delegate(d, 1_000n * ZHTP)] as const) });
    const slashed = openWorkingState(chain.state());
    const order = { identity: d.who, slashType: 'InvalidVote', fractionPpm: 10_000n } as const;
    right(stakingStep(slashed, (staking) => slashStake(staking, order)));
    const fallen = (): number =>
      delegators.filter(({ who }) => slashed.domains().voting.delegatedOut.get(who) === 990n * ZHTP).length;
    // The validator's own stake is one of the five.
    const seen = [1, 2, 3].map(() => {
      settleSlashed(slashed, 2);
      return fallen();
    });
    expect(seen[0]).toBeLessThan(seen[1] ?? 0);
    expect(seen[2]).toBe(4);
    expect(slashed.domains().voting.slashed.size).toBe(0);
  });

  test('of all accounts are recounted so many in a block', () => {
    const chain = stakedChain();
    chain.next();
    const { voting } = chain.state();
    chain.replace({ ...chain.state(), voting: { ...voting, unitZhtp: 1_000n, recountFrom: ZERO_HASH } });
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      const working = openWorkingState(chain.state());
      countWeights(working, chain.height(), 5);
      chain.replace(working.close().state);
      seen.push(people.filter((person) => weightIn(chain, person) >= 900n).length);
    }
    expect(seen).toEqual([5, 10, 12]);
    expect(chain.state().voting.recountFrom).toBeUndefined();
    expectWeightsAsCounted(chain);
  });

  test('are recounted in another unit from the epoch boundary on', () => {
    const chain = stakedChain({ chainParameters: { votingPeriodMinSeconds: 1n } });
    chain.next();
    const proposed = chain.next({ messages: [[a, proposeUnit(100_000n)]] });
    const created = proposed.events.find(({ _tag }) => _tag === 'ProposalCreated');
    if (created?._tag !== 'ProposalCreated') throw new Error('not proposed');
    const yes = {
      _tag: 'Vote',
      proposalId: created.proposal.id,
      voteChoice: { _tag: 'Yes' },
      justification: O.none,
    } as const;
    chain.next({ messages: people.map((person) => [person, yes] as const) });
    chain.next({ seconds: 60n });
    while (chain.height() < 19n) chain.next();
    expect(weightIn(chain, other)).toBe(99n);
    expectWeightsAsCounted(chain);
    chain.next();
    expect(chain.state().voting).toMatchObject({ unitZhtp: 100_000n, recountFrom: undefined });
    expect(weightIn(chain, other)).toBe(9n);
    expectWeightsAsCounted(chain);
  });

  test('no proposal is taken while weights of two units stand beside each other', () => {
    const chain = stakedChain({ chainParameters: { votingPeriodMinSeconds: 1n } });
    chain.next();
    const { voting } = chain.state();
    chain.replace({ ...chain.state(), voting: { ...voting, recountFrom: ZERO_HASH } });
    const outcome = chain.next({ messages: [[a, proposeUnit(5n)]] });
    expect(outcome.executed[0]?.sentence).toMatch(/weights are being recounted/);
    expect(chain.state().voting.recountFrom).toBeUndefined();
    expect(chain.next({ messages: [[a, proposeUnit(5n)]] }).executed[0]?.sentence).toBe('');
  });

  test('count a reputation up to 100, and none for who has lost it all', () => {
    const { staking } = stakedChain().state();
    const account = staking.accounts.get(a.who);
    if (account === undefined) throw new Error('a validates');
    const of = (reputation: number) => ({
      ...staking,
      accounts: staking.accounts.with(a.who, { ...account, validator: { ...account.validator, reputation } }),
    });
    expect(reputationsNow(of(101), emptyMap()).get(a.who)).toBe(100);
    expect(reputationsNow(of(99), emptyMap()).get(a.who)).toBe(99);
    const before = reputationsNow(of(1), emptyMap());
    expect(before.get(a.who)).toBe(1);
    expect(reputationsNow(of(0), before).has(a.who)).toBe(false);
    expect(reputationsNow(of(1), before)).toBe(before);
  });
});

test.each([
  [-1n, 0n],
  [0n, 1n],
  [1n, 1n],
])('%d micro-ZHTP beside one unit of either weigh what they must', (beside, units) => {
  const state = stakedChain().state();
  const nobody = personOf(77);
  const unit = 10_000n * ZHTP + beside;
  const delegatedOut = state.voting.delegatedOut.with(nobody, unit);
  const delegating = { ...state, voting: { ...state.voting, delegatedOut } };
  expect(state.voting.unitZhtp).toBe(10_000n);
  expect(weightOf(state, nobody, unit)).toBe(units);
  expect(weightOf(delegating, nobody, 0n)).toBe(2n * units);
  expect(weightOf(delegating, nobody, unit)).toBe(3n * units);
});

test('leaves of a map can be taken up again where one left off', () => {
  const map = mapFrom(Array.from({ length: 300 }, (_, n) => [personOf(n), Uint8Array.of(1)] as const));
  const all = [...leavesFrom(map, ZERO_HASH)];
  expect(all).toHaveLength(300);
  for (const [n, { path }] of all.entries()) expect([...leavesFrom(map, path)]).toEqual(all.slice(n));
});
