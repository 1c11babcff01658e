import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { crc32c } from '@zhtp/store';
import { journalFiles, leftOf, openFiles, payload, rightOf } from './support.ts';

const FILE = 'journal-00000000000000000001.log';
const HEADER = 32;
const PAYLOADS = [payload(1, 9), payload(2, 0), payload(3, 30), payload(4, 4)];
const OFFSETS = PAYLOADS.map((_, i) => HEADER + PAYLOADS.slice(0, i).reduce((sum, each) => sum + 20 + each.length, 0));

const whole = journalFiles(PAYLOADS).get(FILE) ?? new Uint8Array();
const files = (bytes: Uint8Array, name = FILE): ReadonlyMap<string, Uint8Array> => new Map([[name, bytes]]);
const changed = (change: (bytes: Uint8Array, view: DataView) => void, from = whole): Uint8Array => {
  const copy = from.slice();
  change(copy, new DataView(copy.buffer));
  return copy;
};
const concat = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** A record made here by the format's description, not by the code under test. */
const record = (sequence: bigint, content: Uint8Array, salt = 0x5a5a5a5a): Uint8Array => {
  const bytes = new Uint8Array(20 + content.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, sequence);
  view.setUint32(8, content.length);
  view.setUint32(12, crc32c(bytes.subarray(0, 12), salt));
  bytes.set(content, 16);
  view.setUint32(16 + content.length, crc32c(content, salt));
  return bytes;
};

describe('a journal file', () => {
  test('that is whole gives its records and reports no repair', () => {
    const opened = rightOf(openFiles(files(whole)));
    expect(opened.records).toEqual(PAYLOADS);
    expect(opened.lastSequence).toBe(4n);
    expect(opened.repaired).toEqual(O.none);
  });

  test('with any one bit flipped is refused by name, or loses exactly a last record and says so', () => {
    for (let at = 0; at < whole.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const opened = openFiles(files(changed((bytes) => void (bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)))));
        if (at >= (OFFSETS[3] ?? 0)) {
          const kept = rightOf(opened);
          expect(kept.records).toEqual(PAYLOADS.slice(0, 3));
          expect(kept.repaired).toEqual(O.some({ cutBytes: 24, lastKeptSequence: 3n }));
          continue;
        }
        const error = leftOf(opened);
        expect(error).toMatchObject({ _tag: 'Damaged', file: FILE });
        expect(error.message).toContain(FILE);
        expect(error.message).toMatch(/move every journal-\*\.log away/);
      }
    }
  });

  test('names the record and the byte at which the damage begins', () => {
    const at = OFFSETS[2] ?? 0;
    const error = leftOf(openFiles(files(changed((bytes) => void (bytes[at + 20] = 0xee)))));
    expect(error).toMatchObject({ _tag: 'Damaged', offset: at, sequence: 3n });
    expect(error.message).toContain(`record 4 behind it, at byte ${String(OFFSETS[3])}, is`);
  });

  test('whose damaged length would hide the synced records behind it is refused', () => {
    for (const length of [0, 1, 31, 1_000, 0xffff_ffff]) {
      const bytes = changed((_bytes, view) => view.setUint32((OFFSETS[2] ?? 0) + 8, length));
      expect(leftOf(openFiles(files(bytes)))).toMatchObject({ _tag: 'Damaged', sequence: 3n });
    }
  });

  test('cut at any byte keeps every whole record before the cut', () => {
    for (let length = HEADER; length < whole.length; length++) {
      const opened = rightOf(openFiles(files(whole.slice(0, length))));
      const count = OFFSETS.filter((_offset, i) => (OFFSETS[i + 1] ?? whole.length) <= length).length;
      const end = OFFSETS[count] ?? 0;
      expect(opened.records).toEqual(PAYLOADS.slice(0, count));
      expect(opened.repaired).toEqual(
        length === end ? O.none : O.some({ cutBytes: length - end, lastKeptSequence: BigInt(count) }),
      );
    }
  });

  test('cut inside its header is refused: headers are never written in place', () => {
    for (let length = 0; length < HEADER; length++)
      expect(leftOf(openFiles(files(whole.slice(0, length))))._tag).toBe('Damaged');
  });

  test('that was repaired is clean at the next start, and goes on with the next number', () => {
    const first = openFiles(files(whole.slice(0, whole.length - 1)));
    expect(O.isSome(rightOf(first).repaired)).toBe(true);
    const second = rightOf(openFiles(first.disk.files()));
    expect(second.repaired).toEqual(O.none);
    expect(second.lastSequence).toBe(3n);
  });

  test('that is refused is left as it is', () => {
    const damaged = files(changed((bytes) => void (bytes[OFFSETS[1] ?? 0] = 0xee)));
    const opened = openFiles(damaged);
    expect(leftOf(opened)._tag).toBe('Damaged');
    expect(opened.disk.files()).toEqual(damaged);
  });

  test.each([
    ['repeats a record', [1n, 2n, 2n], 3n],
    ['leaves one out', [1n, 3n], 2n],
    ['starts elsewhere', [2n], 1n],
    ['goes back', [1n, 2n, 1n], 3n],
  ])('that %s is refused', (_title, sequences, expected) => {
    const bytes = concat(whole.slice(0, HEADER), ...sequences.map((sequence) => record(sequence, payload(7))));
    expect(leftOf(openFiles(files(bytes)))).toMatchObject({ _tag: 'Damaged', sequence: expected });
  });

  test('of a later format version is refused by that name', () => {
    const bytes = changed((header, view) => {
      view.setUint32(8, 2);
      view.setUint32(28, crc32c(header.subarray(0, 28)));
    });
    const error = leftOf(openFiles(files(bytes)));
    expect(error).toMatchObject({ _tag: 'UnsupportedVersion', version: 2 });
    expect(error.message).toMatch(/has format version 2; this program reads version 1/);
  });

  test('under another name is refused', () => {
    expect(leftOf(openFiles(files(whole, 'journal-00000000000000000002.log')))).toMatchObject({ _tag: 'Damaged' });
  });

  test('is not held damaged for records that somebody put inside a payload', () => {
    const forged = concat(record(5n, payload(5), 0), record(6n, payload(6), 0), record(7n, payload(7), 0x5a5a5a5b));
    const bytes = concat(whole.slice(0, HEADER), record(1n, payload(1)), record(2n, forged));
    const torn = changed((copy) => void (copy[OFFSETS[1] ?? 0] = 0xee), bytes);
    expect(rightOf(openFiles(files(torn))).records).toHaveLength(1);
    const overwritten = changed((copy) => void copy.fill(0, HEADER + 25, HEADER + 25 + 16), bytes);
    expect(rightOf(openFiles(files(overwritten))).records).toHaveLength(1);
  });
});

describe('an unreadable payload whose header holds', () => {
  test('is searched behind its end only: what lies inside was never a record', () => {
    const inside = concat(record(3n, payload(3)), record(4n, payload(4)));
    const bytes = concat(whole.slice(0, HEADER), record(1n, payload(1)), record(2n, inside));
    const torn = changed((copy) => void (copy[copy.length - 1] = 0xee), bytes);
    expect(rightOf(openFiles(files(torn)))).toMatchObject({ lastSequence: 1n });
    expect(leftOf(openFiles(files(concat(torn, record(3n, payload(3))))))).toMatchObject({
      _tag: 'Damaged',
      sequence: 2n,
    });
  });
});

describe('two journal files, as a crash in a rotation leaves them', () => {
  const NEXT = 'journal-00000000000000000005.log';
  const header = changed(
    (bytes, view) => {
      view.setBigUint64(12, 5n);
      view.setUint32(28, crc32c(bytes.subarray(0, 28)));
    },
    whole.slice(0, HEADER),
  );
  const both = (first: Uint8Array, second: Uint8Array, name = NEXT): ReadonlyMap<string, Uint8Array> =>
    new Map([
      [FILE, first],
      [name, second],
    ]);

  test('the later one is live, the earlier one is removed', () => {
    const opened = openFiles(both(whole, concat(header, record(5n, payload(5)))));
    expect(rightOf(opened)).toMatchObject({ records: [payload(5)], lastSequence: 5n });
    expect([...opened.disk.files().keys()]).toEqual([NEXT]);
  });

  test('the later one may be empty or torn', () => {
    expect(rightOf(openFiles(both(whole, header)))).toMatchObject({ records: [], lastSequence: 4n, repaired: O.none });
    const torn = concat(header, record(5n, payload(5)).slice(0, 11));
    expect(rightOf(openFiles(both(whole, torn))).repaired).toEqual(O.some({ cutBytes: 11, lastKeptSequence: 4n }));
  });

  test('an earlier one that is torn, or ends too soon or too late, is damage', () => {
    expect(leftOf(openFiles(both(whole.slice(0, -1), header)))).toMatchObject({
      _tag: 'Damaged',
      file: FILE,
      sequence: 4n,
    });
    expect(leftOf(openFiles(both(whole.slice(0, OFFSETS[3]), header)))).toMatchObject({
      _tag: 'Damaged',
      file: FILE,
      sequence: 4n,
    });
    // Every record is there, and something of another behind them: the next file was begun without a sync.
    expect(leftOf(openFiles(both(concat(whole, record(5n, payload(5)).slice(0, 7)), header)))).toMatchObject({
      _tag: 'Damaged',
      file: FILE,
      sequence: 5n,
    });
    const longer = concat(whole, record(5n, payload(5)));
    expect(leftOf(openFiles(both(longer, header)))).toMatchObject({ _tag: 'Damaged', file: FILE, sequence: 6n });
  });

  test('other files in the folder are nobody’s business', () => {
    const opened = openFiles(new Map([...files(whole), ['signer.state', payload(1)], ['journal-1.log', payload(1)]]));
    expect(rightOf(opened).lastSequence).toBe(4n);
    expect(opened.disk.files().size).toBe(3);
  });
});
