// What the facades of a running engine show and change: staking and governance as transactions of its own account.
import { possessionSignBytes } from '@zhtp/chain';
import { generateKeyPair, identityOf, signMessage } from '@zhtp/crypto';
import { ConsensusEngine, type EngineOptions, type EngineRegistration } from '@zhtp/engine';
import {
  DEFAULT_FIRST_POLICY,
  DEFAULT_LEDGER_PARAMETERS,
  ledgerAppState,
  type ChainEvent,
  type CommittedLedgerBlock,
} from '@zhtp/ledger';
import {
  GIB,
  MICRO_PER_ZHTP,
  type Application,
  type ConsensusError,
  type ConsensusEvent,
  type IdentityId,
  type KeyPair,
} from '@zhtp/types';
import { either as E, option as O, taskEither as TE } from 'fp-ts';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { afterEach, describe, expect, test } from 'vitest';
import { documentedLedgerEvents } from '../../src/facade/ledger-events.ts';

interface Member {
  readonly keyPair: KeyPair;
  readonly identity: IdentityId;
}

const member = (): Member => {
  const keyPair = generateKeyPair('ML-DSA-65');
  return { keyPair, identity: identityOf(keyPair.algorithm, keyPair.publicKey) };
};

const CHAIN_ID = 'facades';
const config = {
  consensusType: 'ByzantineFaultTolerance',
  developmentMode: true,
  blockTime: 1n,
  epochLengthBlocks: 10n,
} as const;

const registration = ({ identity, keyPair }: Member, change: Partial<EngineRegistration> = {}): EngineRegistration => ({
  identity,
  stake: 5_000n * MICRO_PER_ZHTP,
  storageCapacity: 500n * GIB,
  consensusKey: keyPair.publicKey,
  commissionRate: 5,
  isGenesis: false,
  ...change,
});

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const refusal = async (task: TaskEither<ConsensusError, unknown>): Promise<ConsensusError | undefined> => {
  const answer = await task();
  return E.isLeft(answer) ? answer.left : undefined;
};

const running: ConsensusEngine[] = [];
afterEach(async () => {
  for (const engine of running.splice(0)) await engine.stop()();
});

/** A chain of one validator whose account, and others, hold a million ZHTP each. */
const started = async (
  self: Member,
  others: readonly Member[] = [],
  options: Partial<EngineOptions> = {},
): Promise<ConsensusEngine> => {
  const engine = right(
    ConsensusEngine.create({
      config,
      chainId: CHAIN_ID,
      validator: self,
      appState: ledgerAppState({
        ...DEFAULT_FIRST_POLICY,
        accounts: [self, ...others].map(({ identity }) => ({
          identity,
          balance: 1_000_000n * MICRO_PER_ZHTP,
          publicKey: O.none,
        })),
        parameters: DEFAULT_LEDGER_PARAMETERS,
        treasury: 7n,
      }),
      ...options,
    }),
  );
  running.push(engine);
  right(await engine.registerValidator(registration(self))());
  right(await engine.startConsensus()());
  return engine;
};

const proposalOf = (proposer: IdentityId) => ({
  proposer,
  title: 'Increase Validator Rewards',
  description: 'Proposal to increase base validator rewards by 20%.',
  proposalType: 'EconomicParams' as const,
  votingPeriodDays: 7,
});

describe('governance', () => {
  test('ConsensusEngine.daoEngine shows genesis before the start', () => {
    const engine = right(ConsensusEngine.create({ config: { ...config, blockTime: 7n } }));
    const dao = engine.daoEngine();
    expect(dao.config().blockTime).toBe(7n);
    expect(dao.getDaoTreasury().totalBalance).toBe(0n);
    expect(dao.getOpenProposals()).toEqual([]);
  });

  test('ConsensusEngine.daoEngineMut proposes and votes by transactions, ConsensusEngine.daoEngine shows them as soon as they are committed', async () => {
    const self = member();
    const engine = await started(self);
    const proposalId = right(await engine.daoEngineMut().createDaoProposal(proposalOf(self.identity))());
    expect(engine.daoEngine().getProposal(proposalId)).toMatchObject(
      O.some({ id: proposalId, proposer: self.identity, status: 'Active' }),
    );
    const voteId = right(
      await engine.daoEngineMut().castDaoVote({ voter: self.identity, proposalId, voteChoice: { _tag: 'Yes' } })(),
    );
    expect(engine.daoEngine().getVote(proposalId, self.identity)).toMatchObject(O.some({ id: voteId }));

    const before = engine.daoEngine().getDaoTreasury().totalBalance;
    right(await engine.daoEngineMut().depositToTreasury(3n, self.identity)());
    expect(engine.daoEngine().getDaoTreasury().totalBalance).toBeGreaterThanOrEqual(before + 3n);

    right(await engine.daoEngineMut().cancelProposal({ proposalId, proposer: self.identity })());
    expect(engine.daoEngine().getProposal(proposalId)).toMatchObject(O.some({ status: 'Cancelled' }));
  }, 60_000);

  test('what governance refuses is a DaoError with its sentence, told as an event too; ids of others are an IdentityError', async () => {
    const [self, other] = [member(), member()];
    const engine = await started(self);
    const told: ConsensusEvent[] = [];
    engine.events$.subscribe((event) => told.push(event));
    const dao = engine.daoEngineMut();
    const proposalId = 'ab'.repeat(32) as never;
    expect(
      await refusal(dao.castDaoVote({ voter: self.identity, proposalId, voteChoice: { _tag: 'Yes' } })),
    ).toMatchObject({ _tag: 'DaoError', message: `proposal ${String(proposalId)} is not known` });
    expect(told).toContainEqual({ _tag: 'DaoError', error: expect.stringContaining('is not known') as string });
    expect(
      await refusal(dao.createDaoProposal({ ...proposalOf(self.identity), executionParams: {} as never })),
    ).toMatchObject({ _tag: 'SerializationError' });
    expect(await refusal(dao.createDaoProposal(proposalOf(other.identity)))).toMatchObject({
      _tag: 'IdentityError',
      message: expect.stringContaining(`this engine signs for ${self.identity}`) as string,
    });
    // A value outside its range is refused before anything is paid.
    expect(await refusal(dao.depositToTreasury(0n, self.identity))).toMatchObject({ _tag: 'DaoError' });
  }, 60_000);

  test('transactions asked for at once are sent one after another: each has its nonce', async () => {
    const self = member();
    const engine = await started(self);
    const dao = engine.daoEngineMut();
    const answers = await Promise.all([1n, 2n, 3n].map((amount) => dao.depositToTreasury(amount, self.identity)()));
    expect(answers).toEqual([E.right(undefined), E.right(undefined), E.right(undefined)]);
  }, 60_000);

  test('nothing is signed before the start, without an account, or after the stop', async () => {
    const self = member();
    const idle = right(ConsensusEngine.create({ config, validator: self }));
    expect(await refusal(idle.daoEngineMut().depositToTreasury(1n, self.identity))).toMatchObject({
      _tag: 'NetworkStateError',
    });
    const poor = await started(self, [], { account: member() });
    const own = poor.daoEngineMut();
    expect(await refusal(own.depositToTreasury(1n, self.identity))).toMatchObject({ _tag: 'IdentityError' });
    await poor.stop()();
    expect(await refusal(poor.daoEngineMut().depositToTreasury(1n, self.identity))).toMatchObject({
      _tag: 'NetworkStateError',
    });
    // What was committed stays readable.
    expect(poor.validatorManager().isValidator(self.identity)).toBe(true);
  }, 60_000);

  test('an account that does not exist is an IdentityError that says what to do', async () => {
    const [self, penniless] = [member(), member()];
    const engine = await started(self, [], { account: penniless });
    expect(await refusal(engine.daoEngineMut().depositToTreasury(1n, penniless.identity))).toMatchObject({
      _tag: 'IdentityError',
      message: expect.stringContaining('must receive a transfer') as string,
    });
  }, 60_000);
});

describe('validators', () => {
  test('ConsensusEngine.registerValidator of a running chain commits a registration, which ConsensusEngine.validatorManager shows; the set changes at the boundary', async () => {
    const [self, joining] = [member(), member()];
    const engine = await started(self, [joining], { account: joining });
    const told: ConsensusEvent[] = [];
    engine.events$.subscribe((event) => told.push(event));
    expect(await refusal(engine.registerValidator(registration(joining, { isGenesis: true })))).toMatchObject({
      _tag: 'ValidatorError',
      message: expect.stringContaining('before the start') as string,
    });
    expect(await refusal(engine.registerValidator(registration(joining)))).toMatchObject({
      _tag: 'ValidatorError',
      message: expect.stringMatching(/^proofOfPossession is missing/) as string,
    });
    const possession = possessionSignBytes(CHAIN_ID, joining.identity, joining.keyPair.publicKey);
    const proven = registration(joining, {
      proofOfPossession: signMessage(joining.keyPair, 'zhtp/possession/v1', possession),
    });
    expect(await refusal(engine.registerValidator({ ...proven, stake: 1n }))).toMatchObject({
      _tag: 'ValidatorError',
      message: expect.stringMatching(/^Insufficient stake/) as string,
    });
    expect(await refusal(engine.registerValidator({ ...proven, identity: member().identity }))).toMatchObject({
      message: expect.stringContaining('acts through its own account') as string,
    });
    expect(
      await refusal(
        engine.handleConsensusEvent({ _tag: 'ValidatorJoin', identity: joining.identity, stake: proven.stake }),
      ),
    ).toMatchObject({ _tag: 'ValidatorError', message: expect.stringContaining('no registered keys') as string });

    right(await engine.registerValidator(proven)());
    expect(engine.validatorManager().getValidator(joining.identity)).toMatchObject(O.some({ stake: proven.stake }));
    expect(told).toContainEqual({ _tag: 'ValidatorRegistered', identity: joining.identity });

    // More stake than it has, and nothing to do for no more.
    const more = proven.stake + 1n;
    const join = { _tag: 'ValidatorJoin', identity: joining.identity, stake: more } as const;
    expect(await engine.handleConsensusEvent(join)()).toEqual(E.right([]));
    expect(engine.validatorManager().getValidator(joining.identity)).toMatchObject(O.some({ stake: more }));
    expect(await engine.handleConsensusEvent(join)()).toEqual(E.right([]));
  }, 60_000);

  test('ConsensusEngine.handleConsensusEvent with ValidatorLeave queues the leaving of the own validator, before the start and after it', async () => {
    const [self, other] = [member(), member()];
    const young = right(ConsensusEngine.create({ config }));
    right(await young.registerValidator(registration(self))());
    right(await young.registerValidator(registration(other))());
    expect(await young.handleConsensusEvent({ _tag: 'ValidatorJoin', identity: self.identity, stake: 1n })()).toEqual(
      E.right([]),
    );
    expect(await young.handleConsensusEvent({ _tag: 'ValidatorLeave', identity: self.identity })()).toEqual(
      E.right([]),
    );
    expect(young.validatorManager().isValidator(self.identity)).toBe(false);
    expect(
      await refusal(young.handleConsensusEvent({ _tag: 'ValidatorJoin', identity: self.identity, stake: 1n })),
    ).toMatchObject({ message: expect.stringContaining('no registered keys') as string });

    const engine = await started(self);
    const told: ConsensusEvent[] = [];
    engine.events$.subscribe((event) => told.push(event));
    expect(await engine.handleConsensusEvent({ _tag: 'ValidatorLeave', identity: self.identity })()).toEqual(
      E.right([]),
    );
    expect(told).toContainEqual({ _tag: 'ValidatorLeave', identity: self.identity });
    expect(
      await refusal(engine.handleConsensusEvent({ _tag: 'ValidatorLeave', identity: other.identity })),
    ).toMatchObject({ _tag: 'ValidatorError' });
  }, 60_000);
});

/** An application without staking, governance or proofs. */
const strange = (): Application => {
  const hash = '00'.repeat(32) as never;
  const none = { nextValidators: O.none, parameters: O.none, difficultyBits: 0x1d00ffff };
  return {
    info: () => TE.right({ height: 0n, appHash: hash }),
    initChain: () => TE.right({ appHash: hash, resultsHash: hash, difficultyBits: 0x1d00ffff }),
    checkTx: () => TE.right({ _tag: 'Rejected', code: 'None', reason: 'takes none' }),
    prepareProposal: () => TE.right([]),
    processProposal: () => TE.right({ _tag: 'Accept' }),
    finalizeBlock: () => TE.right({ appHash: hash, resultsHash: hash, results: [], ...none }),
    commit: () => TE.right(undefined),
    query: () => TE.right(O.none),
    listSnapshots: () => TE.right([]),
    offerSnapshot: () => TE.right({ _tag: 'Reject', reason: 'none' }),
    loadSnapshotChunk: () => TE.right(O.none),
    applySnapshotChunk: () => TE.right({ _tag: 'Reject', reason: 'none' }),
  };
};

test('beside an application of somebody else the views stay at genesis and changes are refused by their cause', async () => {
  const self = member();
  const engine = await started(self, [], { ports: { application: strange() } });
  expect(await refusal(engine.daoEngineMut().depositToTreasury(1n, self.identity))).toMatchObject({
    _tag: 'NetworkStateError',
    message: expect.stringContaining('the application is not the ledger') as string,
  });
  expect(engine.validatorManager().isValidator(self.identity)).toBe(true);
  expect(engine.daoEngine().getDaoTreasury().totalBalance).toBe(7n);
}, 60_000);

test('a type that requires proofs does not start beside an application that has none to give', async () => {
  const self = member();
  const engine = right(
    ConsensusEngine.create({
      config: { ...config, consensusType: 'Hybrid' },
      validator: self,
      ports: { application: strange() },
    }),
  );
  right(await engine.registerValidator(registration(self))());
  expect(await refusal(engine.startConsensus())).toMatchObject({
    _tag: 'InvalidConsensusType',
    message: expect.stringContaining('has no proposalProof') as string,
  });
});

describe('documented events out of a committed block', () => {
  const blockOf = (change: Partial<CommittedLedgerBlock>): CommittedLedgerBlock => ({
    height: 1n,
    executed: [],
    events: [],
    ...change,
  });
  const identity = 'cd'.repeat(32) as IdentityId;

  test('validators that register, join and leave, and penalties', () => {
    const events: readonly ChainEvent[] = [
      { _tag: 'ValidatorRegistered', identity },
      { _tag: 'ValidatorJoin', identity, stake: 5n },
      { _tag: 'ValidatorLeave', identity },
      { _tag: 'ValidatorTombstoned', validator: identity },
      {
        _tag: 'PenaltyApplied',
        penalty: {
          validator: identity,
          faultType: 'DoubleSign',
          severity: 'Critical',
          status: 'Tombstone',
          slashType: 'DoubleSign',
          slashPercentage: 5,
          slashed: 250n,
          statusAfter: 'Slashed',
        },
      },
    ];
    expect(documentedLedgerEvents(blockOf({ events }))).toEqual([
      { _tag: 'ValidatorRegistered', identity },
      { _tag: 'ValidatorJoin', identity, stake: 5n },
      { _tag: 'ValidatorLeave', identity },
      {
        _tag: 'ByzantineFault',
        error: `${identity} was punished for DoubleSign: 250 micro-ZHTP taken, now Slashed`,
      },
    ]);
  });

  test.each([
    ['GovernanceRefused', 'DaoError'],
    ['NothingToClaim', 'RewardError'],
  ] as const)('a transaction that failed with %s is a %s with its sentence', (reason, tag) => {
    const transaction = 'ef'.repeat(32) as never;
    const receipt = { transaction, fee: 1n, failure: O.some({ message: 0, reason }) };
    const executed = [{ receipt, sentence: 'message 0: no', events: [] }];
    expect(documentedLedgerEvents(blockOf({ executed }))).toEqual([
      { _tag: tag, error: `transaction ${String(transaction)}, message 0: no` },
    ]);
  });

  test('other failures have no documented event', () => {
    const failure = O.some({ message: 0, reason: 'InsufficientBalance' } as const);
    const executed = [{ receipt: { transaction: 'ef' as never, fee: 1n, failure }, sentence: 'x', events: [] }];
    expect(documentedLedgerEvents(blockOf({ executed }))).toEqual([]);
  });
});
