import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endNetwork, startNetwork, type ChainNetwork, type StakesJson } from './support/chain-network.ts';
import { until, type Program } from './support/cli.ts';

const ZHTP = 1_000_000n;
const SCENARIO_MS = 150_000;
/** Far above a block time and some rounds on a busy machine. */
const STALL_MS = 30_000;
/** Voting, timelock and the epoch after it. */
const PROPOSAL_SECONDS = 100;
/** Blocks two seconds apart, by clocks that agree to a few milliseconds. */
const BLOCK_TIME_LEAST_MS = 1_500;

interface ProposalsJson {
  readonly proposals: readonly { readonly id: string; readonly title: string; readonly status: string }[];
}
interface ParametersJson {
  readonly chain: { readonly consensus: { readonly blockTime: string } };
  readonly difficulty: { readonly policy: { readonly targetTimespan: string } };
}

let net: ChainNetwork;
/** The fifth validator: its home, its account, its process. */
let fifth: string;
let fifthId: string;
let fifthNode: Program | undefined;
let bob: string;

const stakesOf = (identity: string): Promise<StakesJson> => net.get(`/accounts/${identity}/stakes`);
const stakeWith = async (identity: string, validator: string): Promise<bigint> =>
  BigInt((await stakesOf(identity)).stakes.find((stake) => stake.validator === validator)?.amount ?? '0');

beforeAll(async () => {
  net = await startNetwork('--consensus-type', 'ByzantineFaultTolerance', '--accounts', '4');
  bob = await net.identityOf(net.account('bob'));
}, 90_000);
afterAll(async () => {
  fifthNode?.child.kill('SIGTERM');
  await endNetwork(net);
}, 60_000);

describe('a fifth validator', () => {
  test(
    'joins at an epoch boundary and proposes',
    async () => {
      fifth = await net.newHome();
      fifthId = await net.identityOf(fifth);
      fifthNode = net.startHome(fifth);
      await net.tx('send', '--from', net.account('alice'), '--to', fifthId, '--amount', '5000');
      await net.tx('register-validator', '--from', fifth, '--consensus-key', fifth, '--stake', '1000');
      const registered = await net.query<{ readonly isInSet: boolean; readonly stake: string }>('validator', fifthId);
      expect(registered.stake).toBe('1000000000');
      await net.untilValidator('the fifth validator in the set', fifthId, ({ isInSet }) => isInSet);
      const from = await net.height();
      const proposed = await net.untilBlock('a block it proposed', from, ({ proposer }) => proposer === fifthId);
      expect(proposed.proposer).toBe(fifthId);
    },
    SCENARIO_MS,
  );

  test(
    'earns, and so do those who delegate to it',
    async () => {
      await net.tx('delegate', '--from', net.account('bob'), '--validator', fifthId, '--amount', '500');
      expect(await stakeWith(bob, fifthId)).toBe(500n * ZHTP);
      await until('rewards of the delegator', async () => {
        const [stake] = (await stakesOf(bob)).stakes;
        return BigInt(stake?.rewards ?? '0') > 0n ? true : undefined;
      });
      const before = await net.balance(bob);
      const claimed = await net.tx('claim', '--from', net.account('bob'), '--validator', fifthId);
      const paid = new RegExp(`^${bob} was paid [0-9.]+ ZHTP of rewards with validator ${fifthId}$`);
      expect(claimed.events).toEqual([{ event: 'RewardsClaimed', text: expect.stringMatching(paid) as string }]);
      expect(await net.balance(bob)).toBeGreaterThan(before);
      const own = await net.balance(fifthId);
      await net.tx('claim', '--from', fifth);
      expect(await net.balance(fifthId)).toBeGreaterThan(own);
    },
    SCENARIO_MS,
  );

  test(
    'leaves at an epoch boundary, takes its stake out in time, and can come back',
    async () => {
      await net.tx('leave', '--from', fifth);
      await net.untilValidator('the fifth validator out of the set', fifthId, ({ isInSet }) => !isInSet);
      await net.tx('unstake', '--from', fifth, '--amount', '400');
      await net.tx('undelegate', '--from', net.account('bob'), '--validator', fifthId, '--amount', '100');
      expect((await stakesOf(fifthId)).unbonding).toMatchObject([{ validator: fifthId, amount: '400000000' }]);
      expect((await stakesOf(bob)).unbonding).toMatchObject([{ validator: fifthId, amount: '100000000' }]);
      await net.tx('rejoin', '--from', fifth);
      const back = await net.untilValidator('the fifth validator back', fifthId, ({ isInSet }) => isInSet);
      expect(back).toMatchObject({ status: 'Active', stake: '600000000', delegatedStake: '400000000' });
    },
    SCENARIO_MS,
  );
});

describe('a validator that goes silent', () => {
  test(
    'is jailed by the window while the others go on, releases itself, and signs again',
    async () => {
      const slashedBefore = (await net.validator(fifthId))?.slashCount;
      fifthNode?.child.kill('SIGKILL');
      await fifthNode?.ended;
      const jailed = await net.untilValidator(
        'the silent validator in jail',
        fifthId,
        ({ status }) => status === 'Jailed',
      );
      expect(jailed.slashCount).toBe((slashedBefore ?? 0) + 1);
      expect(BigInt(jailed.stake)).toBe((600n * ZHTP * 99n) / 100n);
      fifthNode = net.startHome(fifth);
      await until('its release', async () => {
        const dry = await net.dryRun('release', '--from', fifth);
        return dry.applies ? true : undefined;
      });
      await net.tx('release', '--from', fifth);
      await net.untilValidator('the released validator in the set', fifthId, ({ isInSet }) => isInSet);
      const from = await net.height();
      const signed = await net.untilBlock(
        'a certificate with its signature',
        from,
        ({ signers }) => signers?.includes(fifthId) === true,
      );
      expect(signed.signers).toContain(fifthId);
    },
    SCENARIO_MS,
  );
});

describe('a validator whose key signs on two machines', () => {
  test(
    'is convicted by evidence in a block: slashed, tombstoned, its delegators pay pro rata, the chain goes on',
    async () => {
      const before = await net.validator(fifthId);
      const delegatedBefore = await stakeWith(bob, fifthId);
      const started = await net.height();
      const twin = net.startHome(await net.twinOf(fifth));
      const tombstoned = await net.untilValidator(
        `the conviction\n${twin.stderr()}`,
        fifthId,
        ({ status }) => status === 'Slashed',
        100,
      );
      const carrier = await net.untilBlock('a block with evidence', started, ({ block }) => block.evidence.length > 0);
      const share = (amount: bigint): bigint => amount - (amount * 5n) / 100n;
      expect(BigInt(tombstoned.stake)).toBe(share(BigInt(before?.stake ?? '0')));
      const delegatedAfter = await stakeWith(bob, fifthId);
      expect(delegatedAfter - share(delegatedBefore)).toBeLessThanOrEqual(1n);
      expect(share(delegatedBefore) - delegatedAfter).toBeLessThanOrEqual(1n);
      const { convictions } = await net.query<{ readonly convictions: readonly { readonly validator: string }[] }>(
        'offences',
      );
      expect(convictions.map(({ validator }) => validator)).toContain(fifthId);
      // Its own operator reads what is wrong where it runs.
      const log = join(fifth, 'data', 'node.log');
      expect(await readFile(log, 'utf8')).toMatch(/evidence against this validator found: another machine signs/);
      twin.child.kill('SIGKILL');
      const height = BigInt(carrier.height);
      await net.untilBlock('blocks after it', height + 5n, () => true);
      for (let at = started + 1n; at <= height + 5n; at += 1n) {
        const gapMs = Number((await net.block(at)).time) - Number((await net.block(at - 1n)).time);
        expect(gapMs).toBeLessThan(STALL_MS);
      }
    },
    SCENARIO_MS,
  );

  test(
    'never returns',
    async () => {
      expect(
        await net.txRefused('register-validator', '--from', fifth, '--consensus-key', fifth, '--stake', '500'),
      ).toMatch(/is tombstoned for an offence and can never register again/);
      expect(await net.txRefused('release', '--from', fifth)).toMatch(/is Slashed, not in jail/);
      expect(await net.txRefused('rejoin', '--from', fifth)).toMatch(/tombstoned|Slashed/);
      expect(
        await net.txRefused('delegate', '--from', net.account('bob'), '--validator', fifthId, '--amount', '5'),
      ).toMatch(/tombstoned|Slashed/);
    },
    SCENARIO_MS,
  );
});

describe('governance', () => {
  const VOTING_SECONDS = '45';
  const home = (index: number): string => join(net.folder, `node${String(index)}`);
  const propose = async (from: string, title: string, ...what: readonly string[]): Promise<void> => {
    const voting = ['--voting-seconds', VOTING_SECONDS, '--title', title];
    await net.tx('propose', '--from', from, ...voting, ...what);
  };
  const idOf = async (title: string): Promise<string> => {
    const { proposals } = await net.get<ProposalsJson>('/proposals');
    return proposals.find((proposal) => proposal.title === title)?.id ?? `no proposal ${title}`;
  };
  const vote = async (from: string, title: string, choice: string): Promise<void> => {
    await net.tx('vote', '--from', from, '--proposal', await idOf(title), '--choice', choice);
  };
  const untilStatus = async (title: string, ...wanted: readonly string[]): Promise<string> => {
    const id = await idOf(title);
    return until(
      `${title} ${wanted.join(' or ')}`,
      async () => {
        const { proposal } = await net.get<{ readonly proposal: { readonly status: string } }>(`/proposals/${id}`);
        return wanted.includes(proposal.status) ? proposal.status : undefined;
      },
      PROPOSAL_SECONDS,
    );
  };
  let dave: string;
  let paidBefore: bigint;

  test(
    'takes proposals of anybody and votes of everybody, each by weight',
    async () => {
      const upgrade = ['--type', 'ProtocolUpgrade'];
      const difficulty = ['--set', 'BlockchainTargetTimespan=40'];
      dave = await net.identityOf(net.account('dave'));
      paidBefore = await net.balance(dave);
      expect(
        await net.txRefused(
          'propose',
          '--from',
          home(0),
          '--title',
          'none',
          ...upgrade,
          '--voting-seconds',
          '60',
          '--set',
          'BlockTime=0',
        ),
      ).toMatch(/the chain would refuse this: blockTime is 0, it must be from 1 to 3600/);
      await Promise.all([
        net.tx('deposit', '--from', net.account('carol'), '--amount', '300'),
        propose(home(0), 'slower', ...upgrade, '--set', 'BlockTime=2', ...difficulty),
        propose(home(1), 'no quorum', ...upgrade, '--set', 'BlockTime=9'),
        propose(home(2), 'not approved', ...upgrade, '--set', 'BlockTime=9'),
        propose(home(3), 'nobody cares', ...upgrade, '--set', 'BlockTime=9'),
        propose(net.account('alice'), 'payment', '--type', 'TreasuryAllocation', '--pay', dave, '--amount', '100'),
      ]);
      await Promise.all([
        ...[0, 1, 2].map(async (index) => {
          await vote(home(index), 'slower', 'yes');
          await vote(home(index), 'payment', 'yes');
        }),
        vote(net.account('alice'), 'no quorum', 'yes').then(() => vote(net.account('alice'), 'not approved', 'yes')),
        vote(net.account('bob'), 'not approved', 'no'),
        vote(net.account('carol'), 'not approved', 'no'),
      ]);
      const { votes } = await net.query<{ readonly votes: readonly object[] }>('proposal', await idOf('slower'));
      expect(votes).toHaveLength(3);
    },
    SCENARIO_MS,
  );

  test(
    'closes them: one passes, one misses its quorum, one its approval, one expires without a vote',
    async () => {
      expect(await untilStatus('no quorum', 'Expired', 'Failed')).toBe('Expired');
      expect(await untilStatus('not approved', 'Expired', 'Failed')).toBe('Failed');
      expect(await untilStatus('nobody cares', 'Expired', 'Failed')).toBe('Expired');
      expect(await untilStatus('slower', 'Passed', 'Executed')).toMatch(/Passed|Executed/);
    },
    SCENARIO_MS,
  );

  test(
    'executes after the timelock: the treasury pays once, and blocks are slower from the next epoch on',
    async () => {
      await untilStatus('payment', 'Executed');
      await untilStatus('slower', 'Executed');
      expect(await net.balance(dave)).toBe(paidBefore + 100n * ZHTP);
      const { difficulty } = await net.get<ParametersJson>('/parameters');
      expect(difficulty.policy.targetTimespan).toBe('40');
      await until('the block time of the new epoch', async () =>
        (await net.get<ParametersJson>('/parameters')).chain.consensus.blockTime === '2' ? true : undefined,
      );
      const from = await net.height();
      await net.untilBlock('blocks of the new epoch', from + 4n, () => true);
      const times = await Promise.all([1n, 2n, 3n, 4n].map(async (i) => Number((await net.block(from + i)).time)));
      for (const [i, time] of times.entries())
        if (i > 0) expect(time - (times[i - 1] ?? 0)).toBeGreaterThan(BLOCK_TIME_LEAST_MS);
      const interval = (from / 10n + 1n) * 10n;
      const before = (await net.block(interval - 1n)).block.header.difficultyBits;
      const after = await net.untilBlock('the first block of the next interval', interval, () => true);
      expect(after.block.header.difficultyBits).not.toBe(before);
      expect(await net.balance(dave)).toBe(paidBefore + 100n * ZHTP);
    },
    SCENARIO_MS,
  );
});

describe('stake that was taken out before the fault', () => {
  test(
    'is paid out in full when the unbonding period is over',
    async () => {
      for (const { amount } of (await stakesOf(fifthId)).unbonding) expect(amount).toBe('400000000');
      await until(
        'nothing unbonding',
        async () => {
          const left = [...(await stakesOf(bob)).unbonding, ...(await stakesOf(fifthId)).unbonding];
          return left.length === 0 ? true : undefined;
        },
        PROPOSAL_SECONDS,
      );
      expect(await net.balance(fifthId)).toBeGreaterThan(4_000n * ZHTP + 390n * ZHTP);
    },
    SCENARIO_MS,
  );
});
