import { option as O } from 'fp-ts';
import type * as T from '@zhtp/types';

// Fixed values for messages.json. They need not make sense together; every optional part appears once filled, once empty.

const hash = (digit: string): T.Hash => digit.repeat(64) as T.Hash;
const identity = (digit: string): T.IdentityId => digit.repeat(64) as T.IdentityId;
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

export const signature: T.PostQuantumSignature = {
  algorithm: 'ML-DSA-65',
  signature: bytes(1, 2, 3),
  publicKey: O.some(bytes(4, 5)),
};
const bare: T.PostQuantumSignature = { algorithm: 'ML-DSA-65', signature: bytes(6, 7), publicKey: O.none };

export const preVote: T.ConsensusVote = {
  id: hash('1'),
  voter: identity('a'),
  proposalId: O.some(hash('b')),
  voteType: 'PreVote',
  height: 300n,
  round: 4,
  timestamp: 0n,
  signature: bare,
  polRound: O.some(3),
  appHash: O.none,
  extension: O.none,
  extensionSignature: O.none,
};
export const preCommit: T.ConsensusVote = {
  ...preVote,
  voteType: 'PreCommit',
  polRound: O.none,
  extension: O.some(bytes(9)),
  extensionSignature: O.some(bare),
};
export const nil: T.ConsensusVote = { ...preVote, proposalId: O.none, polRound: O.none };
export const commit: T.ConsensusVote = {
  ...preVote,
  voteType: 'Commit',
  round: 0,
  polRound: O.none,
  appHash: O.some(hash('c')),
};
export const against: T.ConsensusVote = { ...preVote, voteType: 'Against', polRound: O.none };

const delegation: T.StakeDelegation = {
  delegator: identity('d'),
  amount: 1_000_000n,
  txHash: hash('2'),
  timestamp: 1_700_000_000n,
  commissionRate: 500,
};
const challenge: T.StorageChallenge = { id: hash('3'), root: hash('4'), nonce: hash('5'), blockIndex: 6n, height: 7n };
const challengeResult = (result: T.ChallengeOutcome): T.ChallengeResult => ({
  challenge,
  proof: { block: bytes(8), path: [hash('9')] },
  result,
});

export const proof: T.ConsensusProof = {
  consensusType: 'Hybrid',
  stakeProof: O.some({
    validator: identity('a'),
    stakedAmount: 5_000_000_000n,
    stakeTxHash: hash('6'),
    stakeHeight: 1n,
    lockTime: 0n,
    delegations: [delegation],
    votingPower: 5_000n,
  }),
  storageProof: O.some({
    validatorId: hash('a'),
    storageCapacity: 107_374_182_400n,
    utilization: 50n,
    challengeResults: [
      challengeResult({ _tag: 'Valid' }),
      challengeResult({ _tag: 'Invalid', reason: 'wrong root' }),
      challengeResult({ _tag: 'Expired' }),
    ],
    timestamp: 1_700_000_000n,
    signature,
  }),
  workProof: O.some({
    routingWork: 1_000n,
    storageWork: 2_000n,
    computeWork: 1_500n,
    routesHandled: 1n,
    dataStored: 2_000n,
    computationsPerformed: 1_500n,
    qualityScore: 0.888889,
    uptimeHours: 24n,
    bandwidthProvided: 1_024_000n,
    hash: hash('7'),
    nonce: 0xffff_ffff_ffff_ffffn,
  }),
  zkDidProof: O.some(bytes(10)),
  timestamp: 1_700_000_000n,
};
const noProof: T.ConsensusProof = {
  consensusType: 'ByzantineFaultTolerance',
  stakeProof: O.none,
  storageProof: O.none,
  workProof: O.none,
  zkDidProof: O.none,
  timestamp: 1_700_000_001n,
};

export const proposal: T.ConsensusProposal = {
  id: hash('b'),
  proposer: identity('a'),
  height: 300n,
  previousHash: hash('8'),
  blockData: bytes(11, 12),
  timestamp: 1_700_000_001n,
  signature: bare,
  consensusProof: noProof,
  round: 4,
  validRound: O.some(2),
  protocolVersion: 1,
};
export const signedProposal: T.SignedProposal = {
  id: hash('b'),
  proposer: identity('a'),
  height: 300n,
  round: 4,
  validRound: O.none,
  protocolVersion: 1,
  signature: bare,
};
export const heartbeat: T.HeartbeatMessage = {
  validator: identity('a'),
  height: 300n,
  round: 4,
  step: 'PreCommit',
  sequence: 77n,
  activeValidators: 4,
  healthBp: 10_000,
  milliBlocksPerSecond: 100,
  timestamp: 1_700_000_002n,
  signature: bare,
};

export const certificate: T.CommitCertificate = {
  height: 299n,
  round: 0,
  blockId: hash('8'),
  setSize: 9,
  signers: bytes(0b0000_0101, 0b1),
  signatures: [bytes(1), bytes(2), bytes(3)],
};
export const block: T.Block = {
  header: {
    version: { protocol: 1, app: 2 },
    chainId: 'zhtp-golden',
    height: 300n,
    time: 1_700_000_001_500n,
    lastBlockId: hash('8'),
    lastCommitHash: hash('1'),
    dataHash: hash('2'),
    evidenceHash: hash('3'),
    proofHash: hash('4'),
    validatorsHash: hash('5'),
    nextValidatorsHash: hash('6'),
    parametersHash: hash('7'),
    difficultyBits: 0x1d00_ffff,
    appHash: hash('9'),
    resultsHash: hash('0'),
    proposer: identity('a'),
  },
  transactions: [bytes(13), bytes(14, 15)],
  lastCommit: certificate,
  evidence: [{ _tag: 'DuplicateVote', voteA: preVote, voteB: nil }],
  proof: noProof,
};
export const committed: T.CommittedBlock = { block, certificate: { ...certificate, height: 300n, blockId: hash('b') } };

export const config: T.ConsensusConfig = {
  consensusType: 'Hybrid',
  minStake: 1_000_000_000n,
  minStorage: 107_374_182_400n,
  maxValidators: 100,
  blockTime: 10n,
  proposeTimeout: 3_000n,
  prevoteTimeout: 1_000n,
  precommitTimeout: 1_000n,
  maxTransactionsPerBlock: 1_000,
  maxDifficulty: 4_294_967_295n,
  targetDifficulty: 4_095n,
  byzantineThreshold: 0.333_333_333_333_333_3,
  slashDoubleSign: 5,
  slashLiveness: 1,
  developmentMode: false,
  epochLengthBlocks: 100n,
};
export const frozen: T.FrozenValidator = { identity: identity('a'), consensusKey: bytes(4, 5), votingPower: 5_000n };
export const genesis: T.Genesis = {
  formatVersion: 1,
  chainId: 'zhtp-golden',
  genesisTime: 1_700_000_000_000n,
  initialHeight: 1n,
  signatureAlgorithm: 'ML-DSA-65',
  parameters: {
    consensus: config,
    maxBlockBytes: 4_194_304,
    precisionMs: 505,
    messageDelayMs: 15_000,
    executionAttestations: true,
    fastBlocks: false,
    proposerRotation: 'Weighted',
    voteExtensionsFrom: 2n,
    upgrades: [{ height: 1_000n, protocol: 2 }],
    evidenceAgeMs: 1_814_400_000n,
  },
  validators: [
    {
      identity: identity('a'),
      consensusKey: bytes(4, 5),
      proofOfPossession: bytes(6),
      stake: 5_000_000_000n,
      storageProvided: 107_374_182_400n,
      commissionRate: 5,
    },
  ],
  appState: { accounts: [{ balance: '1', owner: 'ä' }], empty: null, flag: true },
};
