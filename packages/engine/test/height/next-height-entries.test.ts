import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/recovery/journal-entry.ts';
import { createNextHeightEntries } from '../../src/height/next-height-entries.ts';
import type { CoreInput, Mail } from '../../src/node-context.ts';
import { coreVote } from '../../src/loop/translate.ts';
import { identityNamed, vote } from '../support/votes.ts';

const entry = (byte: number): JournalEntry => ({ _tag: 'Received', payload: Uint8Array.of(byte), timely: true });

const voteInput = (change: Parameters<typeof vote>[0] = {}): CoreInput => {
  const core = coreVote(vote(change));
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
  entries.keep(mail(1, voteInput()));
  entries.keep(mail(2, certificateInput));
  entries.keep(mail(3, voteInput()));
  expect(entries.take()).toEqual([entry(2), entry(1), entry(3)]);
  expect(entries.take()).toEqual([]);
});

test('a signer that fills its room loses its oldest far message, never that of another', () => {
  const entries = createNextHeightEntries();
  entries.keep(mail(200, voteInput({ voter: identityNamed('v1'), round: 9 })));
  for (let round = 0; round < 33; round++) entries.keep(mail(round, voteInput({ round })));
  const left = entries.take();
  expect(left).toHaveLength(33);
  expect(left).toContainEqual(entry(200));
  expect(left).toContainEqual(entry(0));
  expect(left).not.toContainEqual(entry(2));
});

test('an input without a record is nothing to write again', () => {
  const entries = createNextHeightEntries();
  entries.keep({ entry: undefined, input: voteInput() });
  expect(entries.take()).toEqual([]);
});
