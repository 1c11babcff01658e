import {
  DEFAULT_CONSENSUS_CONFIG,
  ZERO_HASH,
  type DaoExecutionAction,
  type DaoExecutionParams,
  type DaoProposalType,
  type GovernanceParameterValue,
} from '@zhtp/types';
import { DifficultyManager } from '@zhtp/difficulty';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { CHAIN_PARAMETERS, DaoEngine, forbiddenAction, governanceUpdateFromProposal } from '@zhtp/dao';
import { after, block, chain, DAY, pass, person, refusalOf, request, right, some, tags, ZHTP } from './support.ts';

const update = (...updates: readonly GovernanceParameterValue[]): DaoExecutionParams => ({
  action: { _tag: 'GovernanceParameterUpdate', updates },
});
const BLOCK_TIME = update({ _tag: 'BlockTime', value: 5n });
const config = DEFAULT_CONSENSUS_CONFIG;

describe('DaoEngine.applyExecutionParams', () => {
  const apply = (params: DaoExecutionParams, base = config) => new DaoEngine().applyExecutionParams(base, params);

  test('answers the configuration after all updates, and what goes to the DifficultyManager', () => {
    const change = right(
      apply(
        update(
          { _tag: 'MinStake', value: 7n },
          { _tag: 'MinStorage', value: 8n },
          { _tag: 'MaxValidators', value: 9 },
          { _tag: 'BlockTime', value: 10n },
          { _tag: 'ProposeTimeout', value: 110n },
          { _tag: 'PrevoteTimeout', value: 120n },
          { _tag: 'PrecommitTimeout', value: 130n },
          { _tag: 'MaxTransactionsPerBlock', value: 14 },
          { _tag: 'MaxDifficulty', value: 15n },
          { _tag: 'TargetDifficulty', value: 15n },
          { _tag: 'ByzantineThreshold', value: 0.25 },
          { _tag: 'SlashDoubleSign', value: 17 },
          { _tag: 'SlashLiveness', value: 18 },
          { _tag: 'DevelopmentMode', value: false },
          { _tag: 'BlockchainInitialDifficulty', value: 0x1d00_fffe },
          { _tag: 'BlockchainAdjustmentInterval', value: 1_000n },
          { _tag: 'BlockchainTargetTimespan', value: 604_800n },
          { _tag: 'EpochLengthBlocks', value: 20n },
          { _tag: 'ChainParameter', name: 'baseRewardMicro', value: 21n },
        ),
      ),
    );
    expect(change.config).toEqual({
      consensusType: 'Hybrid',
      minStake: 7n,
      minStorage: 8n,
      maxValidators: 9,
      blockTime: 10n,
      proposeTimeout: 110n,
      prevoteTimeout: 120n,
      precommitTimeout: 130n,
      maxTransactionsPerBlock: 14,
      maxDifficulty: 15n,
      targetDifficulty: 15n,
      byzantineThreshold: 0.25,
      slashDoubleSign: 17,
      slashLiveness: 18,
      developmentMode: false,
      epochLengthBlocks: 20n,
    });
    expect(change.difficultyUpdate).toEqual({
      initialDifficulty: 0x1d00_fffe,
      adjustmentInterval: 1_000n,
      targetTimespan: 604_800n,
    });
    expect(change.chainParameters.get('baseRewardMicro')).toBe(21n);
    expect(change.difficulty).toMatchObject(change.difficultyUpdate);
    expect(config.minStake).toBe(1_000n * ZHTP);
  });

  const ranges: readonly (readonly [string, (value: bigint) => GovernanceParameterValue, bigint, bigint])[] = [
    ['MinStake', (value) => ({ _tag: 'MinStake', value }), 1n, 10n ** 12n],
    ['MinStorage', (value) => ({ _tag: 'MinStorage', value }), 0n, 2n ** 50n],
    ['MaxValidators', (value) => ({ _tag: 'MaxValidators', value: Number(value) }), 4n, 1_000n],
    ['BlockTime', (value) => ({ _tag: 'BlockTime', value }), 1n, 3_600n],
    ['ProposeTimeout', (value) => ({ _tag: 'ProposeTimeout', value }), 100n, 600_000n],
    ['PrevoteTimeout', (value) => ({ _tag: 'PrevoteTimeout', value }), 100n, 600_000n],
    ['PrecommitTimeout', (value) => ({ _tag: 'PrecommitTimeout', value }), 100n, 600_000n],
    ['MaxTransactionsPerBlock', (value) => ({ _tag: 'MaxTransactionsPerBlock', value: Number(value) }), 1n, 100_000n],
    ['MaxDifficulty', (value) => ({ _tag: 'MaxDifficulty', value }), config.targetDifficulty, 2n ** 64n - 1n],
    ['TargetDifficulty', (value) => ({ _tag: 'TargetDifficulty', value }), 1n, config.maxDifficulty],
    ['SlashDoubleSign', (value) => ({ _tag: 'SlashDoubleSign', value: Number(value) }), 1n, 100n],
    ['SlashLiveness', (value) => ({ _tag: 'SlashLiveness', value: Number(value) }), 0n, 20n],
    ['EpochLengthBlocks', (value) => ({ _tag: 'EpochLengthBlocks', value }), 10n, 100_000n],
    [
      'BlockchainInitialDifficulty',
      (value) => ({ _tag: 'BlockchainInitialDifficulty', value: Number(value) }),
      0x0101_0000n,
      0x1d00_ffffn,
    ],
    ['BlockchainAdjustmentInterval', (value) => ({ _tag: 'BlockchainAdjustmentInterval', value }), 2n, 1_000_000n],
    ['BlockchainTargetTimespan', (value) => ({ _tag: 'BlockchainTargetTimespan', value }), 4n, 2n ** 32n],
    ...Object.entries(CHAIN_PARAMETERS)
      // Bound to others beside their own range; tested by themselves.
      .filter(([name]) => !/Seconds$|evidenceAgeMs|^feeShare/.test(name))
      .map(
        ([name, { min, max }]) =>
          [
            name,
            (value: bigint): GovernanceParameterValue => ({ _tag: 'ChainParameter', name, value }),
            min,
            max,
          ] as const,
      ),
  ];

  test.each(ranges)('takes %s at both ends of its range and not beyond', (_, value, min, max) => {
    expect(E.isRight(apply(update(value(min))))).toBe(true);
    expect(E.isRight(apply(update(value(max))))).toBe(true);
    expect(E.isLeft(apply(update(value(min - 1n))))).toBe(true);
    expect(E.isLeft(apply(update(value(max + 1n))))).toBe(true);
  });

  test.each([0, -1, 0.333_333_333_333_333_4, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0])(
    'refuses a ByzantineThreshold of %s',
    (value) => {
      expect(refusalOf(apply(update({ _tag: 'ByzantineThreshold', value })))).toMatch(/^DaoError/);
    },
  );

  test.each([Number.MIN_VALUE, 0.25, 0.333_333_333_333_333_3])(
    'takes a ByzantineThreshold of %s, bit for bit',
    (value) => {
      expect(right(apply(update({ _tag: 'ByzantineThreshold', value }))).config.byzantineThreshold).toBe(value);
    },
  );

  test('never switches development mode on in production, and leaves it only where production could run', () => {
    const on = update({ _tag: 'DevelopmentMode', value: true });
    expect(refusalOf(apply(on))).toContain('developmentMode cannot be switched on');
    const development = { ...config, developmentMode: true, maxValidators: 1 };
    expect(E.isRight(apply(on, development))).toBe(true);
    const off: GovernanceParameterValue = { _tag: 'DevelopmentMode', value: false };
    expect(refusalOf(apply(update(off), development))).toContain('maxValidators is 1');
    expect(E.isRight(apply(update(off, { _tag: 'MaxValidators', value: 4 }), development))).toBe(true);
  });

  test('refuses no updates, more than 64, and one twice', () => {
    expect(refusalOf(apply(update()))).toContain('1 to 64 updates, got 0');
    const twice = update({ _tag: 'BlockTime', value: 5n }, { _tag: 'BlockTime', value: 6n });
    expect(refusalOf(apply(twice))).toContain('BlockTime is updated twice');
    const named = (name: string): GovernanceParameterValue => ({ _tag: 'ChainParameter', name, value: 10n });
    expect(refusalOf(apply(update(named('timelockEpochs'), named('timelockEpochs'))))).toContain('updated twice');
    expect(E.isRight(apply(update(named('timelockEpochs'), named('votingUnitZhtp'))))).toBe(true);
  });

  test('judges the updates together: a target above the old maximum passes with a new one', () => {
    const target: GovernanceParameterValue = { _tag: 'TargetDifficulty', value: 2n ** 40n };
    expect(refusalOf(apply(update(target)))).toContain('targetDifficulty');
    expect(E.isRight(apply(update(target, { _tag: 'MaxDifficulty', value: 2n ** 40n })))).toBe(true);
  });

  test.each([
    [[['feeShareUbiBp', 7_001n]], 'fee shares add up to 11501'],
    [[['feeShareUbiBp', 5_500n]], undefined],
    [[['evidenceAgeMs', 21n * DAY * 1_000n + 1n]], 'must not exceed unbondingSeconds'],
    [[['trustingPeriodSeconds', 21n * DAY]], 'must be shorter than evidenceAgeMs'],
    [[['trustingPeriodSeconds', 21n * DAY - 1n]], undefined],
    [
      [
        ['votingPeriodMaxSeconds', DAY],
        ['votingPeriodMinSeconds', DAY + 1n],
      ],
      'must not exceed votingPeriodMaxSeconds',
    ],
    [
      [
        ['emergencyVotingPeriodMinSeconds', 2n * DAY],
        ['votingPeriodMaxSeconds', DAY],
      ],
      'emergencyVotingPeriodMinSeconds',
    ],
    [[['noSuchParameter', 1n]], 'chain parameter "noSuchParameter" is unknown'],
    [[['toString', 1n]], 'is unknown'],
  ] as const)('refuses values that contradict each other, row %$', (values, message) => {
    const outcome = apply(update(...values.map(([name, value]) => ({ _tag: 'ChainParameter', name, value }) as const)));
    expect(E.isRight(outcome) ? undefined : outcome.left.message).toSatisfy((found: string | undefined) =>
      message === undefined ? found === undefined : (found ?? '').includes(message),
    );
  });

  test('refuses payments and cancellations, which are no parameters', () => {
    expect(refusalOf(apply({ action: { _tag: 'CancelProposal', proposalId: ZERO_HASH } }))).toContain(
      'updates no parameters',
    );
  });
});

describe('what a type may do', () => {
  const TYPES: readonly DaoProposalType[] = [
    'UbiDistribution',
    'WelfareAllocation',
    'ProtocolUpgrade',
    'TreasuryAllocation',
    'ValidatorUpdate',
    'EconomicParams',
    'GovernanceRules',
    'FeeStructure',
    'Emergency',
    'CommunityFunding',
    'ResearchGrants',
  ];
  const allowed = (action: DaoExecutionAction) => TYPES.filter((type) => forbiddenAction(type, action) === undefined);
  const named = (name: string) => update({ _tag: 'ChainParameter', name, value: 1n }).action;

  test.each([
    ['MinStake', update({ _tag: 'MinStake', value: 1n }).action, ['ProtocolUpgrade', 'GovernanceRules']],
    [
      'a Blockchain value',
      update({ _tag: 'BlockchainTargetTimespan', value: 9n }).action,
      ['ProtocolUpgrade', 'GovernanceRules'],
    ],
    ['BlockTime', BLOCK_TIME.action, ['ProtocolUpgrade', 'GovernanceRules', 'Emergency']],
    [
      'a timeout',
      update({ _tag: 'PrevoteTimeout', value: 900n }).action,
      ['ProtocolUpgrade', 'GovernanceRules', 'Emergency'],
    ],
    ['a quorum', named('quorumEmergencyPercent'), ['ProtocolUpgrade', 'GovernanceRules']],
    [
      'an economic value',
      named('baseRewardMicro'),
      ['ProtocolUpgrade', 'EconomicParams', 'GovernanceRules', 'FeeStructure'],
    ],
    ['a budget line', named('budget.ubi'), ['ProtocolUpgrade', 'TreasuryAllocation', 'GovernanceRules']],
    ['an unknown name', named('budget.Not A Line'), ['ProtocolUpgrade', 'GovernanceRules']],
    [
      'a cancellation',
      { _tag: 'CancelProposal', proposalId: ZERO_HASH },
      ['ProtocolUpgrade', 'GovernanceRules', 'Emergency'],
    ],
    [
      'a payment',
      { _tag: 'TreasuryPayment', recipient: person('r'), amount: 1n, budgetLine: 'x' },
      ['UbiDistribution', 'WelfareAllocation', 'TreasuryAllocation', 'CommunityFunding', 'ResearchGrants'],
    ],
  ] satisfies readonly [string, DaoExecutionAction, DaoProposalType[]][])('%s', (_, action, types) => {
    expect(allowed(action)).toEqual(types);
  });

  test('is judged at creation', () => {
    const refused = chain().engine.createDaoProposal(
      request({ proposalType: 'CommunityFunding', executionParams: BLOCK_TIME }),
    );
    expect(refusalOf(refused)).toContain('may not change BlockTime');
  });
});

describe('execution', () => {
  test('decides a new configuration that is in force from the next epoch boundary', () => {
    const world = chain();
    const { id, closedAt } = pass(world, { proposalType: 'GovernanceRules', executionParams: BLOCK_TIME });
    expect(world.engine.decidedConfig().blockTime).toBe(10n);
    right(world.engine.processExpiredProposals({ ...closedAt, height: closedAt.height + 100n }));
    expect(some(world.engine.getProposal(id)).status).toBe('Executed');
    expect([world.engine.decidedConfig().blockTime, world.engine.config().blockTime]).toEqual([5n, 10n]);
    right(world.engine.beginEpoch());
    expect(world.engine.config().blockTime).toBe(5n);
    expect(tags(world.events).slice(-3)).toEqual(['ParametersDecided', 'ProposalExecuted', 'ParametersInForce']);
  });

  test('of an Emergency follows its closing at once', () => {
    const world = chain();
    const { id } = pass(world, { proposalType: 'Emergency', executionParams: BLOCK_TIME });
    expect(some(world.engine.getProposal(id)).status).toBe('Executed');
    expect(world.engine.decidedConfig().blockTime).toBe(5n);
  });

  test('is validated again: what was fine at creation and is not any more cancels the proposal and changes nothing', () => {
    const world = chain();
    const at = block(1n);
    const lower = update({ _tag: 'MaxDifficulty', value: 0x1000n }, { _tag: 'BlockTime', value: 9n });
    const higher = update({ _tag: 'TargetDifficulty', value: 0x2000n }, { _tag: 'BlockTime', value: 8n });
    const ids = [lower, higher].map((executionParams, i) => {
      const { votingPeriodDays: _days, ...rest } = request({ proposalType: 'ProtocolUpgrade', executionParams, at });
      const id = right(world.engine.createDaoProposal({ ...rest, votingPeriodSeconds: DAY + 10n * BigInt(i) }));
      right(world.engine.castDaoVote({ voter: person('proposer'), proposalId: id, voteChoice: { _tag: 'Yes' }, at }));
      return id;
    });
    const end = after(at, DAY + 10n);
    right(world.engine.processExpiredProposals(end));
    right(world.engine.processExpiredProposals({ ...end, height: end.height + 200n }));
    expect(ids.map((id) => some(world.engine.getProposal(id)).status)).toEqual(['Executed', 'Cancelled']);
    expect(world.engine.decidedConfig()).toMatchObject({
      maxDifficulty: 0x1000n,
      targetDifficulty: 0xfffn,
      blockTime: 9n,
    });
    const reason = some(some(world.engine.getProposalDetails(ids[1] ?? ZERO_HASH)).reason);
    expect(reason).toContain('execution failed: targetDifficulty is 8192');
    expect(tags(world.events)).toContain('DaoError');
  });

  test('is refused where fewer than 4 validators or less than two thirds of the power would stay active', () => {
    const propose = (activeValidators: number, votingPower: bigint) =>
      chain(undefined, {
        ports: { remainingValidators: () => ({ activeValidators, votingPower, currentVotingPower: 300n }) },
      }).engine.createDaoProposal(request({ proposalType: 'ProtocolUpgrade', executionParams: BLOCK_TIME }));
    expect(refusalOf(propose(3, 300n))).toContain('only 3 validators would stay active');
    expect(refusalOf(propose(4, 199n))).toContain('only 199 of 300 voting power');
    expect(E.isRight(propose(4, 200n))).toBe(true);
  });

  test('of a cancellation stops what passed and waits, before it runs in the same block', () => {
    const world = chain();
    const slow = pass(world, { proposalType: 'GovernanceRules', executionParams: BLOCK_TIME });
    const cancel: DaoExecutionParams = { action: { _tag: 'CancelProposal', proposalId: slow.id } };
    const { votingPeriodDays: _days, ...rest } = request({
      proposalType: 'Emergency',
      executionParams: cancel,
      at: slow.closedAt,
    });
    const id = right(world.engine.createDaoProposal({ ...rest, votingPeriodSeconds: 3_600n }));
    right(
      world.engine.castDaoVote({
        voter: person('proposer'),
        proposalId: id,
        voteChoice: { _tag: 'Yes' },
        at: slow.closedAt,
      }),
    );
    right(world.engine.processExpiredProposals(after(slow.closedAt, 3_600n)));
    expect(some(world.engine.getProposal(slow.id)).status).toBe('Cancelled');
    expect(some(some(world.engine.getProposalDetails(slow.id)).reason)).toBe(`cancelled by proposal ${id}`);
    expect(world.engine.decidedConfig().blockTime).toBe(10n);
  });

  test('cancels nothing that ended, is unknown, or has not passed', () => {
    const world = chain();
    const cancel = (proposalId: typeof ZERO_HASH): DaoExecutionParams => ({
      action: { _tag: 'CancelProposal', proposalId },
    });
    const propose = (executionParams: DaoExecutionParams) =>
      world.engine.createDaoProposal(request({ proposalType: 'GovernanceRules', executionParams }));
    expect(refusalOf(propose(cancel(ZERO_HASH)))).toContain('nothing to cancel');
    const active = right(world.engine.createDaoProposal(request({ votingPeriodDays: 300 })));
    const { id } = pass(world, { proposalType: 'Emergency', executionParams: cancel(active) });
    expect(some(world.engine.getProposal(id)).status).toBe('Cancelled');
    expect(some(world.engine.getProposal(active)).status).toBe('Active');
    expect(
      refusalOf(
        world.engine.createDaoProposal(
          request({ proposalType: 'GovernanceRules', executionParams: cancel(id), at: world.engine.state().at }),
        ),
      ),
    ).toContain('which is final');
  });
});

describe('difficulty', () => {
  const policy = (...updates: readonly GovernanceParameterValue[]) => ({
    proposalType: 'GovernanceRules' as const,
    executionParams: update(...updates),
  });

  test('updates reach the DifficultyManager when they are executed, not before', () => {
    const difficultyManager = DifficultyManager.default();
    const world = chain(undefined, { difficultyManager });
    const { closedAt } = pass(
      world,
      policy(
        { _tag: 'BlockchainInitialDifficulty', value: 0x1d00_fffe },
        { _tag: 'BlockchainAdjustmentInterval', value: 1_000n },
        { _tag: 'BlockchainTargetTimespan', value: 604_800n },
      ),
    );
    expect(difficultyManager.adjustmentInterval()).toBe(2_016n);
    right(world.engine.processExpiredProposals({ ...closedAt, height: closedAt.height + 100n }));
    expect(difficultyManager.config()).toMatchObject({
      initialDifficulty: 0x1d00_fffe,
      adjustmentInterval: 1_000n,
      targetTimespan: 604_800n,
    });
  });

  test('updates are judged against the policy of the manager as it is', () => {
    const difficultyManager = DifficultyManager.default();
    const world = chain(undefined, { difficultyManager });
    const proposal = policy({ _tag: 'BlockchainTargetTimespan', value: 8n });
    expect(E.isRight(world.engine.createDaoProposal(request(proposal)))).toBe(true);
    right(difficultyManager.setMaxAdjustmentFactor(9n));
    expect(refusalOf(world.engine.createDaoProposal(request(proposal)))).toContain('difficulty policy: targetTimespan');
  });

  test('an update that no longer fits cancels the whole proposal', () => {
    const difficultyManager = DifficultyManager.default();
    const world = chain(undefined, { difficultyManager });
    const { id, closedAt } = pass(
      world,
      policy({ _tag: 'BlockchainTargetTimespan', value: 8n }, { _tag: 'BlockTime', value: 5n }),
    );
    right(difficultyManager.setMaxAdjustmentFactor(9n));
    right(world.engine.processExpiredProposals({ ...closedAt, height: closedAt.height + 100n }));
    expect(some(world.engine.getProposal(id)).status).toBe('Cancelled');
    expect(world.engine.decidedConfig().blockTime).toBe(10n);
    expect(difficultyManager.targetTimespan()).toBe(1_209_600n);
  });
});

describe('DaoEngine.applyGovernanceUpdateFromProposal', () => {
  const waiting = () => {
    const world = chain();
    const { id, closedAt } = pass(world, { proposalType: 'GovernanceRules', executionParams: BLOCK_TIME });
    return { ...world, id, closedAt, proposal: some(world.engine.getProposal(id)) };
  };

  test('executes a passed proposal once, after its timelock', () => {
    const { engine, proposal, closedAt, id } = waiting();
    const apply = () => engine.applyGovernanceUpdateFromProposal(proposal, { ...config, minStake: 77n });
    expect(refusalOf(apply())).toContain('is locked until block');
    // Another proposal's block brings the engine past the timelock without executing it.
    right(engine.createDaoProposal(request({ at: { ...closedAt, height: closedAt.height + 100n } })));
    expect(right(apply()).config).toMatchObject({ blockTime: 5n, minStake: 77n });
    expect(some(engine.getProposal(id)).status).toBe('Executed');
    expect(engine.decidedConfig().blockTime).toBe(5n);
    expect(refusalOf(apply())).toContain('is Executed, only a Passed one is executed, once');
  });

  test('believes its own record and not the argument', () => {
    const { engine } = chain();
    const id = right(
      engine.createDaoProposal(request({ proposalType: 'GovernanceRules', executionParams: BLOCK_TIME })),
    );
    const forged = { ...some(engine.getProposal(id)), status: 'Passed' } as const;
    expect(refusalOf(engine.applyGovernanceUpdateFromProposal(forged, config))).toContain('is Active');
    expect(refusalOf(engine.applyGovernanceUpdateFromProposal({ ...forged, id: ZERO_HASH }, config))).toContain(
      'not known',
    );
  });

  test('is refused by status, content and type, without an engine too', () => {
    const { proposal } = waiting();
    expect(right(governanceUpdateFromProposal(proposal, config)).config.blockTime).toBe(5n);
    const refused = (change: object) => refusalOf(governanceUpdateFromProposal({ ...proposal, ...change }, config));
    for (const status of ['Draft', 'Active', 'Failed', 'Executed', 'Cancelled', 'Expired'])
      expect(refused({ status })).toContain(`is ${status}`);
    expect(refused({ executionParams: O.none })).toContain('no execution parameters');
    expect(refused({ proposalType: 'ResearchGrants' })).toContain('may not change BlockTime');
    expect(refused({ executionParams: O.some(new Uint8Array(3)) })).toContain('SerializationError');
  });
});
