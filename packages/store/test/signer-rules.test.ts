import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { taggedHash } from '@zhtp/crypto';
import { compareSlots, decide, emptySignerState, remember, slotOf, type Decision, type SignerState } from '@zhtp/store';
import type { Hash, SignRequest } from '@zhtp/types';
import { KEY, attestation, hashOf, heartbeat, preCommit, preVote, proposal, X, Y } from './signer-support.ts';

const contentOf = (request: SignRequest): Hash => taggedHash('test', request.message);
const signatureOf = (request: SignRequest): Uint8Array => Uint8Array.of(1, ...request.message);
const after = (...signed: readonly SignRequest[]): SignerState =>
  signed.reduce(
    (state, request) => remember(state, request, contentOf(request), signatureOf(request)),
    emptySignerState,
  );
const ask = (state: SignerState, request: SignRequest): Decision => decide(state, request, contentOf(request));
const tagOf = (state: SignerState, request: SignRequest): Decision['_tag'] => ask(state, request)._tag;

const Z = hashOf('Z');

describe('the lock, as the signer sees it', () => {
  test('is its last non-nil precommit alone: after X in round 2 and Y in round 3 it binds prevotes to Y', () => {
    const state = after(preCommit(5n, 2, X), preCommit(5n, 3, Y));
    // "It also stores its last non-nil precommit of the height" (protocol.md, Durability); an honest core names polRound 3.
    expect(tagOf(state, preVote(5n, 4, Y))).toBe('Sign');
    expect(tagOf(state, preVote(5n, 4, Y, 3))).toBe('Sign');
    expect(tagOf(state, preVote(5n, 4, X))).toBe('Refuse');
    expect(tagOf(state, preVote(5n, 4, X, 2))).toBe('Refuse');
    expect(tagOf(state, preVote(5n, 4, X, 3))).toBe('Sign');
  });

  test('outlives nil precommits and nil prevotes of later rounds, not the height', () => {
    const state = after(preCommit(5n, 2, X), preVote(5n, 3, null), preCommit(5n, 3, null));
    expect(tagOf(state, preVote(5n, 4, Y))).toBe('Refuse');
    expect(tagOf(state, preVote(6n, 0, Y))).toBe('Sign');
  });
});

describe('slots', () => {
  test('order by height, then round, then proposal, prevote, precommit', () => {
    const ordered = [
      proposal(1n, 0),
      preVote(1n, 0, X),
      preCommit(1n, 0, X),
      proposal(1n, 1),
      preVote(1n, 1, X),
      preCommit(1n, 1, X),
      proposal(2n, 0),
    ].flatMap((request) => {
      const slot = slotOf(request);
      return O.isSome(slot) ? [slot.value] : [];
    });
    for (const [i, a] of ordered.entries())
      for (const [j, b] of ordered.entries()) expect(Math.sign(compareSlots(a, b))).toBe(Math.sign(i - j));
  });

  test('attestations, heartbeats and extensions have none', () => {
    expect(slotOf(attestation(1n, X))).toEqual(O.none);
    expect(slotOf(heartbeat(1))).toEqual(O.none);
    expect(slotOf({ _tag: 'Extension', message: Uint8Array.of(1) })).toEqual(O.none);
  });
});

describe('the signer', () => {
  test.each([
    ['a later step of the round', preVote(5n, 2, X), preCommit(5n, 2, X)],
    ['a later round', preCommit(5n, 2, null), proposal(5n, 3)],
    ['a later height', preCommit(5n, 2, X), preVote(6n, 0, Y)],
    ['a first slot', heartbeat(0), preVote(0n, 0, null)],
  ])('signs %s', (_title, before, request) => {
    expect(tagOf(after(before), request)).toBe('Sign');
  });

  test.each([
    ['an earlier step of the round', preCommit(5n, 2, X), preVote(5n, 2, X)],
    ['an earlier round, though it was never signed', preVote(5n, 2, X), preCommit(5n, 1, null)],
    ['an earlier height', preVote(5n, 0, X), preCommit(4n, 9, X)],
    ['another value in the slot', preVote(5n, 2, X), preVote(5n, 2, Y)],
    ['nil after a value in the slot', preCommit(5n, 2, X), preCommit(5n, 2, null)],
    ['Against after nil in the slot', preVote(5n, 2, null), preVote(5n, 2, null, null, 'against')],
    ['another polRound for the same value', preVote(5n, 2, X, 0), preVote(5n, 2, X, 1)],
    ['a second proposal in the round', proposal(5n, 2, X), proposal(5n, 2, Y)],
  ])('refuses %s', (_title, before, request) => {
    const decision = ask(after(before), request);
    expect(decision._tag === 'Refuse' ? decision.reason : decision._tag).toMatch(/height \d/);
  });

  test('repeats the stored signature for identical content in the last slot', () => {
    for (const request of [proposal(5n, 2), preVote(5n, 2, X), preVote(5n, 2, null), preCommit(5n, 2, X)])
      expect(ask(after(request), request)).toEqual({ _tag: 'Repeat', signature: signatureOf(request) });
  });

  test('does not repeat a slot below the last, identical or not', () => {
    const state = after(preVote(5n, 2, X), preCommit(5n, 2, X));
    expect(tagOf(state, preVote(5n, 2, X))).toBe('Refuse');
  });

  describe('after a precommit of X in round 2', () => {
    const locked = after(preCommit(5n, 2, X), preVote(5n, 3, null), preCommit(5n, 3, null));
    test.each([
      ['Y without a polka', Y, null, 'Refuse'],
      ['Y with a polka of round 1', Y, 1, 'Refuse'],
      ['Y with a polka of round 2', Y, 2, 'Sign'],
      ['Y with a polka of round 3', Y, 3, 'Sign'],
      ['X without naming the polka', X, null, 'Sign'],
      ['X with an older polka', X, 0, 'Sign'],
      ['nil', null, null, 'Sign'],
    ] as const)('decides a prevote of round 4 for %s', (_title, value, polRound, expected) => {
      expect(tagOf(locked, preVote(5n, 4, value, polRound))).toBe(expected);
    });

    test('a nil precommit does not lift the lock, the next height does', () => {
      expect(tagOf(locked, preVote(5n, 4, Y))).toBe('Refuse');
      expect(tagOf(locked, preVote(6n, 0, Y))).toBe('Sign');
    });

    test('the last precommit counts, not the first', () => {
      const relocked = after(preCommit(5n, 2, X), preVote(5n, 3, Y, 2), preCommit(5n, 3, Y));
      expect(tagOf(relocked, preVote(5n, 4, X, 2))).toBe('Refuse');
      expect(tagOf(relocked, preVote(5n, 4, Y))).toBe('Sign');
      expect(tagOf(relocked, preVote(5n, 4, Z, 3))).toBe('Sign');
    });

    test('round 0 is a lock like any other', () => {
      expect(tagOf(after(preCommit(5n, 0, X)), preVote(5n, 1, Y))).toBe('Refuse');
      expect(tagOf(after(preCommit(5n, 0, X)), preVote(5n, 1, Y, 0))).toBe('Sign');
    });
  });

  test.each([2, 3])('refuses a prevote of round 2 that names a polka of round %i', (polRound) => {
    expect(tagOf(emptySignerState, preVote(5n, 2, X, polRound))).toBe('Refuse');
    expect(tagOf(emptySignerState, preVote(5n, 2, X, 1))).toBe('Sign');
  });

  test('attestations have a mark of their own, by height', () => {
    const state = after(attestation(5n, X), preCommit(9n, 0, X));
    expect(tagOf(state, attestation(6n, X))).toBe('Sign');
    expect(ask(state, attestation(5n, X))).toEqual({ _tag: 'Repeat', signature: signatureOf(attestation(5n, X)) });
    expect(tagOf(state, attestation(5n, Y))).toBe('Refuse');
    expect(ask(state, attestation(4n, X))).toMatchObject({
      _tag: 'Refuse',
      reason: 'attestation of height 4 lies below the last signed one, of height 5',
    });
    expect(tagOf(after(attestation(9n, X)), preVote(1n, 0, X))).toBe('Sign');
  });

  test('heartbeats and extensions are always signed and leave no trace', () => {
    const state = after(preCommit(5n, 2, X), attestation(5n, X));
    for (const request of [heartbeat(1), { _tag: 'Extension', publicKey: KEY, message: Uint8Array.of(1) } as const]) {
      expect(tagOf(state, request)).toBe('Sign');
      expect(remember(state, request, contentOf(request), signatureOf(request))).toBe(state);
    }
  });
});
