import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { createSeenVotes } from '../../src/intake/seen-votes.ts';
import { hashNamed, identityNamed, vote } from '../support/votes.ts';

const NEAREST_FAR = 2;

describe('a slot of votes', () => {
  test('content is compared, never the signature: one vote has many valid ones', () => {
    const seen = createSeenVotes();
    seen.add(vote({}, 1), NEAREST_FAR);
    expect(seen.look(vote({}, 2), NEAREST_FAR)).toBe('known');
    expect(seen.find(vote({}, 2))).toEqual(vote({}, 1));
  });

  test('a second content is a conflict, a third finds the slot full', () => {
    const seen = createSeenVotes();
    expect(seen.look(vote(), NEAREST_FAR)).toBe('new');
    seen.add(vote(), NEAREST_FAR);
    const second = vote({ proposalId: O.none });
    expect(seen.look(second, NEAREST_FAR)).toBe('conflict');
    seen.add(second, NEAREST_FAR);
    const third = vote({ proposalId: O.some(hashNamed('other')) });
    expect(seen.look(third, NEAREST_FAR)).toBe('full');
    seen.add(third, NEAREST_FAR);
    expect(seen.ofRound(0)).toEqual([vote(), second]);
  });

  test('prevote and Against share a slot; a precommit has its own', () => {
    const seen = createSeenVotes();
    seen.add(vote(), NEAREST_FAR);
    expect(seen.look(vote({ voteType: 'Against' }), NEAREST_FAR)).toBe('conflict');
    expect(seen.look(vote({ voteType: 'PreCommit' }), NEAREST_FAR)).toBe('new');
  });

  test('another polRound is another content', () => {
    const seen = createSeenVotes();
    seen.add(vote({ round: 2, polRound: O.some(0) }), NEAREST_FAR);
    expect(seen.look(vote({ round: 2, polRound: O.some(1) }), NEAREST_FAR)).toBe('conflict');
    expect(seen.look(vote({ round: 2 }), NEAREST_FAR)).toBe('conflict');
  });

  test('voters and rounds do not disturb each other', () => {
    const seen = createSeenVotes();
    seen.add(vote(), NEAREST_FAR);
    expect(seen.look(vote({ voter: identityNamed('v1') }), NEAREST_FAR)).toBe('new');
    expect(seen.look(vote({ round: 1 }), NEAREST_FAR)).toBe('new');
    expect(seen.ofRound(1)).toEqual([]);
  });
});
