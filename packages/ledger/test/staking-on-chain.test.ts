import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { conservationFault, supplyOf, type BlockOutcome, type LedgerMessage } from '@zhtp/ledger';
import { doubleSignOf } from './support/double-sign.ts';
import { people, stakedChain, type Person } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;
const [a, b, c, d, newcomer, saver] = people as unknown as readonly [Person, Person, Person, Person, Person, Person];

const failures = (outcome: BlockOutcome): readonly string[] =>
  outcome.executed.map(({ sentence }) => sentence).filter((sentence) => sentence !== '');
const tags = (outcome: Pick<BlockOutcome, 'events'>): readonly string[] => outcome.events.map(({ _tag }) => _tag);

const registration = ({ key }: Person, stake: bigint): LedgerMessage => ({
  _tag: 'RegisterValidator',
  stake,
  storageProvided: 0n,
  consensusKey: key,
  proofOfPossession: new Uint8Array(1),
  commissionRate: 5,
  maxRate: 20,
  maxDailyChange: 1,
});

describe('a staked chain', () => {
  test('counts genesis stake in its supply and mints a round from the second block on', () => {
    const chain = stakedChain();
    const supply = chain.state().totals.supply;
    expect(supply).toBe(12n * 1_000_000n * ZHTP + 4n * 1_000n * ZHTP);
    expect(tags(chain.next())).not.toContain('RewardsDistributed');
    expect(tags(chain.next())).toContain('RewardsDistributed');
    const { emitted } = chain.state().totals;
    expect(emitted).toBe(130n * ZHTP); // 100 base, 10 participation, 20 work
    expect(chain.state().totals.supply).toBe(supply + emitted);
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });

  test('pays a delegator what it earned after commission, once', () => {
    const chain = stakedChain();
    chain.passBlocks(2);
    const before = chain.balance(saver);
    expect(
      failures(chain.next({ messages: [[saver, { _tag: 'Delegate', validator: a.who, amount: 500n * ZHTP }]] })),
    ).toEqual([]);
    chain.passBlocks(5);
    const claimed = chain.next({ messages: [[saver, { _tag: 'ClaimRewards', validator: a.who }]] });
    expect(failures(claimed)).toEqual([]);
    const after = chain.balance(saver);
    expect(after).toBeGreaterThan(before - 500n * ZHTP);
    const again = chain.next({ messages: [[b, { _tag: 'ClaimRewards', validator: a.who }]] });
    expect(failures(again)[0]).toMatch(/has earned nothing/);
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });

  test('says what a claim paid: what a delegator earned, and to a validator its commission with its own', () => {
    const chain = stakedChain();
    chain.passBlocks(2);
    chain.next({ messages: [[saver, { _tag: 'Delegate', validator: a.who, amount: 500n * ZHTP }]] });
    chain.passBlocks(5);
    for (const claimant of [saver, a]) {
      const before = chain.balance(claimant);
      const { executed } = chain.next({ messages: [[claimant, { _tag: 'ClaimRewards', validator: a.who }]] });
      const [claimed] = executed;
      const paid = chain.balance(claimant) - before + (claimed?.receipt.fee ?? 0n);
      expect(paid).toBeGreaterThan(0n);
      expect(claimed?.events).toEqual([
        { _tag: 'RewardsClaimed', delegator: claimant.who, validator: a.who, amount: paid },
      ]);
    }
    const nothing = chain.next({ messages: [[b, { _tag: 'ClaimRewards', validator: a.who }]] });
    expect(nothing.executed[0]?.events).toEqual([]);
  });

  test('a newcomer registers, enters the set at the epoch boundary, leaves and gets its stake back', () => {
    const chain = stakedChain({
      config: { minStake: 100n * ZHTP, developmentMode: true },
      evidenceAgeMs: 100_000n,
      chainParameters: { unbondingSeconds: 100n, trustingPeriodSeconds: 50n },
    });
    chain.passBlocks(3);
    const registered = chain.next({
      messages: [[newcomer, registration(newcomer, 200n * ZHTP)]],
    });
    expect(failures(registered)).toEqual([]);
    expect(chain.state().staking.members).toHaveLength(4);
    let change: BlockOutcome['end'] | undefined;
    while (chain.height() < 20n && change === undefined) {
      const { end } = chain.next();
      if (O.isSome(end.nextValidators)) change = end;
    }
    expect(chain.height()).toBe(10n);
    expect(change !== undefined && O.isSome(change.nextValidators) && change.nextValidators.value).toHaveLength(5);
    chain.passBlocks(2);
    const balance = chain.balance(newcomer);
    chain.next({
      messages: [
        [newcomer, { _tag: 'LeaveSet' }],
        [newcomer, { _tag: 'RemoveStake', amount: 200n * ZHTP }],
      ],
    });
    expect(chain.validator(newcomer)?.status).toBe('Inactive');
    chain.passBlocks(40);
    expect(chain.balance(newcomer)).toBeGreaterThan(balance + 199n * ZHTP);
    expect(chain.state().staking.totals.unbonding).toBe(0n);
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });

  test('jails whoever is silent for a window, and lets it out again on its own word', () => {
    const chain = stakedChain({ chainParameters: { signedBlocksWindow: 10n, livenessJailSeconds: 60n } });
    chain.passBlocks(1);
    const seen: string[] = [];
    for (let i = 0; i < 12; i++) seen.push(...tags(chain.next({ absent: [d] })));
    expect(seen).toContain('LivenessFault');
    expect(chain.validator(d)?.status).toBe('Jailed');
    expect(chain.validator(d)?.stake).toBe(990n * ZHTP);
    expect(failures(chain.next({ messages: [[d, { _tag: 'ReleaseFromJail' }]] }))[0]).toMatch(
      /its term is not over: \d+ s are left/,
    );
    chain.passBlocks(3);
    // The slash took it below its minimum: it has to make up for that first.
    expect(failures(chain.next({ messages: [[d, { _tag: 'ReleaseFromJail' }]] }))[0]).toMatch(/Insufficient stake/);
    const makeUp = chain.next({
      messages: [
        [d, { _tag: 'AddStake', amount: 10n * ZHTP }],
        [d, { _tag: 'ReleaseFromJail' }],
      ],
    });
    expect(failures(makeUp)).toEqual([]);
    expect(chain.validator(d)?.status).toBe('Active');
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });

  test('a double sign costs by the table, tombstones for good, and its delegators pay their part', () => {
    const chain = stakedChain({ validators: 8 });
    chain.passBlocks(1);
    chain.next({ messages: [[saver, { _tag: 'Delegate', validator: d.who, amount: 1_000n * ZHTP }]] });
    chain.passBlocks(12);
    const before = supplyOf(chain.state());
    const evidence = doubleSignOf(d, 13n);
    const convicted = chain.next({ evidence: [evidence] });
    expect(tags(convicted)).toEqual(
      expect.arrayContaining(['ValidatorSlashed', 'ValidatorTombstoned', 'PenaltyApplied']),
    );
    expect(chain.validator(d)).toMatchObject({ status: 'Slashed', stake: 950n * ZHTP, delegatedStake: 950n * ZHTP });
    const after = supplyOf(chain.state());
    expect(after.treasury - before.treasury).toBeGreaterThanOrEqual(100n * ZHTP);
    expect(convicted.end.nextValidators).toMatchObject({ _tag: 'Some' });
    chain.next({ evidence: [doubleSignOf(d, 12n)] });
    expect(chain.validator(d)?.stake).toBe(950n * ZHTP);
    const again = chain.next({ messages: [[d, registration(d, 5_000n * ZHTP)]] });
    expect(failures(again)[0]).toMatch(/tombstoned.*can never register again/);
    expect(
      failures(chain.next({ messages: [[saver, { _tag: 'Undelegate', validator: d.who, amount: 950n * ZHTP }]] })),
    ).toEqual([]);
    expect(conservationFault(chain.state(), 'full')).toBeUndefined();
  });

  test('shares out the fees of a block in the next one', () => {
    const chain = stakedChain();
    chain.passBlocks(2);
    chain.next({ messages: [[a, { _tag: 'Transfer', recipient: b.who, amount: 1n }]] });
    expect(chain.state().totals.feePool).toBeGreaterThan(0n);
    chain.next();
    const { feePool, ubiPool, governancePool } = chain.state().totals;
    expect([feePool, ubiPool, governancePool]).toEqual([0n, 90n, 30n]);
    expect(supplyOf(chain.state()).treasury).toBeGreaterThan(0n);
  });

  test('a refused stake is a receipt, and costs the fee alone', () => {
    const chain = stakedChain();
    chain.passBlocks(1);
    const before = chain.balance(c);
    const outcome = chain.next({ messages: [[c, { _tag: 'RemoveStake', amount: 5_000n * ZHTP }]] });
    expect(failures(outcome)[0]).toMatch(/Insufficient stake/);
    expect(chain.balance(c)).toBe(before - 200n);
  });
});
