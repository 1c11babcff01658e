import * as face from '@zhtp/dao';
import { HOSTILE_VALUES, publicFunctions } from '@zhtp/testing';
import { DEFAULT_CONSENSUS_CONFIG, ZERO_HASH, type DaoExecutionParams } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  advance,
  calculateVotingPower,
  cancelByProposer,
  castVote,
  changeParameters,
  changeWeight,
  createProposal,
  DaoEngine,
  donate,
  governanceGenesis,
  governanceUpdateFromProposal,
  receiveBlockIncome,
} from '@zhtp/dao';
import { block, chain, person, request, right, some } from './support.ts';

/** What no caller with types can give, and every caller without them can. */
const HOSTILE: readonly unknown[] = [
  ...HOSTILE_VALUES,
  undefined,
  '',
  '\ud800',
  [],
  {},
  new Map(),
  new Uint8Array(3),
  Object.create(null),
  { _tag: 'Yes', extra: 1 },
  { _tag: '__proto__' },
  { height: Number.NaN, timeSeconds: 1n },
];

const { engine } = chain();
const proposalId = right(engine.createDaoProposal(request()));
const passing = some(engine.getProposal(proposalId));
const state = engine.state();
const PARAMS: DaoExecutionParams = {
  action: { _tag: 'GovernanceParameterUpdate', updates: [{ _tag: 'BlockTime', value: 5n }] },
};
const vote = { voter: person('a'), proposalId, voteChoice: { _tag: 'Yes' }, at: block(2n) } as const;
const cancellation = { proposalId, proposer: person('proposer'), at: block(2n) };
const weight = { identity: person('a'), weight: 1n, height: 2n };
const power = {
  tokenBalance: 0n,
  stakedAmount: 0n,
  networkContributionScore: 0,
  reputationScore: 0,
  delegatedPower: 0n,
};

/** Each public function over one object, the object it takes, and which of its fields may be left out. */
const OVER_OBJECTS: readonly (readonly [string, (input: never) => unknown, object, readonly string[]])[] = [
  [
    'DaoEngine.createDaoProposal',
    (input) => engine.createDaoProposal(input),
    {
      ...request(),
      votingDelaySeconds: 1n,
      executionParams: PARAMS,
      ubiImpact: { beneficiaries: 1n, monthlyAmountPerBeneficiary: 1n },
      privacyLevel: 'Public',
      proposalType: 'GovernanceRules',
    },
    ['votingDelaySeconds', 'executionParams', 'ubiImpact', 'privacyLevel'],
  ],
  ['createProposal', (input) => createProposal(state, input), request(), []],
  [
    'DaoEngine.castDaoVote',
    (input) => engine.castDaoVote(input),
    { ...vote, justification: 'j', signature: undefined },
    ['justification', 'signature', 'voteChoice'],
  ],
  ['castVote', (input) => castVote(state, input), vote, ['voteChoice']],
  ['DaoEngine.cancelProposal', (input) => engine.cancelProposal(input), cancellation, []],
  ['cancelByProposer', (input) => cancelByProposer(state, input), cancellation, []],
  ['DaoEngine.setVotingWeight', (input) => engine.setVotingWeight(input), weight, []],
  ['changeWeight', (input) => changeWeight(state, input), weight, []],
  ['DaoEngine.calculateVotingPower', (input) => engine.calculateVotingPower(input), power, []],
  ['calculateVotingPower', (input) => calculateVotingPower(input), power, []],
  ['DaoEngine.processExpiredProposals', (input) => engine.processExpiredProposals(input), block(2n), []],
  ['advance', (input) => advance(state, input), block(2n), []],
  [
    'DaoEngine.create',
    (input) => DaoEngine.create(input),
    {
      chainId: 'c',
      config: {},
      chainParameters: new Map(),
      electorate: 'open',
      treasuryBalance: 1n,
      at: block(1n),
      difficulty: undefined,
    },
    ['config', 'chainParameters', 'electorate', 'treasuryBalance', 'at', 'difficulty'],
  ],
  ['governanceGenesis', (input) => governanceGenesis(input), { chainId: 'c' }, []],
  [
    'DaoEngine.applyExecutionParams',
    (input) => engine.applyExecutionParams(DEFAULT_CONSENSUS_CONFIG, input),
    PARAMS,
    [],
  ],
  [
    'DaoEngine.applyExecutionParams config',
    (input) => engine.applyExecutionParams(input, PARAMS),
    DEFAULT_CONSENSUS_CONFIG,
    ['developmentMode'],
  ],
  ['DaoEngine.encodeExecutionParams', (input) => engine.encodeExecutionParams(input), PARAMS, []],
  [
    'DaoEngine.applyGovernanceUpdateFromProposal',
    (input) => engine.applyGovernanceUpdateFromProposal(input, DEFAULT_CONSENSUS_CONFIG),
    { id: ZERO_HASH },
    [],
  ],
  [
    'governanceUpdateFromProposal',
    (input) => governanceUpdateFromProposal(input, DEFAULT_CONSENSUS_CONFIG),
    { ...passing, status: 'Active' },
    [],
  ],
];

const isTypedRefusal = (outcome: unknown): boolean =>
  typeof outcome === 'object' &&
  outcome !== null &&
  '_tag' in outcome &&
  outcome._tag === 'Left' &&
  'left' in outcome &&
  typeof outcome.left === 'object' &&
  outcome.left !== null &&
  '_tag' in outcome.left &&
  (outcome.left._tag === 'DaoError' || outcome.left._tag === 'SerializationError') &&
  'message' in outcome.left &&
  typeof outcome.left.message === 'string' &&
  outcome.left.message.length < 1_000;

const isOutcome = (outcome: unknown): boolean =>
  isTypedRefusal(outcome) ||
  (typeof outcome === 'object' && outcome !== null && '_tag' in outcome && outcome._tag === 'Right');

describe('whatever is given', () => {
  test.each(OVER_OBJECTS)('%s answers with a typed error and never throws', (name, call, valid, optional) => {
    for (const input of HOSTILE) {
      const outcome = call(input as never);
      expect(
        isTypedRefusal(outcome),
        `${name}(${typeof input}) gave ${String(JSON.stringify(outcome, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)))}`,
      ).toBe(true);
    }
    for (const field of Object.keys(valid))
      for (const input of HOSTILE) {
        const outcome = call({ ...valid, [field]: input } as never);
        const mayPass =
          optional.includes(field) ||
          input === undefined ||
          typeof input === 'string' ||
          Array.isArray(input) ||
          input === 2 ** 53 + 1;
        expect(mayPass ? isOutcome(outcome) : isTypedRefusal(outcome), `${name}: ${field} ${typeof input}`).toBe(true);
      }
  });

  test.each([
    ['DaoEngine.decodeExecutionParams', (input: never) => engine.decodeExecutionParams(input)],
    ['DaoEngine.depositToTreasury', (input: never) => engine.depositToTreasury(input, person('a'))],
    ['DaoEngine.depositToTreasury source', (input: never) => engine.depositToTreasury(1n, input)],
    ['donate', (input: never) => donate(state, input, person('a'))],
    ['DaoEngine.receiveBlockIncome', (input: never) => engine.receiveBlockIncome(input)],
    ['changeParameters', (input: never) => changeParameters(input, { ...state, config: state.decidedConfig })],
    ['receiveBlockIncome', (input: never) => receiveBlockIncome(state, input)],
    ['DaoEngine.chainParameter', (input: never) => engine.chainParameter(input)],
  ] as const)('%s answers with a typed error and never throws', (_, call) => {
    for (const input of HOSTILE) expect(isTypedRefusal(call(input as never))).toBe(true);
  });

  test('accessors know nothing of what is no id', () => {
    for (const input of HOSTILE) {
      expect(engine.getDaoVotingPower(input as never)).toBe(0n);
      expect(O.isNone(engine.getProposal(input as never))).toBe(true);
      expect(O.isNone(engine.getProposalDetails(input as never))).toBe(true);
      expect(O.isNone(engine.getVote(input as never, person('a')))).toBe(true);
      expect(O.isNone(engine.getVote(proposalId, input as never))).toBe(true);
      expect(engine.nextVoteRevision(proposalId, input as never)).toBe(0n);
      expect(new DaoEngine().getDaoVotingPower(input as never)).toBe(0n);
    }
  });

  test('nothing of it moved money or changed a parameter', () => {
    expect(engine.getDaoTreasury().totalBalance).toBe(state.treasury.balance);
    expect(engine.decidedConfig()).toEqual(DEFAULT_CONSENSUS_CONFIG);
    expect(E.isRight(engine.chainParameter('timelockEpochs'))).toBe(true);
  });
});

const untyped = (called: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown =>
  Reflect.apply(called, undefined, args);
const tally = face.noBallots(9n).tally;
const holdings = {
  liquidBalance: 0n,
  bondedStake: 0n,
  delegatedOut: 0n,
  contributionScore: 0,
  reputationScore: 0,
  isAttested: true,
};

test('functions that answer no Either say what is true of nothing', () => {
  for (const value of HOSTILE) {
    expect(untyped(face.isQuorumReached, value, 1n)).toBe(false);
    expect(untyped(face.isQuorumReached, { ...tally, weightedYes: 9n }, typeof value === 'bigint' ? -1n : value)).toBe(
      false,
    );
    for (const field of ['weightedYes', 'weightedNo', 'weightedAbstain', 'totalEligiblePower'])
      if (typeof value !== 'bigint')
        expect(untyped(face.isQuorumReached, { ...tally, [field]: value }, 0n)).toBe(false);
    expect(untyped(face.ownWeight, value)).toBe(0n);
    if (value !== undefined) expect(untyped(face.ownWeight, holdings, value)).toBe(0n);
    for (const field of Object.keys(holdings))
      if (value !== true) expect(untyped(face.ownWeight, { ...holdings, [field]: value })).toBe(0n);
    expect(untyped(face.isChainParameterName, value)).toBe(false);
    expect(untyped(face.chainParameterRange, value)).toBeUndefined();
    expect(isTypedRefusal(untyped(face.voteSignBytes, value))).toBe(true);
  }
});

const CONTENT = {
  chainId: 'c',
  proposer: person('proposer'),
  count: 0n,
  title: 't',
  description: 'd',
  proposalType: 'FeeStructure',
  votingStartTime: 1n,
  votingEndTime: 2n,
  executionParams: O.none,
  ubiImpact: O.none,
  economicImpact: O.none,
};

test('a parameter is what it started at where nothing better is known, and none where the name is unknown', () => {
  const initial = face.CHAIN_PARAMETERS.timelockEpochs.initial;
  expect(untyped(face.chainParameter, new Map([['timelockEpochs', 9n]]), 'timelockEpochs')).toBe(9n);
  for (const value of HOSTILE) {
    expect(untyped(face.chainParameter, new Map(), value)).toBeUndefined();
    expect(untyped(face.chainParameter, value, 'timelockEpochs')).toBe(initial);
    expect(untyped(face.chainParameter, new Map([['timelockEpochs', value]]), 'timelockEpochs')).toBe(initial);
  }
});

test('values that are no parameters are refused in so many words', () => {
  expect(face.invalidChainParameters(new Map())).toBeUndefined();
  for (const value of HOSTILE) {
    const asked: readonly unknown[] = [value, new Map([[value, 1n]]), new Map([['timelockEpochs', value]])];
    for (const values of asked)
      if (!(values instanceof Map && values.size === 0))
        expect(untyped(face.invalidChainParameters, values)).toMatch(/^.{20,300}$/su);
  }
});

test('no power is eligible by what is no amount, and what is no proposal has no id', () => {
  expect(isTypedRefusal(untyped(face.proposalIdOf, CONTENT))).toBe(false);
  for (const value of HOSTILE) {
    expect(untyped(face.noBallots, value)).toMatchObject({ tally: { totalEligiblePower: 0n } });
    expect(isTypedRefusal(untyped(face.proposalIdOf, value))).toBe(true);
    for (const field of Object.keys(CONTENT).filter((name) => !isFineText(name, value)))
      expect(isTypedRefusal(untyped(face.proposalIdOf, { ...CONTENT, [field]: value })), field).toBe(true);
  }
});

/** Any text well-formed and not too long may stand there. */
const isFineText = (field: string, value: unknown): boolean =>
  (field === 'chainId' || field === 'title' || field === 'description') && value === '';

/** Functions over what only transitions make, or that a checked function stands in front of. */
const TRUSTED: Readonly<Record<string, string>> = {
  applyExecutionParams: 'DaoEngine.applyExecutionParams passes its arguments on',
  beginEpoch: 'takes a whole state',
  'DaoEngine.of': 'takes a whole state',
  clearBallots: 'takes a whole state',
  currentPower: 'takes the electorate of a state; DaoEngine.getDaoVotingPower is for everyone',
  totalPowerAt: 'takes the electorate of a state',
  decodeExecutionParams: 'DaoEngine.decodeExecutionParams passes its argument on',
  documentedTreasury: 'takes the treasury of a state',
  encodeExecutionParams: 'DaoEngine.encodeExecutionParams passes its argument on',
  executeByHand: 'DaoEngine.applyGovernanceUpdateFromProposal passes its proposal on',
};

const HELD: readonly string[] = [
  ...OVER_OBJECTS.map(([name]) => name.split(' ')[0] ?? ''),
  ...['decodeExecutionParams', 'depositToTreasury', 'receiveBlockIncome', 'chainParameter'].map(
    (m) => `DaoEngine.${m}`,
  ),
  'donate',
  'changeParameters',
  'receiveBlockIncome',
  ...['getDaoVotingPower', 'getProposal', 'getProposalDetails', 'getVote', 'nextVoteRevision'].map(
    (m) => `DaoEngine.${m}`,
  ),
  'isQuorumReached',
  'ownWeight',
  'isChainParameterName',
  'chainParameterRange',
  'voteSignBytes',
  'chainParameter',
  'invalidChainParameters',
  'noBallots',
  'proposalIdOf',
];
const WITHOUT_ARGUMENTS: readonly string[] = [
  'getDaoTreasury',
  'beginEpoch',
  'config',
  'decidedConfig',
  'getOpenProposals',
  'state',
].map((m) => `DaoEngine.${m}`);

test('every public function is held to hostile values, or a reason says why not', () => {
  // HexMap is what states are made of: its keys are ids that a codec has judged.
  const functions = publicFunctions(face).filter((name) => !name.startsWith('HexMap.'));
  const held = [...HELD, ...WITHOUT_ARGUMENTS];
  expect(functions.filter((name) => !held.includes(name)).toSorted()).toEqual(Object.keys(TRUSTED).toSorted());
  expect(held.filter((name) => !functions.includes(name))).toEqual([]);
});
