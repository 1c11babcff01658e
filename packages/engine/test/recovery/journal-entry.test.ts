import { either as E } from 'fp-ts';
import { decode, encode } from '@zhtp/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { journalEntryCodec, type JournalEntry } from '../../src/recovery/journal-entry.ts';
import { entriesOfHeight, readEntries } from '../../src/recovery/replay.ts';
import { hashNamed } from '../support/votes.ts';

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const u32 = fc.nat(2 ** 31 - 1);
const payload = fc.uint8Array({ maxLength: 40 });

const entries: fc.Arbitrary<JournalEntry> = fc.oneof(
  u64.map((height): JournalEntry => ({ _tag: 'HeightStarted', height })),
  fc
    .tuple(payload, fc.boolean())
    .map(([bytes, timely]): JournalEntry => ({ _tag: 'Received', payload: bytes, timely })),
  payload.map((bytes): JournalEntry => ({ _tag: 'Own', payload: bytes })),
  fc.tuple(u64, u32, payload).map(([height, round, block]): JournalEntry => ({ _tag: 'Built', height, round, block })),
  fc
    .tuple(u64, fc.string(), fc.boolean())
    .map(([height, name, valid]): JournalEntry => ({ _tag: 'Judged', height, blockId: hashNamed(name), valid })),
  fc
    .tuple(fc.constantFrom('propose', 'prevote', 'precommit', 'repeat'), u64, u32)
    .map(([kind, height, round]): JournalEntry => ({ _tag: 'TimeoutElapsed', kind, height, round })),
  u64.map((height): JournalEntry => ({ _tag: 'HeightEnded', height })),
  fc
    .tuple(u64, u32, fc.constantFrom('proposal' as const, 'prevote' as const, 'precommit' as const))
    .map(([height, round, step]): JournalEntry => ({ _tag: 'OwnCounted', height, round, step })),
  fc.tuple(u64, u32, fc.string(), payload).map(([height, round, name, extension]): JournalEntry => ({
    _tag: 'Extended',
    height,
    round,
    blockId: hashNamed(name),
    extension,
  })),
);

describe('records of the journal', () => {
  test('come back as they were written', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        expect(decode(journalEntryCodec)(encode(journalEntryCodec)(entry))).toEqual(E.right(entry));
      }),
    );
  });

  test('any bytes are an entry or an error, and an entry has one encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const entry = decode(journalEntryCodec)(bytes);
        expect(E.isLeft(entry) || encode(journalEntryCodec)(entry.right).join() === bytes.join()).toBe(true);
      }),
    );
  });

  test('a record of another version is named by its place', () => {
    const records = [encode(journalEntryCodec)({ _tag: 'HeightStarted', height: 1n }), Uint8Array.of(99)];
    const read = readEntries(records);
    expect(E.isLeft(read) ? read.left : 'read').toMatch(/^journal record 2 of 2 is intact but not of this version/);
  });

  test('the height in progress begins at its last start', () => {
    const started = (height: bigint): JournalEntry => ({ _tag: 'HeightStarted', height });
    const own: JournalEntry = { _tag: 'Own', payload: Uint8Array.of(1) };
    const ended: JournalEntry = { _tag: 'HeightEnded', height: 4n };
    expect(entriesOfHeight([started(4n), own, ended, started(5n), own, own], 5n)).toEqual([own, own]);
    expect(entriesOfHeight([started(5n), own, started(5n)], 5n)).toEqual([]);
    expect(entriesOfHeight([started(4n), own], 5n)).toEqual([]);
    expect(entriesOfHeight([], 5n)).toEqual([]);
  });
});
