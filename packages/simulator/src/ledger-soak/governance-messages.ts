import { chainParameter, CHAIN_PARAMETERS, encodeExecutionParams, isChainParameterName } from '@zhtp/dao';
import type { LedgerMessage, LedgerMessageOf } from '@zhtp/ledger';
import {
  clamp,
  MICRO_PER_ZHTP,
  mulDivFloor,
  type DaoExecutionAction,
  type DaoProposal,
  type DaoProposalType,
  type DaoVoteChoice,
  type GovernanceParameterValue,
  type Hash,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { drawAmount } from './amounts.ts';
import { drawnHash, type Person, type Scene } from './cast.ts';
import type { MessageMaker } from './message-makers.ts';
import { anybody } from './staking-messages.ts';

type Update<Tag extends GovernanceParameterValue['_tag']> = Extract<GovernanceParameterValue, { readonly _tag: Tag }>;
type UpdateMakers = {
  readonly [Tag in GovernanceParameterValue['_tag']]: (scene: Scene) => Update<Tag>;
};

/** From half to twice what it is: parameters wander, and the chain with them. */
const wandering = ({ random }: Scene, now: bigint): bigint => mulDivFloor(now, BigInt(random.int(500, 2_000)), 1_000n);

/** What would stop the run rather than the chain stays within reach. */
const REACH: Readonly<Record<string, readonly [bigint, bigint]>> = {
  maxBlockBytes: [100_000n, 8_000_000n],
  minFeePerByteMicro: [0n, 20n],
  newAccountFeeMicro: [0n, MICRO_PER_ZHTP],
  unbondingSeconds: [150n, 2_000n],
  votingPeriodMinSeconds: [1n, 60n],
  emergencyVotingPeriodMinSeconds: [1n, 60n],
  timelockEpochs: [0n, 2n],
  proposalDepositMicro: [0n, 1_000n * MICRO_PER_ZHTP],
  signedBlocksWindow: [10n, 40n],
};

const chainParameterUpdate = (scene: Scene): Update<'ChainParameter'> => {
  const { random, state } = scene;
  if (random.chance(100))
    return { _tag: 'ChainParameter', name: 'budget.school', value: drawAmount(random, 1_000n * MICRO_PER_ZHTP) };
  const name = random.pick(Object.keys(CHAIN_PARAMETERS).filter(isChainParameterName)) ?? 'baseRewardMicro';
  const { min, max } = CHAIN_PARAMETERS[name];
  const [low, high] = REACH[name] ?? [min, max];
  const value = clamp(wandering(scene, chainParameter(state.governance.chainParameters, name)), low, high);
  return { _tag: 'ChainParameter', name, value: random.chance(30) && max < 2n ** 63n ? max + 1n : value };
};

const config = ({ state }: Scene): Scene['state']['governance']['configInForce'] => state.governance.configInForce;

/** One of each kind: a new kind of parameter does not compile without one. */
const UPDATES: UpdateMakers = {
  MinStake: (scene) => ({
    _tag: 'MinStake',
    value: clamp(wandering(scene, config(scene).minStake), 1n, 4_000n * MICRO_PER_ZHTP),
  }),
  MinStorage: (scene) => ({ _tag: 'MinStorage', value: wandering(scene, config(scene).minStorage) }),
  MaxValidators: ({ random }) => ({ _tag: 'MaxValidators', value: random.int(3, 12) }),
  BlockTime: ({ random }) => ({ _tag: 'BlockTime', value: BigInt(random.int(4, 20)) }),
  ProposeTimeout: (scene) => ({ _tag: 'ProposeTimeout', value: wandering(scene, config(scene).proposeTimeout) }),
  PrevoteTimeout: (scene) => ({ _tag: 'PrevoteTimeout', value: wandering(scene, config(scene).prevoteTimeout) }),
  PrecommitTimeout: (scene) => ({ _tag: 'PrecommitTimeout', value: wandering(scene, config(scene).precommitTimeout) }),
  MaxTransactionsPerBlock: ({ random }) => ({ _tag: 'MaxTransactionsPerBlock', value: random.int(20, 2_000) }),
  MaxDifficulty: (scene) => ({ _tag: 'MaxDifficulty', value: wandering(scene, config(scene).maxDifficulty) }),
  TargetDifficulty: (scene) => ({ _tag: 'TargetDifficulty', value: wandering(scene, config(scene).targetDifficulty) }),
  ByzantineThreshold: ({ random }) => ({ _tag: 'ByzantineThreshold', value: random.pick([0.25, 0.125, 0.5]) ?? 0.25 }),
  SlashDoubleSign: ({ random }) => ({ _tag: 'SlashDoubleSign', value: random.int(0, 30) }),
  SlashLiveness: ({ random }) => ({ _tag: 'SlashLiveness', value: random.int(0, 5) }),
  DevelopmentMode: ({ random }) => ({ _tag: 'DevelopmentMode', value: random.chance(500) }),
  BlockchainInitialDifficulty: ({ random }) => ({
    _tag: 'BlockchainInitialDifficulty',
    value: random.pick([0x1d00_ffff, 0x1c00_ffff, 0x1d00_7fff, 0x1d80_ffff]) ?? 0x1d00_ffff,
  }),
  BlockchainAdjustmentInterval: ({ random }) => ({
    _tag: 'BlockchainAdjustmentInterval',
    value: BigInt(random.int(1, 30)),
  }),
  BlockchainTargetTimespan: (scene) => ({
    _tag: 'BlockchainTargetTimespan',
    value: wandering(scene, scene.state.governance.difficulty.targetTimespan),
  }),
  EpochLengthBlocks: ({ random }) => ({ _tag: 'EpochLengthBlocks', value: BigInt(random.int(9, 18)) }),
  ChainParameter: chainParameterUpdate,
};

const drawUpdate = (scene: Scene): GovernanceParameterValue => {
  const make = scene.random.chance(400) ? undefined : scene.random.pick(Object.values(UPDATES));
  return (make ?? chainParameterUpdate)(scene);
};

const openProposals = ({ state }: Scene): readonly DaoProposal[] =>
  Array.from(state.governance.open, ([, { proposal }]) => proposal);

/** An open proposal of which the condition holds, by preference; now and then one that is over, or none at all. */
const someProposal = (scene: Scene, fits: (proposal: DaoProposal) => boolean = () => true): Hash => {
  const { random, state } = scene;
  if (random.chance(30)) return drawnHash(random);
  if (random.chance(60)) return random.pick(state.governance.endedOrder) ?? drawnHash(random);
  const open = openProposals(scene);
  const fitting = open.filter(fits);
  return random.pick(fitting.length > 0 ? fitting : open)?.id ?? drawnHash(random);
};

const drawAction = (scene: Scene): DaoExecutionAction => {
  const { random } = scene;
  if (random.chance(250))
    return {
      _tag: 'TreasuryPayment',
      recipient: anybody(scene).identity,
      amount: drawAmount(random, mulDivFloor(scene.state.governance.treasury.balance, 1n, 10n)),
      budgetLine: random.pick(['school', 'school', 'road']) ?? 'school',
    };
  if (random.chance(60)) return { _tag: 'CancelProposal', proposalId: someProposal(scene) };
  return {
    _tag: 'GovernanceParameterUpdate',
    updates: Array.from({ length: random.int(1, 3) }, () => drawUpdate(scene)),
  };
};

const TYPES_BY_ACTION: Readonly<Record<DaoExecutionAction['_tag'], readonly DaoProposalType[]>> = {
  GovernanceParameterUpdate: [
    'ProtocolUpgrade',
    'GovernanceRules',
    'GovernanceRules',
    'EconomicParams',
    'FeeStructure',
    'Emergency',
  ],
  TreasuryPayment: ['TreasuryAllocation', 'CommunityFunding', 'ResearchGrants', 'UbiDistribution', 'WelfareAllocation'],
  CancelProposal: ['ProtocolUpgrade', 'Emergency'],
};

const written = (action: DaoExecutionAction): Option<Uint8Array> => {
  const params = encodeExecutionParams({ action });
  return E.isRight(params) ? O.some(params.right) : O.none;
};

const propose = (scene: Scene): LedgerMessageOf<'Propose'> => {
  const { random, height } = scene;
  const action = random.chance(100) ? undefined : drawAction(scene);
  const types: readonly DaoProposalType[] =
    action === undefined ? ['CommunityFunding', 'ValidatorUpdate'] : TYPES_BY_ACTION[action._tag];
  return {
    _tag: 'Propose',
    title: random.chance(30) ? '' : `Proposal ${String(random.int(0, 9_999))} of block ${String(height)}`,
    description: 'drawn',
    proposalType: random.pick(types) ?? 'CommunityFunding',
    votingPeriodDays: random.chance(30) ? O.some(random.int(0, 400)) : O.none,
    votingPeriodSeconds: random.chance(980) ? O.some(BigInt(random.int(10, 200))) : O.none,
    votingDelaySeconds: random.chance(300) ? BigInt(random.int(1, 60)) : 0n,
    executionParams: action === undefined ? O.none : written(action),
    ubiImpact: random.chance(100) ? O.some({ beneficiaries: 3n, monthlyAmountPerBeneficiary: 5n }) : O.none,
    economicImpact: O.none,
    privacyLevel: random.chance(20) ? 'Private' : 'Public',
  };
};

const drawChoice = (scene: Scene): DaoVoteChoice => {
  const at = scene.random.int(0, 99);
  if (at < 70) return { _tag: 'Yes' };
  if (at < 82) return { _tag: 'No' };
  return at < 90 ? { _tag: 'Abstain' } : { _tag: 'Delegate', identity: anybody(scene).identity };
};

/** Who carries weight, mostly. */
const voter = (scene: Scene): Person => {
  const { random, cast } = scene;
  return (
    (random.chance(850) ? random.pick(random.chance(700) ? cast.principals : cast.founders) : undefined) ??
    anybody(scene)
  );
};

/** About proposals and the treasury. */
export const GOVERNANCE_MAKERS = {
  Propose: { by: voter, make: propose },
  Vote: {
    by: voter,
    make: (scene) => ({
      _tag: 'Vote',
      proposalId: someProposal(scene, ({ status }) => status === 'Active'),
      voteChoice: drawChoice(scene),
      justification: scene.random.chance(100) ? O.some('because') : O.none,
    }),
  },
  CancelProposal: {
    by: (scene) => {
      const mine = scene.random.pick(openProposals(scene))?.proposer;
      return (mine === undefined || scene.random.chance(200) ? undefined : scene.cast.personOf(mine)) ?? anybody(scene);
    },
    make: (scene, { identity }) => ({
      _tag: 'CancelProposal',
      proposalId: someProposal(scene, ({ proposer }) => proposer === identity),
    }),
  },
  DepositToTreasury: {
    by: anybody,
    make: ({ random }) => ({ _tag: 'DepositToTreasury', amount: drawAmount(random, 50n * MICRO_PER_ZHTP) }),
  },
} as const satisfies { readonly [Tag in LedgerMessage['_tag']]?: MessageMaker<Tag> };
