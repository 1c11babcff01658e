import { expect, test } from 'vitest';
import type { JournalEntry } from '../src/journal-entry.ts';
import { createNextHeightEntries } from '../src/next-height-entries.ts';
import type { CoreInput, Mail } from '../src/node-context.ts';
import { coreVote } from '../src/translate.ts';
import { vote } from './support/votes.ts';

const entry = (byte: number): JournalEntry => ({ _tag: 'Received', payload: Uint8Array.of(byte), timely: true });

const voteInput = (): CoreInput => {
  const core = coreVote(vote());
  if (core === undefined) throw new Error('a prevote is a vote of the core');
  return { _tag: 'VoteReceived', vote: core };
};
const certificateInput: CoreInput = {
  _tag: 'CertificateReceived',
  certificate: { kind: 'polka', height: 6n, round: 0, value: 'a', votes: [] },
};
const mail = (byte: number, input: CoreInput): Mail => ({ entry: entry(byte), input });

test('what came early is written again, certificates before votes, each in its order', () => {
  const entries = createNextHeightEntries();
  entries.keep(mail(1, voteInput()), 4);
  entries.keep(mail(2, certificateInput), 4);
  entries.keep(mail(3, voteInput()), 4);
  expect(entries.take()).toEqual([entry(2), entry(1), entry(3)]);
  expect(entries.take()).toEqual([]);
});

test('there is room for eight per validator of the next set, not one more', () => {
  const entries = createNextHeightEntries();
  for (let i = 0; i < 16; i++) expect(entries.keep(mail(i, voteInput()), 2)).toBe(true);
  expect(entries.keep(mail(16, voteInput()), 2)).toBe(false);
  expect(entries.take()).toHaveLength(16);
  expect(entries.keep(mail(17, voteInput()), 2)).toBe(true);
});

test('an input without a record is nothing to write again', () => {
  const entries = createNextHeightEntries();
  expect(entries.keep({ entry: undefined, input: voteInput() }, 1)).toBe(true);
  expect(entries.take()).toEqual([]);
});
