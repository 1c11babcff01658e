import { describe, expect, test } from 'vitest';
import type { SignedVote, VoteKind } from '@zhtp/bft';
import { AmnesiaWatch } from '../src/amnesia.ts';
import { precommit, prevote } from './support/world.ts';

/** The votes of one voter, as its keeper answers for them. */
const countedVotes = (...counted: readonly SignedVote<string>[]) => ({
  voteOf: (kind: VoteKind, round: number) => counted.find(({ vote }) => vote.kind === kind && vote.round === round),
});

describe('the watch for amnesia', () => {
  const locking = precommit('v2', 'a', 5);
  const breaking = prevote('v2', 'b', 7);
  const counted = countedVotes(locking, breaking);

  test('finds the prevote against the precommit of an earlier round', () => {
    const watch = new AmnesiaWatch<string>(1);
    expect(watch.observe(0, locking, counted)).toBeNull();
    expect(watch.observe(0, breaking, counted)).toEqual({ precommit: locking, prevote: breaking });
  });

  test('looks at no round that was displaced', () => {
    const watch = new AmnesiaWatch<string>(1);
    watch.observe(0, locking, counted);
    watch.forget(0, 5);
    expect(watch.observe(0, breaking, counted)).toBeNull();
  });

  test('forgets the round of one voter alone', () => {
    const watch = new AmnesiaWatch<string>(2);
    for (const voter of [0, 1]) watch.observe(voter, locking, counted);
    watch.forget(0, 5);
    expect(watch.observe(1, breaking, counted)).toEqual({ precommit: locking, prevote: breaking });
  });
});
