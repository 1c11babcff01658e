import { option as O } from 'fp-ts';
import { duplicateVote, sealVote } from '@zhtp/chain';
import { describe, expect, test } from 'vitest';
import {
  createSafetyChecker,
  nullScheme,
  worldGenesis,
  worldValidators,
  type SafetyChecker,
  type ShownRound,
} from '@zhtp/simulator';
import {
  encode,
  gossipMessageCodec,
  peerMessageCodec,
  type ConsensusProposal,
  type ConsensusVote,
  type Hash,
} from '@zhtp/types';
import { properties } from './support/history.ts';

// Histories told by hand: four validators v0 to v3 in identity order, each on the node of its number.
const scheme = nullScheme();
const validators = worldValidators(scheme, 4);
const genesis = worldGenesis(scheme, validators);
const identities = validators.map(({ identity }) => identity).toSorted();
const HEIGHT = 1n;
const X = 'a'.repeat(64) as Hash;
const Y = 'b'.repeat(64) as Hash;
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

const vote = (
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
    consensusProof: {
      consensusType: 'ByzantineFaultTolerance',
      stakeProof: O.none,
      storageProof: O.none,
      workProof: O.none,
      zkDidProof: O.none,
      timestamp: 0n,
    },
    round,
    validRound: O.fromNullable(validRound),
    protocolVersion: 1,
  };
  return write({ _tag: 'Propose', proposal });
};

class Story {
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

const story = (faulty: readonly number[] = []): Story => new Story(faulty);

describe('of what validators sign, the safety checker', () => {
  test('has nothing to say of the straight way, or of an unlock by a later polka', () => {
    const it = story().locksX();
    expect(it.found()).toEqual([]);
    it.hearsOffer(0, Y, 2, 1)
      .hears(0, ...[1, 2, 3].map((voter) => vote('PreVote', voter, Y, { round: 1 })))
      .enters(0, 2, 'prevote')
      .says(0, vote('PreVote', 0, Y, { round: 2, polRound: 1 }));
    expect(it.found()).toEqual([]);
  });

  test.each([
    ['two prevotes', vote('PreVote', 3, X), vote('PreVote', 3, null)],
    ['a prevote and an Against', vote('PreVote', 3, X), vote('Against', 3, X)],
    [
      'two claims of one prevote',
      vote('PreVote', 3, X, { round: 2, polRound: 1 }),
      vote('PreVote', 3, X, { round: 2 }),
    ],
    ['two precommits', vote('PreCommit', 3, X), vote('PreCommit', 3, Y)],
    ['two attestations', vote('Commit', 3, X), vote('Commit', 3, Y)],
  ])('sees %s in one slot, whoever passes them on', (_title, first, second) => {
    expect(story().says(0, first).says(1, second).found()).toContain('double sign');
  });

  test('does not take votes of different slots, or a vote said twice, for a double sign', () => {
    const it = story()
      .says(3, vote('PreVote', 3, X), vote('PreVote', 3, X))
      .says(3, vote('PreVote', 3, null, { round: 1 }), vote('PreVote', 3, Y, { height: 2n }))
      .says(3, vote('PreCommit', 3, null));
    expect(it.found()).not.toContain('double sign');
  });

  test('sees two offers of one round', () => {
    expect(story().offers(1, X, 0).offers(1, Y, 0).found()).toContain('double sign');
    expect(story().offers(1, X, 0).offers(2, Y, 1).found()).not.toContain('double sign');
  });

  test('demands nothing of a faulty validator', () => {
    const it = story([3])
      .says(3, vote('PreVote', 3, X), vote('PreVote', 3, Y), vote('PreCommit', 3, Y))
      .says(3, vote('PreVote', 3, X, { round: 4 }));
    expect(it.found()).toEqual([]);
    expect(it.checker.signatures()).toBe(4);
  });

  test('sees a vote of a later round, or before its step', () => {
    expect(
      story()
        .enters(0, 0, 'prevote')
        .says(0, vote('PreVote', 0, null, { round: 1 }))
        .found(),
    ).toEqual(['message before its round or step']);
    expect(
      story()
        .enters(0, 0, 'propose')
        .says(0, vote('PreVote', 0, null))
        .found(),
    ).toEqual(['message before its round or step']);
    expect(story().enters(1, 0, 'propose').offers(1, X, 0).found()).toEqual([]);
    expect(story().enters(2, 0, 'propose').offers(2, X, 1).found()).toEqual(['message before its round or step']);
  });

  test('lets a vote that was being signed leave after its round', () => {
    expect(
      story()
        .enters(0, 1, 'propose')
        .says(0, vote('PreVote', 0, null))
        .found(),
    ).toEqual([]);
  });

  test('sees a precommit of a node that did not prevote in the round', () => {
    const it = story()
      .hears(0, ...[1, 2, 3].map((voter) => vote('PreVote', voter, X)))
      .enters(0, 0, 'precommit')
      .says(0, vote('PreCommit', 0, X));
    expect(it.found()).toEqual(['precommit without a prevote']);
  });

  test('takes a prevote that found no peer for one that was signed', () => {
    const it = story();
    it.checker.observe(0, { _tag: 'Signed', message: 'Vote', height: HEIGHT, round: 0 });
    it.hears(0, ...[1, 2, 3].map((voter) => vote('PreVote', voter, X)))
      .enters(0, 0, 'precommit')
      .says(0, vote('PreCommit', 0, X));
    expect(it.found()).toEqual([]);
  });

  test('sees a prevote for a block that the proposer of the round did not offer', () => {
    for (const tell of [
      (it: Story) => it,
      (it: Story) => it.hearsOffer(0, Y, 0),
      (it: Story) => it.hearsOffer(0, X, 0, undefined, 2),
      (it: Story) => it.hearsOffer(2, X, 0),
    ])
      expect(
        tell(story())
          .enters(0, 0, 'prevote')
          .says(0, vote('PreVote', 0, X))
          .found(),
      ).toEqual(['prevote without a reason']);
  });

  test('sees a prevote for an old block whose polka the node does not know', () => {
    const it = story()
      .hearsOffer(0, X, 1, 0)
      .hears(0, vote('PreVote', 1, X), vote('PreVote', 2, null), vote('PreVote', 0, null))
      .enters(0, 1, 'prevote')
      .says(0, vote('PreVote', 0, X, { round: 1 }));
    expect(it.found()).toEqual(['prevote without a reason']);
  });

  test('sees a claim of a polka that its voter does not know', () => {
    const it = story()
      .hearsOffer(0, X, 2)
      .enters(0, 2, 'prevote')
      .says(0, vote('PreVote', 0, X, { round: 2, polRound: 1 }));
    expect(it.found()).toEqual(['prevote without a reason']);
  });

  test('sees a precommit without a polka, for a block or for nil', () => {
    for (const value of [X, null])
      expect(
        story()
          .hearsOffer(0, X, 0)
          .enters(0, 0, 'prevote')
          .says(0, vote('PreVote', 0, X))
          .hears(0, vote('PreVote', 1, X))
          .enters(0, 0, 'precommit')
          .says(0, vote('PreCommit', 0, value))
          .found(),
      ).toEqual(['precommit without a polka']);
  });

  test('counts nil prevotes for a nil precommit only', () => {
    const it = (value: Hash | null): readonly string[] =>
      story()
        .enters(0, 0, 'prevote')
        .says(0, vote('PreVote', 0, null))
        .hears(0, vote('PreVote', 1, X), vote('Against', 2, X))
        .enters(0, 0, 'precommit')
        .says(0, vote('PreCommit', 0, value))
        .found();
    expect(it(null)).toEqual([]);
    expect(it(X)).toEqual(['precommit without a polka']);
  });

  test('sees a prevote against a lock, in whatever order it learns of the two', () => {
    const forgetful = vote('PreVote', 3, Y, { round: 2 });
    const precommit = vote('PreCommit', 3, X, { round: 1 });
    for (const votes of [
      [precommit, forgetful],
      [forgetful, precommit],
    ])
      expect(
        story()
          .says(0, ...votes)
          .found(),
      ).toContain('prevote against a lock');
    expect(
      story()
        .says(0, precommit, vote('PreVote', 3, Y, { round: 2, polRound: 1 }))
        .found(),
    ).not.toContain('prevote against a lock');
    expect(
      story()
        .says(0, precommit, vote('PreVote', 3, Y, { round: 2, polRound: 0 }))
        .found(),
    ).toContain('prevote against a lock');
  });

  test('sees a polka against what more than a third of correct power precommitted', () => {
    const precommits = [0, 1].map((voter) => vote('PreCommit', voter, X));
    const polka = [1, 2, 3].map((voter) => vote('PreVote', voter, Y, { round: 1, polRound: 0 }));
    expect(
      story()
        .says(0, ...precommits, ...polka)
        .found(),
    ).toContain('polka against a lock');
    expect(
      story()
        .says(0, ...polka, ...precommits)
        .found(),
    ).toContain('polka against a lock');
    expect(
      story()
        .says(0, ...precommits.slice(1), ...polka)
        .found(),
    ).not.toContain('polka against a lock');
    expect(
      story([1])
        .says(0, ...precommits, ...polka)
        .found(),
    ).not.toContain('polka against a lock');
  });
});

describe('of the round a node shows, the safety checker', () => {
  const lockedX = { locked: { value: X, round: 0 }, valid: { value: X, round: 0 } };

  test('has nothing to say of a lock on its own precommit', () => {
    expect(
      story()
        .locksX()
        .shows(0, lockedX)
        .shows(0, { ...lockedX, round: 1 })
        .found(),
    ).toEqual([]);
  });

  test('sees a lock that is not its last precommit', () => {
    const it = story()
      .locksX()
      .shows(0, { ...lockedX, locked: { value: Y, round: 0 } });
    expect(it.found()).toContain('lock is not the last precommit');
  });

  test('sees a lock that is gone in the next round, or after a restart', () => {
    expect(
      story()
        .locksX()
        .shows(0, lockedX)
        .shows(0, { ...lockedX, round: 1, locked: null })
        .found(),
    ).toEqual(['round, lock or valid value went back', 'lock is not the last precommit']);
    const it = story().locksX().shows(0, lockedX);
    it.checker.observe(0, { _tag: 'Replayed', height: HEIGHT, records: 3 });
    expect(it.shows(0, { round: 1 }).found()).toEqual(['lock is not the last precommit']);
  });

  test('sees a round or a valid value that goes back, and a valid value older than the lock', () => {
    expect(story().shows(0, { round: 3 }).shows(0, { round: 2 }).found()).toEqual([
      'round, lock or valid value went back',
    ]);
    expect(story().locksX().shows(0, lockedX).shows(0, { locked: lockedX.locked }).found()).toEqual([
      'round, lock or valid value went back',
    ]);
    expect(story().locksX().shows(0, { locked: lockedX.locked }).found()).toEqual([
      'round, lock or valid value went back',
    ]);
  });

  test('sees a valid value whose polka it never heard', () => {
    expect(
      story()
        .shows(0, { valid: { value: Y, round: 0 } })
        .found(),
    ).toEqual(['valid value without a polka']);
  });
});

describe('of evidence, the safety checker', () => {
  const equivocation = (first: ConsensusVote, second: ConsensusVote) => ({
    _tag: 'EvidenceFound' as const,
    evidence: duplicateVote(first, second),
  });

  test('lets a faulty validator be accused of what it sent, of nothing else, and nobody correct', () => {
    const [first, second] = [vote('PreVote', 3, X), vote('PreVote', 3, Y)];
    const sent = story([3]).says(3, first, second);
    sent.checker.observe(0, equivocation(first, second));
    expect(sent.found()).toEqual([]);

    const invented = story([3]).says(3, first);
    invented.checker.observe(0, equivocation(first, second));
    expect(invented.found()).toEqual(['evidence of what was never sent']);

    // Signed, lost in a crash before it left, and shown beside its twin's by nobody but the signer.
    const gossip = encode(gossipMessageCodec)({ _tag: 'Evidence', evidence: duplicateVote(first, second) });
    const shown = story([3]).says(3, first);
    shown.checker.published(3, gossip);
    shown.checker.observe(0, equivocation(first, second));
    expect(shown.found()).toEqual([]);

    const claimed = story([3]).says(3, first);
    claimed.checker.published(1, gossip);
    claimed.checker.observe(0, equivocation(first, second));
    expect(claimed.found()).toEqual(['evidence of what was never sent']);

    const honest = story()
      .enters(2, 0, 'prevote')
      .says(2, vote('PreVote', 2, null));
    honest.checker.observe(0, equivocation(vote('PreVote', 2, null), vote('PreVote', 2, Y)));
    expect(honest.found()).toEqual(['correct validator accused', 'evidence of what was never sent']);
  });

  test('takes from gossip what a faulty validator shows against itself, and not what others show', () => {
    const [first, second] = [vote('PreVote', 3, X), vote('PreVote', 3, Y)];
    const gossip = encode(gossipMessageCodec)({ _tag: 'Evidence', evidence: duplicateVote(first, second) });
    for (const [node, expected] of [
      [3, []],
      [2, ['evidence of what was never sent']],
    ] as const) {
      const it = story([3]).says(3, first);
      it.checker.published(node, gossip);
      it.checker.observe(0, equivocation(first, second));
      expect(it.found()).toEqual(expected);
    }
  });
});
