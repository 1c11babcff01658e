import { option as O } from 'fp-ts';
import { encode, type PeerMessage } from '@zhtp/types';
import { expect, test } from 'vitest';
import { journalEntryCodec, type JournalEntry } from '../../src/recovery/journal-entry.ts';
import { lastJournaledSlot } from '../../src/recovery/own-slots.ts';
import { blockAt } from '../support/genesis.ts';
import { payloadOf, signedProposal, signedVote } from '../support/signed.ts';
import { hashNamed } from '../support/votes.ts';

const record = encode(journalEntryCodec);
const own = (message: PeerMessage): JournalEntry => ({ _tag: 'Own', payload: payloadOf(message) });
const vote = (round: number, voteType: 'PreVote' | 'PreCommit' | 'Against' = 'PreVote', height = 1n): JournalEntry =>
  own({ _tag: 'Vote', vote: signedVote('v0', { round, voteType, height }) });
const proposal = (round: number): JournalEntry =>
  own({ _tag: 'Propose', proposal: signedProposal(blockAt(1n), { round }) });

const lastOf = (...entries: readonly JournalEntry[]): string => {
  const last = lastJournaledSlot(entries.map((entry) => record(entry)));
  return O.isNone(last) ? 'none' : `${String(last.value.height)}/${String(last.value.round)} ${last.value.step}`;
};

test('a journal without a message of its node has signed nothing', () => {
  expect(lastOf()).toBe('none');
  expect(lastOf({ _tag: 'HeightStarted', height: 1n })).toBe('none');
  expect(lastOf({ _tag: 'Received', payload: payloadOf({ _tag: 'Vote', vote: signedVote('v1') }), timely: true })).toBe(
    'none',
  );
});

test('the last slot is the one that is highest by height, round and step, wherever its record stands', () => {
  expect(lastOf(proposal(0), vote(0), vote(0, 'PreCommit'))).toBe('1/0 PreCommit');
  expect(lastOf(vote(0, 'PreCommit'), vote(0), proposal(0))).toBe('1/0 PreCommit');
  expect(lastOf(vote(0, 'PreCommit'), proposal(1))).toBe('1/1 Proposal');
  expect(lastOf(vote(9, 'PreCommit'), vote(0, 'PreVote', 2n), vote(10))).toBe('2/0 PreVote');
});

test('Against takes the slot of the prevote; an attestation has a mark of its own and takes none', () => {
  expect(lastOf(vote(3, 'Against'))).toBe('1/3 PreVote');
  const attestation = signedVote('v0', { voteType: 'Commit', height: 9n, appHash: O.some(hashNamed('app')) });
  expect(lastOf(vote(0), own({ _tag: 'Vote', vote: attestation }))).toBe('1/0 PreVote');
});

test('records of another version say nothing here: they are refused where the journal is read', () => {
  expect(lastJournaledSlot([Uint8Array.of(250), record(vote(1))])).toMatchObject({ value: { round: 1 } });
});
