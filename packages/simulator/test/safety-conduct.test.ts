import { describe, expect, test } from 'vitest';
import type { Hash } from '@zhtp/types';
import { HEIGHT, story, vote, X, Y, type Story } from './support/story.ts';

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

  test('counts a prevote once, however often it is heard', () => {
    const other = vote('PreVote', 1, X);
    const it = story()
      .hearsOffer(0, X, 0)
      .enters(0, 0, 'prevote')
      .says(0, vote('PreVote', 0, X))
      .hears(0, other, other, other)
      .enters(0, 0, 'precommit')
      .says(0, vote('PreCommit', 0, X));
    expect(it.found()).toEqual(['precommit without a polka']);
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

  test('has nothing to say of a precommit for another block than its voter prevoted in the round', () => {
    const votes = [vote('PreVote', 3, Y, { round: 1 }), vote('PreCommit', 3, X, { round: 1 })];
    for (const told of [votes, votes.toReversed()])
      expect(
        story()
          .says(0, ...told)
          .found(),
      ).not.toContain('prevote against a lock');
  });

  test('has nothing to say of a later polka for what was precommitted, or of an earlier one for another block', () => {
    const precommits = [0, 1].map((voter) => vote('PreCommit', voter, X, { round: 1 }));
    for (const [value, round] of [
      [X, 2],
      [Y, 0],
    ] as const) {
      const polka = [1, 2, 3].map((voter) => vote('PreVote', voter, value, { round }));
      for (const told of [
        [...precommits, ...polka],
        [...polka, ...precommits],
      ])
        expect(
          story()
            .says(0, ...told)
            .found(),
        ).not.toContain('polka against a lock');
    }
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

  test('sees a valid value that gives way to an earlier one, or to none, of a node without a lock', () => {
    const heard = () =>
      story()
        .hears(0, ...[1, 2, 3].map((voter) => vote('PreVote', voter, X)))
        .hears(0, ...[1, 2, 3].map((voter) => vote('PreVote', voter, Y, { round: 1 })));
    const early = { round: 1, valid: { value: X, round: 0 } };
    const late = { round: 1, valid: { value: Y, round: 1 } };
    expect(heard().shows(0, early).shows(0, late).found()).toEqual([]);
    expect(heard().shows(0, late).shows(0, early).found()).toEqual(['round, lock or valid value went back']);
    expect(heard().shows(0, early).shows(0, { round: 1 }).found()).toEqual(['round, lock or valid value went back']);
  });

  test('sees a valid value whose polka it never heard', () => {
    expect(
      story()
        .shows(0, { valid: { value: Y, round: 0 } })
        .found(),
    ).toEqual(['valid value without a polka']);
  });
});
