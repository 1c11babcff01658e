import { emptyCertificate, makeBlock, noProof } from '@zhtp/chain';
import {
  DEFAULT_CHAIN_PARAMETERS,
  DEFAULT_CONSENSUS_CONFIG,
  GENESIS_FORMAT_VERSION,
  ZERO_HASH,
  type Block,
  type CommittedBlock,
  type FrozenValidator,
  type Genesis,
} from '@zhtp/types';
import { genesisChainState, type ChainState } from '../../src/height/chain-state.ts';
import { keyOf } from './keys.ts';
import { hashNamed, identityNamed } from './votes.ts';

export const VALIDATORS: readonly FrozenValidator[] = ['v0', 'v1', 'v2', 'v3'].map((name) => ({
  identity: identityNamed(name),
  consensusKey: keyOf(name).publicKey,
  votingPower: 1n,
}));

export const GENESIS: Genesis = {
  formatVersion: GENESIS_FORMAT_VERSION,
  chainId: 'test',
  genesisTime: 1_000_000n,
  initialHeight: 1n,
  signatureAlgorithm: 'ML-DSA-65',
  parameters: {
    ...DEFAULT_CHAIN_PARAMETERS,
    consensus: {
      ...DEFAULT_CONSENSUS_CONFIG,
      consensusType: 'ByzantineFaultTolerance',
      developmentMode: true,
    },
    maxBlockBytes: 1_048_576,
  },
  validators: VALIDATORS.map(({ identity, consensusKey }) => ({
    identity,
    consensusKey,
    proofOfPossession: new Uint8Array(0),
    stake: DEFAULT_CONSENSUS_CONFIG.minStake,
    storageProvided: DEFAULT_CONSENSUS_CONFIG.minStorage,
    commissionRate: 0,
  })),
  appState: {},
};

const FIRST = { appHash: hashNamed('app 0'), resultsHash: hashNamed('results 0'), difficultyBits: 0 };

/** The state after `height`; nothing but its height matters to these tests. */
export const stateAt = (height: bigint): ChainState => ({
  ...genesisChainState(GENESIS, VALIDATORS, FIRST),
  height,
  time: GENESIS.genesisTime + height * 1_000n,
});

export const blockAt = (height: bigint, transactions: readonly Uint8Array[] = []): Block =>
  makeBlock({
    version: { protocol: 1, app: 1 },
    chainId: GENESIS.chainId,
    height,
    time: GENESIS.genesisTime + height * 1_000n,
    lastBlockId: ZERO_HASH,
    validatorsHash: ZERO_HASH,
    nextValidatorsHash: ZERO_HASH,
    parametersHash: ZERO_HASH,
    difficultyBits: 0,
    appHash: hashNamed(`app ${String(height - 1n)}`),
    resultsHash: hashNamed(`results ${String(height - 1n)}`),
    proposer: identityNamed('v0'),
    transactions,
    lastCommit: emptyCertificate(),
    evidence: [],
    proof: noProof('ByzantineFaultTolerance', GENESIS.genesisTime + height * 1_000n),
  });

export const committedAt = (height: bigint): CommittedBlock => ({
  block: blockAt(height),
  certificate: emptyCertificate(),
});
