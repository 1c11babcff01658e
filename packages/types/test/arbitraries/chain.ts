import fc, { type Arbitrary } from 'fast-check';
import type * as T from '@zhtp/types';
import { bytes, f64, hash, identity, json, list, text, u16, u32, u64, u8 } from './leaves.ts';
import {
  consensusProof,
  consensusType,
  evidence,
  heartbeat,
  proposal,
  publicKey,
  signature,
  signatureAlgorithm,
  vote,
} from './messages.ts';

export const header: Arbitrary<T.Header> = fc.record({
  version: fc.record({ protocol: u32, app: u32 }),
  chainId: text(64),
  height: u64,
  time: u64,
  lastBlockId: hash,
  lastCommitHash: hash,
  dataHash: hash,
  evidenceHash: hash,
  proofHash: hash,
  validatorsHash: hash,
  nextValidatorsHash: hash,
  parametersHash: hash,
  difficultyBits: u32,
  appHash: hash,
  resultsHash: hash,
  proposer: identity,
});

const bitmap = (signed: readonly boolean[]): Uint8Array => {
  const signers = new Uint8Array((signed.length + 7) >> 3);
  for (const [i, yes] of signed.entries()) if (yes) signers[i >> 3] = (signers[i >> 3] ?? 0) | (1 << (i & 7));
  return signers;
};

export const commitCertificate: Arbitrary<T.CommitCertificate> = fc
  .array(fc.boolean(), { maxLength: 20 })
  .chain((signed) => {
    const count = signed.filter(Boolean).length;
    return fc.record({
      height: u64,
      round: u32,
      blockId: hash,
      setSize: fc.constant(signed.length),
      signers: fc.constant(bitmap(signed)),
      signatures: fc.array(bytes(6), { minLength: count, maxLength: count }),
    });
  });

export const block: Arbitrary<T.Block> = fc.record({
  header,
  transactions: list(bytes()),
  lastCommit: commitCertificate,
  evidence: list(evidence, 1),
  proof: consensusProof,
});
export const committedBlock: Arbitrary<T.CommittedBlock> = fc.record({ block, certificate: commitCertificate });

export const commitExtensions: Arbitrary<T.CommitExtensions> = fc.record({
  height: u64,
  round: u32,
  blockId: hash,
  extensions: list(fc.record({ voter: identity, extension: bytes(), signature }), 2),
});

export const peerMessage: Arbitrary<T.PeerMessage> = fc.oneof(
  fc.record({ _tag: fc.constant('Propose' as const), proposal }),
  fc.record({ _tag: fc.constant('Vote' as const), vote }),
  fc.record({ _tag: fc.constant('Heartbeat' as const), message: heartbeat }),
  fc.record({ _tag: fc.constant('Polka' as const), votes: list(vote) }),
  fc.record({ _tag: fc.constant('Decision' as const), committed: committedBlock }),
  fc.record({ _tag: fc.constant('Status' as const), height: u64 }),
  fc.record({ _tag: fc.constant('BodyRequest' as const), height: u64, blockId: hash, chunk: u16 }),
  fc.record({
    _tag: fc.constant('BodyChunk' as const),
    blockId: hash,
    chunk: u16,
    chunks: u16,
    bytes: bytes(),
  }),
  fc.record({ _tag: fc.constant('RoundRequest' as const), height: u64, round: u32 }),
  fc.record({ _tag: fc.constant('Round' as const), votes: list(vote) }),
  fc.record({ _tag: fc.constant('Neighbours' as const), validators: list(identity) }),
);

export const gossipMessage: Arbitrary<T.GossipMessage> = fc.oneof(
  fc.record({ _tag: fc.constant('Transactions' as const), transactions: list(bytes()) }),
  fc.record({ _tag: fc.constant('Evidence' as const), evidence }),
);

/** Any values of the right types, in range or not: the codec of a configuration has no opinion. */
export const consensusConfig: Arbitrary<T.ConsensusConfig> = fc.record({
  consensusType,
  minStake: u64,
  minStorage: u64,
  maxValidators: u32,
  blockTime: u64,
  proposeTimeout: u64,
  prevoteTimeout: u64,
  precommitTimeout: u64,
  maxTransactionsPerBlock: u32,
  maxDifficulty: u64,
  targetDifficulty: u64,
  byzantineThreshold: f64,
  slashDoubleSign: u8,
  slashLiveness: u8,
  developmentMode: fc.boolean(),
  epochLengthBlocks: u64,
});

const timeout = fc.bigInt({ min: 100n, max: 600_000n });

/** A configuration inside every range. */
export const validConsensusConfig: Arbitrary<T.ConsensusConfig> = fc
  .bigInt({ min: 1n, max: 2n ** 64n - 1n })
  .chain((maxDifficulty) =>
    fc.record({
      consensusType,
      minStake: fc.bigInt({ min: 1n, max: 10n ** 12n }),
      minStorage: fc.bigInt({ min: 0n, max: 2n ** 50n }),
      maxValidators: fc.integer({ min: 4, max: 1_000 }),
      blockTime: fc.bigInt({ min: 1n, max: 3_600n }),
      proposeTimeout: timeout,
      prevoteTimeout: timeout,
      precommitTimeout: timeout,
      maxTransactionsPerBlock: fc.integer({ min: 1, max: 100_000 }),
      maxDifficulty: fc.constant(maxDifficulty),
      targetDifficulty: fc.bigInt({ min: 1n, max: maxDifficulty }),
      byzantineThreshold: fc.double({ min: 0, minExcluded: true, max: 1 / 3, noNaN: true }),
      slashDoubleSign: fc.integer({ min: 1, max: 100 }),
      slashLiveness: fc.integer({ min: 0, max: 20 }),
      developmentMode: fc.boolean(),
      epochLengthBlocks: fc.bigInt({ min: 10n, max: 100_000n }),
    }),
  );

export const proposerRotation = fc.constantFrom<T.ProposerRotation>('RoundRobin', 'Weighted');

export const chainParameters: Arbitrary<T.ChainParameters> = fc.record({
  consensus: validConsensusConfig,
  maxBlockBytes: fc.integer({ min: 1_024, max: 6 * 1024 * 1024 }),
  precisionMs: u32,
  messageDelayMs: u32,
  executionAttestations: fc.boolean(),
  fastBlocks: fc.boolean(),
  proposerRotation,
  voteExtensionsFrom: u64,
  upgrades: list(fc.record({ height: u64, protocol: u32 })),
  evidenceAgeMs: fc.bigInt({ min: 1n, max: 31_536_000_000n }),
});

export const genesisValidator: Arbitrary<T.GenesisValidator> = fc.record({
  identity,
  consensusKey: publicKey,
  proofOfPossession: bytes(),
  stake: u64,
  storageProvided: u64,
  commissionRate: u8,
});

export const genesis: Arbitrary<T.Genesis> = fc.record({
  formatVersion: u32,
  chainId: text(64),
  genesisTime: u64,
  initialHeight: u64,
  signatureAlgorithm,
  parameters: chainParameters,
  validators: list(genesisValidator),
  appState: json,
});

export const frozenValidator: Arbitrary<T.FrozenValidator> = fc.record({
  identity,
  consensusKey: publicKey,
  votingPower: u64,
});

export const difficultyConfig: Arbitrary<T.DifficultyConfig> = fc.record({
  initialDifficulty: u32,
  adjustmentInterval: u64,
  targetTimespan: u64,
  minDifficulty: u32,
  maxDifficulty: u32,
  maxAdjustmentFactor: u64,
  powLimit: u32,
});

export const syncRequest: Arbitrary<T.SyncRequest> = fc.oneof(
  fc.constant<T.SyncRequest>({ _tag: 'Status' }),
  fc.record({ _tag: fc.constant('Blocks' as const), fromHeight: u64, count: u16 }),
  fc.constant<T.SyncRequest>({ _tag: 'Snapshots' }),
  fc.record({ _tag: fc.constant('SnapshotChunk' as const), height: u64, chunk: u32 }),
  fc.record({ _tag: fc.constant('Headers' as const), fromHeight: u64, count: u16 }),
  fc.record({ _tag: fc.constant('LightBlock' as const), height: u64 }),
  fc.record({ _tag: fc.constant('ValidatorSet' as const), validatorsHash: hash }),
  fc.record({ _tag: fc.constant('Parameters' as const), parametersHash: hash }),
);
export const snapshotDescription: Arbitrary<T.SnapshotDescription> = fc.record({
  height: u64,
  format: u32,
  chunks: u32,
  hash,
});
export const evidencedHeader: Arbitrary<T.EvidencedHeader> = fc.record({ header, evidence: list(evidence, 1) });
export const syncResponse: Arbitrary<T.SyncResponse> = fc.oneof(
  fc.record({ _tag: fc.constant('Status' as const), baseHeight: u64, headHeight: u64 }),
  fc.record({ _tag: fc.constant('Blocks' as const), blocks: list(committedBlock, 1) }),
  fc.record({
    _tag: fc.constant('Snapshots' as const),
    snapshots: list(snapshotDescription, 2),
  }),
  fc.record({ _tag: fc.constant('SnapshotChunk' as const), bytes: bytes() }),
  fc.record({
    _tag: fc.constant('Headers' as const),
    headers: list(evidencedHeader, 2),
  }),
  fc.record({ _tag: fc.constant('LightBlock' as const), header, certificate: commitCertificate }),
  fc.record({ _tag: fc.constant('ValidatorSet' as const), validators: list(frozenValidator) }),
  fc.record({ _tag: fc.constant('Parameters' as const), parameters: chainParameters }),
);
