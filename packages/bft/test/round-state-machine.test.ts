import { describe, expect, test } from 'vitest';
import { initialRoundState, transition, type RoundInput, type RoundState } from '@zhtp/bft';

const at = (more: Partial<RoundState>): RoundState => ({
  ...initialRoundState(1n),
  round: 3,
  step: 'propose',
  ...more,
});

const oldPolka = (round: number): RoundInput => ({ _tag: 'OldPolka', value: 'a', round });

/** What the round prevotes on an offer of `a`. */
const prevoted = (state: RoundState, input: RoundInput): string | null | undefined => {
  const output = transition(state, input)?.output;
  return output?._tag === 'Vote' ? output.value : undefined;
};

describe('a lock on b of round 1', () => {
  const locked = at({ locked: { value: 'b', round: 1 }, valid: { value: 'b', round: 1 } });

  test('is not opened by a fresh proposal (line 23)', () => {
    expect(prevoted(locked, { _tag: 'FreshProposal', value: 'a' })).toBeNull();
    expect(prevoted(locked, { _tag: 'FreshProposal', value: 'b' })).toBe('b');
  });

  test.each([
    [0, null],
    [1, 'a'],
    [2, 'a'],
  ])('meets a with the polka of round %i: %s (line 29)', (validRound, vote) => {
    expect(prevoted(locked, { _tag: 'ProposalAndOldPolka', value: 'a', validRound })).toBe(vote);
  });

  test('holds for b itself with an older polka (line 29)', () => {
    expect(prevoted(locked, { _tag: 'ProposalAndOldPolka', value: 'b', validRound: 0 })).toBe('b');
  });

  test.each<RoundInput>([
    { _tag: 'PolkaNil' },
    { _tag: 'TimeoutPrevote', height: 1n, round: 3 },
    { _tag: 'TimeoutPrecommit', height: 1n, round: 3 },
    { _tag: 'RoundSkip', round: 9 },
    oldPolka(2),
  ])('survives $_tag', (input) => {
    expect(transition({ ...locked, step: 'prevote' }, input)?.state.locked).toEqual({ value: 'b', round: 1 });
  });

  test('survives a polka that comes after the precommit, which raises the valid value alone (lines 36–43)', () => {
    const after = transition({ ...locked, step: 'precommit' }, { _tag: 'ProposalAndPolka', value: 'a' });
    expect(after?.state).toMatchObject({ locked: { value: 'b', round: 1 }, valid: { value: 'a', round: 3 } });
  });
});

describe('the valid value', () => {
  test.each([
    [0, false],
    [1, false],
    [2, true],
    [3, false],
    [4, false],
  ])('of round 1 is raised in round 3 by an old polka of round %i: %s', (round, raised) => {
    const after = transition(at({ valid: { value: 'b', round: 1 } }), oldPolka(round));
    expect(after?.state.valid ?? null).toEqual(raised ? { value: 'a', round } : null);
  });

  test('is locked together with its round while prevoting (lines 38–43)', () => {
    const now = { value: 'a', round: 3 };
    expect(transition(at({ step: 'prevote' }), { _tag: 'ProposalAndPolka', value: 'a' })?.state).toMatchObject({
      locked: now,
      valid: now,
    });
  });
});
