import { DEFAULT_LEDGER_PARAMETERS, ledgerAppState } from '@zhtp/ledger';
import type { CHAIN_PARAMETERS } from '@zhtp/dao';
import {
  consensusConfig,
  DEFAULT_CHAIN_PARAMETERS,
  DEFAULT_DIFFICULTY_CONFIG,
  GENESIS_FORMAT_VERSION,
  GIB,
  MICRO_PER_ZHTP,
  type ConsensusConfig,
  type Genesis,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { WORLD_EPOCH_MS } from '../genesis-of-world.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { createCast, nullSignatureOf, type Cast, type Person } from './cast.ts';
import { slotsApplication } from './slots-application.ts';

const PRINCIPALS = 12;
const FOUNDERS_MIN = 4;
const FOUNDERS_MAX = 8;

const TYPES: readonly ConsensusConfig['consensusType'][] = [
  'ProofOfStake',
  'ProofOfStake',
  'Hybrid',
  'Hybrid',
  'ProofOfStorage',
  'ProofOfUsefulWork',
  'ByzantineFaultTolerance',
];

/** Times so short that everything happens within some hundred blocks of ten seconds. */
const CHAIN: Readonly<Partial<Record<keyof typeof CHAIN_PARAMETERS, bigint>>> = {
  unbondingSeconds: 400n,
  trustingPeriodSeconds: 100n,
  evidenceAgeMs: 400_000n,
  signedBlocksWindow: 10n,
  livenessJailSeconds: 40n,
  jailSeconds: 80n,
  votingUnitZhtp: 1_000n,
  votingPeriodMinSeconds: 10n,
  emergencyVotingPeriodMinSeconds: 10n,
  proposalDepositMicro: 10n * MICRO_PER_ZHTP,
  paymentProposerPowerMin: 1n,
};

export interface SoakChain {
  readonly genesis: Genesis;
  readonly cast: Cast;
}

const founder = (
  { random, minStake, cast }: { random: SeededRandom; minStake: bigint; cast: Cast },
  { identity }: Person,
) => {
  const consensusKey = cast.freshKey();
  return {
    identity,
    consensusKey,
    proofOfPossession: nullSignatureOf(consensusKey),
    stake: minStake + BigInt(random.int(0, 30_000)) * MICRO_PER_ZHTP,
    storageProvided: BigInt(random.int(1, 20)) * GIB,
    commissionRate: random.int(0, 20),
  };
};

/** A chain of its own for every seed: its people and what they start with. */
export const soakChain = (random: SeededRandom, accounts: number): SoakChain => {
  const founders = random.int(FOUNDERS_MIN, FOUNDERS_MAX);
  const cast = createCast({ founders, principals: PRINCIPALS, crowd: Math.max(0, accounts - founders - PRINCIPALS) });
  const config = consensusConfig({
    consensusType: random.pick(TYPES) ?? 'ProofOfStake',
    developmentMode: random.chance(500),
    epochLengthBlocks: BigInt(random.int(10, 14)),
    maxValidators: random.int(FOUNDERS_MAX, 12),
    minStake: 1_000n * MICRO_PER_ZHTP,
    minStorage: random.chance(500) ? GIB : 0n,
    slashLiveness: random.int(0, 2),
  });
  if (E.isLeft(config)) throw new Error(config.left);
  const { minStake, blockTime } = config.right;
  const rich = new Set([...cast.founders, ...cast.principals]);
  const adjustmentInterval = BigInt(random.int(5, 20));
  const genesis: Genesis = {
    formatVersion: GENESIS_FORMAT_VERSION,
    chainId: 'soak',
    genesisTime: WORLD_EPOCH_MS,
    initialHeight: 1n,
    signatureAlgorithm: 'ML-DSA-65',
    parameters: { ...DEFAULT_CHAIN_PARAMETERS, consensus: config.right, evidenceAgeMs: CHAIN.evidenceAgeMs ?? 1n },
    validators: cast.founders.map((person) => founder({ random, minStake, cast }, person)),
    appState: ledgerAppState({
      accounts: cast.everybody.map((person) => ({
        identity: person.identity,
        balance: (rich.has(person) ? 1_000_000n : BigInt(random.int(0, 300))) * MICRO_PER_ZHTP,
        publicKey: random.chance(300) ? O.some(person.foundingKey) : O.none,
      })),
      parameters: DEFAULT_LEDGER_PARAMETERS,
      chainParameters: Object.entries(CHAIN).map(([name, value]) => ({ name, value })),
      difficulty: O.some({
        ...DEFAULT_DIFFICULTY_CONFIG,
        adjustmentInterval,
        targetTimespan: adjustmentInterval * blockTime,
      }),
      treasury: 10_000n * MICRO_PER_ZHTP,
      budgets: [{ line: 'school', amount: 500n * MICRO_PER_ZHTP }],
      storage: [],
      hosted: O.some(slotsApplication.name),
      allowList: O.none,
    }),
  };
  return { genesis, cast };
};
