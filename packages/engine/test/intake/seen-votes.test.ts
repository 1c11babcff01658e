import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { createSeenVotes } from '../../src/intake/seen-votes.ts';
import { hashNamed, identityNamed, vote } from '../support/votes.ts';

const NEAREST_FAR = 2;

const IDS = [identityNamed('v1'), identityNamed('v0')];
const VOTERS = { ids: IDS, indexOf: (id: string) => IDS.findIndex((other) => other === id) };

describe('a slot of votes', () => {
  test('content is compared, never the signature: one vote has many valid ones', () => {
    const seen = createSeenVotes(VOTERS);
    seen.add(vote({}, 1), NEAREST_FAR);
    expect(seen.look(vote({}, 2), NEAREST_FAR)).toBe('known');
    expect(seen.find(vote({}, 2))).toEqual(vote({}, 1));
  });

  test('a second content is a conflict, a third finds the slot full', () => {
    const seen = createSeenVotes(VOTERS);
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
    const seen = createSeenVotes(VOTERS);
    seen.add(vote(), NEAREST_FAR);
    expect(seen.look(vote({ voteType: 'Against' }), NEAREST_FAR)).toBe('conflict');
    expect(seen.look(vote({ voteType: 'PreCommit' }), NEAREST_FAR)).toBe('new');
  });

  test('another polRound is another content', () => {
    const seen = createSeenVotes(VOTERS);
    seen.add(vote({ round: 2, polRound: O.some(0) }), NEAREST_FAR);
    expect(seen.look(vote({ round: 2, polRound: O.some(1) }), NEAREST_FAR)).toBe('conflict');
    expect(seen.look(vote({ round: 2 }), NEAREST_FAR)).toBe('conflict');
  });

  test('voters and rounds do not disturb each other', () => {
    const seen = createSeenVotes(VOTERS);
    seen.add(vote(), NEAREST_FAR);
    expect(seen.look(vote({ voter: identityNamed('v1') }), NEAREST_FAR)).toBe('new');
    expect(seen.look(vote({ round: 1 }), NEAREST_FAR)).toBe('new');
    expect(seen.ofRound(1)).toEqual([]);
  });

  test('of somebody outside the set nothing is kept', () => {
    const seen = createSeenVotes(VOTERS);
    const stranger = vote({ voter: identityNamed('stranger') });
    seen.add(stranger, NEAREST_FAR);
    expect([seen.look(stranger, NEAREST_FAR), seen.all()]).toEqual(['new', []]);
  });

  test('votes of a round are listed in the order in which their voters were first heard', () => {
    const seen = createSeenVotes(VOTERS);
    const [first, second] = [vote({ round: 1 }), vote({ voter: identityNamed('v1') })];
    for (const heard of [first, second, vote(), vote({ voteType: 'PreCommit' })]) seen.add(heard, NEAREST_FAR);
    expect(seen.ofRound(0)).toEqual([vote(), vote({ voteType: 'PreCommit' }), second]);
  });

  test('a far round that makes room for a higher one is forgotten, and only what its own voter said there', () => {
    const seen = createSeenVotes(VOTERS);
    const other = vote({ voter: identityNamed('v1'), round: 4 });
    seen.add(other, NEAREST_FAR);
    for (const round of [4, 5, 6]) seen.add(vote({ round }), NEAREST_FAR);
    expect([seen.ofRound(4), seen.ofRound(6)]).toEqual([[other], [vote({ round: 6 })]]);
    expect(seen.look(vote({ round: 4 }), NEAREST_FAR)).toBe('far');
    expect(seen.look(vote({ round: 7 }), NEAREST_FAR)).toBe('displaces');
  });
});
