import { option as O } from 'fp-ts';
import { noProof, sealVote } from '@zhtp/chain';
import {
  createSafetyChecker,
  nullScheme,
  worldGenesis,
  worldValidators,
  type SafetyChecker,
  type ShownRound,
} from '@zhtp/simulator';
import { encode, peerMessageCodec, type ConsensusProposal, type ConsensusVote, type Hash } from '@zhtp/types';
import { properties } from './history.ts';

// Histories told by hand: four validators v0 to v3 in identity order, each on the node of its number.
const scheme = nullScheme();
const validators = worldValidators(scheme, 4);
const genesis = worldGenesis(scheme, validators);
const identities = validators.map(({ identity }) => identity).toSorted();
export const HEIGHT = 1n;
export const X = 'a'.repeat(64) as Hash;
export const Y = 'b'.repeat(64) as Hash;
const write = encode(peerMessageCodec);
const SIGNATURE = { algorithm: 'ML-DSA-65' as const, signature: new Uint8Array(16), publicKey: O.none };

const identityOf = (voter: number): ConsensusVote['voter'] => {
  const identity = identities[voter];
  if (identity === undefined) throw new Error('four validators');
  return identity;
};

interface Said {
  readonly round?: number;
  readonly height?: bigint;
  readonly polRound?: number;
}

export const vote = (
  voteType: ConsensusVote['voteType'],
  voter: number,
  value: Hash | null,
  { round = 0, height = HEIGHT, polRound }: Said = {},
): ConsensusVote =>
  sealVote(
    {
      voteType,
      height,
      round,
      proposalId: O.fromNullable(value),
      polRound: O.fromNullable(polRound),
      appHash: voteType === 'Commit' ? O.some(X) : O.none,
      voter: identityOf(voter),
    },
    SIGNATURE,
  );

/** Round robin: height 1, round 0 is v1's. */
const proposerOf = (round: number): number => (1 + round) % 4;

const offer = (value: Hash, round: number, validRound?: number, proposer = proposerOf(round)): Uint8Array => {
  const proposal: ConsensusProposal = {
    id: value,
    proposer: identityOf(proposer),
    height: HEIGHT,
    previousHash: X,
    blockData: new Uint8Array(0),
    timestamp: 0n,
    signature: SIGNATURE,
    consensusProof: noProof('ByzantineFaultTolerance', 0n),
    round,
    validRound: O.fromNullable(validRound),
    protocolVersion: 1,
  };
  return write({ _tag: 'Propose', proposal });
};

/** A safety checker that is told what four nodes do, say and hear. */
export class Story {
  shown: ShownRound | undefined;
  readonly checker: SafetyChecker;
  constructor(faulty: readonly number[] = []) {
    this.checker = createSafetyChecker(
      { genesis, nodes: identities, faulty: new Set(faulty.map(identityOf)) },
      () => this.shown,
    );
    for (let node = 0; node < 4; node++) this.checker.observe(node, { _tag: 'HeightStarted', height: HEIGHT });
  }
  enters(node: number, round: number, step: ShownRound['step']): this {
    this.checker.observe(node, { _tag: 'StepEntered', height: HEIGHT, round, step, proposer: identityOf(0) });
    return this;
  }
  shows(node: number, round: Partial<ShownRound>): this {
    this.shown = { height: HEIGHT, round: 0, step: 'precommit', locked: null, valid: null, ...round };
    this.enters(node, this.shown.round, this.shown.step);
    this.shown = undefined;
    return this;
  }
  says(node: number, ...votes: readonly ConsensusVote[]): this {
    for (const each of votes) this.checker.sent(node, write({ _tag: 'Vote', vote: each }));
    return this;
  }
  offers(node: number, value: Hash, round: number, validRound?: number): this {
    this.checker.sent(node, offer(value, round, validRound, node));
    return this;
  }
  hears(node: number, ...votes: readonly ConsensusVote[]): this {
    for (const each of votes) this.checker.delivered(node, write({ _tag: 'Vote', vote: each }), 0n);
    return this;
  }
  hearsOffer(node: number, value: Hash, round: number, validRound?: number, proposer?: number): this {
    this.checker.delivered(node, offer(value, round, validRound, proposer), 0n);
    return this;
  }
  /** Node 0 hears an offer and a polka for X in round 0, and locks it. */
  locksX(): this {
    return this.hearsOffer(0, X, 0)
      .enters(0, 0, 'prevote')
      .says(0, vote('PreVote', 0, X))
      .hears(0, vote('PreVote', 1, X), vote('PreVote', 2, X))
      .enters(0, 0, 'precommit')
      .says(0, vote('PreCommit', 0, X));
  }
  found(): readonly string[] {
    return properties(this.checker.violations());
  }
}

export const story = (faulty: readonly number[] = []): Story => new Story(faulty);
