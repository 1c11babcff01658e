import { option as O } from 'fp-ts';
import fc, { type Arbitrary } from 'fast-check';
import type * as T from '@zhtp/types';
import { bytes, f64, hash, identity, list, none, option, text, u16, u32, u64 } from './leaves.ts';

export const signatureAlgorithm = fc.constantFrom<T.SignatureAlgorithm>('ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87');
export const publicKey = bytes();
export const signature: Arbitrary<T.PostQuantumSignature> = fc.record({
  algorithm: signatureAlgorithm,
  signature: bytes(),
  publicKey: option(publicKey),
});
const bareSignature: Arbitrary<T.PostQuantumSignature> = fc.record({
  algorithm: signatureAlgorithm,
  signature: bytes(),
  publicKey: none,
});

export const voteType = fc.constantFrom<T.VoteType>('PreVote', 'PreCommit', 'Commit', 'Against');

const voteBase = {
  id: hash,
  voter: identity,
  height: u64,
  timestamp: fc.constant(0n),
  signature: bareSignature,
  polRound: none,
  appHash: none,
  extension: none,
  extensionSignature: none,
} as const;

const some = <A>(inner: Arbitrary<A>) => inner.map((value) => O.some(value));

const preVoteForBlock = fc.tuple(fc.integer({ min: 1, max: 0xffff_ffff }), fc.nat()).chain(([round, offset]) =>
  fc.record({
    ...voteBase,
    voteType: fc.constant<T.VoteType>('PreVote'),
    proposalId: some(hash),
    round: fc.constant(round),
    polRound: option(fc.constant(Math.min(offset, round - 1))),
  }),
);

const extension = { extension: some(bytes()), extensionSignature: some(bareSignature) };

/** Every shape a vote may have. */
export const vote: Arbitrary<T.ConsensusVote> = fc.oneof(
  preVoteForBlock,
  fc.record({ ...voteBase, voteType: fc.constant<T.VoteType>('PreVote'), proposalId: option(hash), round: u32 }),
  fc.record({ ...voteBase, voteType: fc.constant<T.VoteType>('PreCommit'), proposalId: option(hash), round: u32 }),
  fc.record({
    ...voteBase,
    ...extension,
    voteType: fc.constant<T.VoteType>('PreCommit'),
    proposalId: some(hash),
    round: u32,
  }),
  fc.record({ ...voteBase, voteType: fc.constant<T.VoteType>('Against'), proposalId: some(hash), round: u32 }),
  fc.record({
    ...voteBase,
    voteType: fc.constant<T.VoteType>('Commit'),
    proposalId: some(hash),
    round: fc.constant(0),
    appHash: some(hash),
  }),
);

export const consensusType = fc.constantFrom<T.ConsensusType>(
  'ProofOfStake',
  'ProofOfStorage',
  'ProofOfUsefulWork',
  'Hybrid',
  'ByzantineFaultTolerance',
);

export const stakeDelegation: Arbitrary<T.StakeDelegation> = fc.record({
  delegator: identity,
  amount: u64,
  txHash: hash,
  timestamp: u64,
  commissionRate: u16,
});

export const stakeProof: Arbitrary<T.StakeProof> = fc.record({
  validator: identity,
  stakedAmount: u64,
  stakeTxHash: hash,
  stakeHeight: u64,
  lockTime: u64,
  delegations: list(stakeDelegation),
  votingPower: u64,
});

export const storageChallenge: Arbitrary<T.StorageChallenge> = fc.record({
  id: hash,
  root: hash,
  nonce: hash,
  blockIndex: u64,
  height: u64,
});
export const storageChallengeProof: Arbitrary<T.StorageChallengeProof> = fc.record({
  block: bytes(),
  path: list(hash),
});
export const challengeOutcome: Arbitrary<T.ChallengeOutcome> = fc.oneof(
  fc.constantFrom<T.ChallengeOutcome>({ _tag: 'Valid' }, { _tag: 'Expired' }),
  fc.record({ _tag: fc.constant('Invalid' as const), reason: text() }),
);
export const challengeResult: Arbitrary<T.ChallengeResult> = fc.record({
  challenge: storageChallenge,
  proof: storageChallengeProof,
  result: challengeOutcome,
});
export const storageCapacityAttestation: Arbitrary<T.StorageCapacityAttestation> = fc.record({
  validatorId: hash,
  storageCapacity: u64,
  utilization: u64,
  challengeResults: list(challengeResult, 2),
  timestamp: u64,
  signature,
});

export const workProof: Arbitrary<T.WorkProof> = fc.record({
  routingWork: u64,
  storageWork: u64,
  computeWork: u64,
  routesHandled: u64,
  dataStored: u64,
  computationsPerformed: u64,
  qualityScore: f64,
  uptimeHours: u64,
  bandwidthProvided: u64,
  hash,
  nonce: u64,
});

export const consensusProof: Arbitrary<T.ConsensusProof> = fc.record({
  consensusType,
  stakeProof: option(stakeProof),
  storageProof: option(storageCapacityAttestation),
  workProof: option(workProof),
  zkDidProof: option(bytes()),
  timestamp: u64,
});

const proposalRounds = fc.tuple(u32, fc.nat()).chain(([round, offset]) =>
  fc.record({
    round: fc.constant(round),
    validRound: round === 0 ? none : option(fc.constant(Math.min(offset, round - 1))),
  }),
);

export const proposal: Arbitrary<T.ConsensusProposal> = fc
  .tuple(
    fc.record({
      id: hash,
      proposer: identity,
      height: u64,
      previousHash: hash,
      blockData: bytes(),
      timestamp: u64,
      signature: bareSignature,
      consensusProof,
      protocolVersion: u32,
    }),
    proposalRounds,
  )
  .map(([body, rounds]) => ({ ...body, ...rounds }));

export const signedProposal: Arbitrary<T.SignedProposal> = fc.record({
  id: hash,
  proposer: identity,
  height: u64,
  round: u32,
  validRound: option(u32),
  protocolVersion: u32,
  signature,
});

export const evidence: Arbitrary<T.Evidence> = fc.oneof(
  fc.record({ _tag: fc.constant('DuplicateVote' as const), voteA: vote, voteB: vote }),
  fc.record({ _tag: fc.constant('DuplicateProposal' as const), proposalA: signedProposal, proposalB: signedProposal }),
  fc.record({ _tag: fc.constant('Amnesia' as const), precommit: vote, prevote: vote }),
  fc.record({
    _tag: fc.constant('InvalidProposal' as const),
    proposal: signedProposal,
    against: fc.array(vote, { maxLength: 3 }),
  }),
  ...(['InvalidVote', 'InvalidProposalBytes'] as const).map((tag) =>
    fc.record({
      _tag: fc.constant(tag),
      signer: identity,
      signed: fc.uint8Array({ maxLength: 256 }),
      signature,
    }),
  ),
);

export const consensusStep = fc.constantFrom<T.ConsensusStep>('Propose', 'PreVote', 'PreCommit', 'Commit', 'NewRound');

export const heartbeat: Arbitrary<T.HeartbeatMessage> = fc.record({
  validator: identity,
  height: u64,
  round: u32,
  step: consensusStep,
  sequence: u64,
  activeValidators: u32,
  healthBp: u16,
  milliBlocksPerSecond: u32,
  timestamp: u64,
  signature,
});

export const validatorMessage: Arbitrary<T.ValidatorMessage> = fc.oneof(
  fc.record({ _tag: fc.constant('Propose' as const), proposal }),
  fc.record({ _tag: fc.constant('Vote' as const), vote }),
  fc.record({ _tag: fc.constant('Heartbeat' as const), message: heartbeat }),
);

/** Votes of every type code and claim, and proposals. */
export const misshapen: Arbitrary<T.MisshapenMessage> = fc.oneof(
  fc.record({ _tag: fc.constant('Propose' as const), proposal }),
  fc
    .record({ of: vote, voteType: fc.integer({ min: 0, max: 255 }), timestamp: u64, polRound: option(u32) })
    .map(({ of, ...wrong }) => ({ _tag: 'Vote' as const, vote: { ...of, ...wrong } })),
);
