import {
  DEFAULT_CONSENSUS_CONFIG,
  ZERO_HASH,
  type DaoExecutionParams,
  type GovernanceParameterValue,
} from '@zhtp/types';
import { DifficultyManager } from '@zhtp/difficulty';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { governanceUpdateFromProposal } from '@zhtp/dao';
import {
  after,
  block,
  BLOCK_TIME,
  chain,
  DAY,
  pass,
  person,
  refusalOf,
  request,
  right,
  some,
  tags,
  update,
} from './support.ts';

const config = DEFAULT_CONSENSUS_CONFIG;

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
    expect(refusalOf(propose(3, 299n))).toContain('only 3 validators would stay active');
    expect(refusalOf(propose(4, 199n))).toContain('only 199 of 300 voting power');
    expect(E.isRight(propose(4, 200n))).toBe(true);
    // Three that were three before: block time may change all the same.
    expect(E.isRight(propose(3, 300n))).toBe(true);
  });

  test('is refused where the chain itself could not go on under what would be decided', () => {
    const world = chain(undefined, {
      ports: { refusedParameters: ({ config }) => (config.blockTime === 5n ? 'five is no time' : undefined) },
    });
    const given = request({ proposalType: 'ProtocolUpgrade', executionParams: BLOCK_TIME });
    expect(refusalOf(world.engine.createDaoProposal(given))).toContain('the chain could not go on: five is no time');
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

  test('who hears of an update from the manager, and calls the engine, is told after the decision', () => {
    const difficultyManager = DifficultyManager.default();
    const world = chain(undefined, { difficultyManager });
    difficultyManager.events$.subscribe(() => right(world.engine.depositToTreasury(1n, person('a'))));
    const { closedAt } = pass(world, policy({ _tag: 'BlockchainAdjustmentInterval', value: 1_000n }));
    world.engine.events$.subscribe(() => expect(difficultyManager.adjustmentInterval()).toBe(1_000n));
    const before = world.events.length;
    right(world.engine.processExpiredProposals({ ...closedAt, height: closedAt.height + 100n }));
    expect(tags(world.events.slice(before))).toEqual([
      'ParametersDecided',
      'ProposalExecuted',
      'FundsMoved',
      'TreasuryRecorded',
    ]);
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
