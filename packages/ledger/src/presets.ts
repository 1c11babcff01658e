import { CHAIN_PARAMETERS, type ChainParameterName } from '@zhtp/dao';
import {
  DEFAULT_CHAIN_PARAMETERS,
  DEFAULT_CONSENSUS_CONFIG,
  DEFAULT_DIFFICULTY_CONFIG,
  MICRO_PER_ZHTP,
  type ChainParameters,
  type ConsensusConfig,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import { DEFAULT_FIRST_POLICY } from './genesis-domains.ts';
import type { LedgerGenesis } from './genesis.ts';
import { DEFAULT_LEDGER_PARAMETERS } from './parameters.ts';

/** Everything of a genesis but the people: who has an account, who validates. */
export interface LedgerPreset {
  /** `parameters` of the genesis. */
  readonly parameters: ChainParameters;
  /** Its `appState`, with accounts still to be added. */
  readonly appState: Omit<LedgerGenesis, 'accounts'>;
}

interface Differences {
  readonly consensus?: Partial<ConsensusConfig>;
  readonly chain?: Partial<ChainParameters>;
  readonly chainParameters?: Partial<Record<ChainParameterName, bigint>>;
  readonly appState?: Partial<Omit<LedgerGenesis, 'accounts' | 'chainParameters'>>;
}

/** A preset is what differs from the defaults. */
const preset = ({ consensus = {}, chain = {}, chainParameters = {}, appState = {} }: Differences): LedgerPreset => ({
  parameters: { ...DEFAULT_CHAIN_PARAMETERS, ...chain, consensus: { ...DEFAULT_CONSENSUS_CONFIG, ...consensus } },
  appState: {
    ...DEFAULT_FIRST_POLICY,
    parameters: DEFAULT_LEDGER_PARAMETERS,
    ...appState,
    chainParameters: Object.entries(chainParameters).map(([name, value]) => ({ name, value })),
  },
});

const DAY = 86_400n;
const HOUR = 3_600n;

/** The same for every type of proposal. */
const forEveryType = (prefix: 'quorum' | 'approval', value: bigint): Partial<Record<ChainParameterName, bigint>> =>
  Object.fromEntries(
    Object.keys(CHAIN_PARAMETERS)
      .filter((name) => name.startsWith(prefix))
      .map((name) => [name, value]),
  );

const PRESETS = {
  /** The defaults of the specification. */
  default: preset({}),

  /**
   * The Cosmos Hub's numbers where there is a place for them. It has no place here: a slash of 0.01 % for downtime (whole
   * percents: 0 jails alone), the veto of 33.4 %, an inflation that follows the bonded share (`baseRewardMicro` is an
   * amount), no minimum of own stake (1 ZHTP here).
   */
  'cosmos-hub': preset({
    consensus: {
      consensusType: 'ProofOfStake',
      minStake: MICRO_PER_ZHTP,
      minStorage: 0n,
      maxValidators: 180,
      blockTime: 6n,
      slashDoubleSign: 5,
      slashLiveness: 0,
    },
    chain: { proposerRotation: 'Weighted', evidenceAgeMs: 21n * DAY * 1_000n },
    chainParameters: {
      unbondingSeconds: 21n * DAY,
      trustingPeriodSeconds: 14n * DAY,
      signedBlocksWindow: 10_000n,
      minSignedPercent: 5n,
      livenessJailSeconds: 600n,
      ...forEveryType('quorum', 40n),
      ...forEveryType('approval', 5_000n),
      proposalDepositMicro: 250n * MICRO_PER_ZHTP,
      votingPeriodMinSeconds: 14n * DAY,
      votingPeriodMaxSeconds: 14n * DAY,
      timelockEpochs: 0n,
      votingUnitZhtp: 1n,
      // A community tax of 2 %, the rest of the fees to who stakes.
      feeShareUbiBp: 0n,
      feeShareValidatorsBp: 9_800n,
      feeShareGovernanceBp: 0n,
    },
  }),

  /**
   * Some known operators with one vote each, no inflation, no fees, decisions within hours. Closed to everybody who is not
   * in genesis: as a validator, or on `allowList`.
   */
  permissioned: preset({
    consensus: {
      consensusType: 'ByzantineFaultTolerance',
      minStake: MICRO_PER_ZHTP,
      minStorage: 0n,
      maxValidators: 16,
      blockTime: 2n,
      proposeTimeout: 1_000n,
      prevoteTimeout: 500n,
      precommitTimeout: 500n,
      slashLiveness: 0,
    },
    chainParameters: {
      baseRewardMicro: 0n,
      votingUnitZhtp: 1n,
      proposalDepositMicro: MICRO_PER_ZHTP,
      votingPeriodMinSeconds: HOUR,
      emergencyVotingPeriodMinSeconds: 600n,
    },
    appState: { parameters: { minFeePerByte: 0n, newAccountFee: 0n }, allowList: O.some([]) },
  }),

  /** One machine, everything that takes days elsewhere within seconds. Never for money that anybody misses. */
  development: preset({
    consensus: {
      consensusType: 'ProofOfStake',
      minStake: MICRO_PER_ZHTP,
      minStorage: 0n,
      blockTime: 1n,
      proposeTimeout: 500n,
      prevoteTimeout: 200n,
      precommitTimeout: 200n,
      epochLengthBlocks: 5n,
      developmentMode: true,
    },
    chain: { evidenceAgeMs: 60_000n },
    chainParameters: {
      unbondingSeconds: 60n,
      trustingPeriodSeconds: 30n,
      signedBlocksWindow: 10n,
      livenessJailSeconds: 5n,
      jailSeconds: 10n,
      votingPeriodMinSeconds: 5n,
      emergencyVotingPeriodMinSeconds: 3n,
      votingUnitZhtp: 1n,
      proposalDepositMicro: MICRO_PER_ZHTP,
      paymentProposerPowerMin: 1n,
    },
    appState: {
      difficulty: O.some({ ...DEFAULT_DIFFICULTY_CONFIG, adjustmentInterval: 10n, targetTimespan: 10n }),
    },
  }),
} as const satisfies Readonly<Record<string, LedgerPreset>>;

/** Name of a preset, see {@link ledgerPreset}. */
export type LedgerPresetName = keyof typeof PRESETS;

/** Of presets, as they are typed on a command line. */
export const isLedgerPresetName = (name: string): name is LedgerPresetName => Object.hasOwn(PRESETS, name);

/** All of them, the default first. */
export const LEDGER_PRESET_NAMES: readonly LedgerPresetName[] = Object.keys(PRESETS).filter(isLedgerPresetName);

/** Parameters for a kind of network, to write a genesis with: `default`, `cosmos-hub`, `permissioned`, `development`. */
export const ledgerPreset = (name: LedgerPresetName): LedgerPreset => PRESETS[name];
