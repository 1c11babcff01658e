import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { conformanceOf, folderOf, quorums, reportOn, troublesIn } from './support.ts';

const refusal = (folder: string, only?: string): string => {
  const report = conformanceOf(folder, only);
  return E.isLeft(report) ? report.left : 'ran';
};

describe('there is nothing to run', () => {
  test('in a folder that does not exist', () => {
    expect(refusal(join(folderOf({}), 'nowhere'))).toMatch(/nowhere does not exist: name the folder/);
  });
  test('in a file', () => {
    expect(refusal(join(folderOf({ 'a.json': quorums(true) }), 'a.json'))).toContain('is a file');
  });
  test('in an empty folder', () => {
    expect(refusal(folderOf({}))).toContain('holds no file');
  });
  test('among descriptions', () => {
    expect(refusal(folderOf({ 'README.md': 'hello' }))).toContain('no vectors among 1 files');
  });
  test('where no path has the part that is asked for', () => {
    expect(refusal(folderOf({ 'a.json': quorums(true) }), 'mldsa')).toContain('has mldsa in its path');
  });
});

describe('a file that cannot be read fails, by name', () => {
  const damaged = gzipSync(JSON.stringify(quorums(true)));
  damaged[damaged.length - 10] = (damaged[damaged.length - 10] ?? 0) ^ 1;
  test.each<readonly [string, string, unknown, string]>([
    ['a damaged gzip file', 'a.json.gz', damaged, 'damaged gzip file'],
    ['a cut gzip file', 'a.json.gz', gzipSync('{}').subarray(0, 12), 'damaged gzip file'],
    ['JSON named .gz', 'a.json.gz', '{}', 'no gzip file'],
    ['damaged JSON', 'a.json', '{"quorum', 'neither JSON nor'],
    ['bytes that are no UTF-8', 'a.json', Uint8Array.of(0x22, 0xff, 0x22), 'no UTF-8'],
    ['an empty file', 'a.json', '', 'is empty'],
    ['an empty description', 'README.md', '', 'is empty'],
    ['nothing, packed', 'a.json.gz', gzipSync(''), 'holds nothing'],
    ['a file of another kind', 'a.csv', 'a;b', 'neither JSON nor'],
    ['raw headers that are cut', 'a.bin.gz', gzipSync(new Uint8Array(81)), '80-byte headers'],
    ['no raw headers at all', 'a.bin.gz', gzipSync(new Uint8Array(0)), 'holds nothing'],
  ])('%s', (_what, path, content, message) => {
    const report = reportOn({ [path]: content, 'good.json': quorums(true) });
    expect(troublesIn(report)).toEqual([expect.stringContaining(message)]);
    expect(report.totals).toEqual({ Passed: 1, Failed: 0, Declared: 0, NotUnderstood: 1 });
    expect(report.isAccountedFor).toBe(false);
  });

  test('a link that leads round in a circle', () => {
    const folder = folderOf({ 'a.json': quorums(true) });
    symlinkSync(folder, join(folder, 'again'));
    const report = conformanceOf(folder);
    expect(E.isRight(report) && troublesIn(report.right)).toEqual([expect.stringContaining('cannot be read')]);
  });
});

describe('a document that is not understood fails', () => {
  test.each<readonly [string, unknown, string]>([
    ['an unknown format', { foo: [1] }, 'no known format: an object with the keys ["foo"]'],
    ['an empty object', {}, 'no known format'],
    ['an empty list of cases', { traces: [] }, 'no cases: traces is empty'],
    ['an empty section', { quorum_strictly_more_than_two_thirds: [] }, 'is an empty list'],
    ['a section without its list', { ...quorums(true), commitVerification: { note: 'none' } }, 'holds no cases'],
    ['a section that is no list', { quorum_strictly_more_than_two_thirds: 7 }, 'is not a list'],
    ['an empty list', [], 'no cases: the list is empty'],
    ['a bare value', 7, 'no known format'],
    ['null', null, 'no known format'],
    ['a key beside the known ones', { ...quorums(true), tolerance: 1 }, 'tolerance is a key that is not known'],
    ['prose that is a number', { ...quorums(true), note: 1 }, 'note is a key that is not known'],
    [
      'a key within a case',
      { quorum_strictly_more_than_two_thirds: [{ weight: 7, total: 10, met: true, unless: 'x' }] },
      '0.unless is a key that is not known',
    ],
    ['a missing key', { quorum_strictly_more_than_two_thirds: [{ weight: 7, met: true }] }, 'total is missing'],
    [
      'a value of another kind',
      { quorum_strictly_more_than_two_thirds: [{ weight: 7.5, total: 10, met: true }] },
      'weight must be an integer',
    ],
    ['two formats at once', { ...quorums(true), selection: [] }, 'looks like'],
  ])('%s', (_what, document, message) => {
    const report = reportOn({ 'a.json': JSON.stringify(document) });
    expect(troublesIn(report).join()).toContain(message.replace('0.', ''));
    expect(report.isAccountedFor).toBe(false);
  });
});

test('integers beyond 2⁵³ are read exactly, as numbers and as strings', () => {
  const total = 3n * 2n ** 60n;
  const at = (weight: bigint, met: boolean, quote: string): string =>
    `{"weight": ${quote}${String(weight)}${quote}, "total": ${quote}${String(total)}${quote}, "met": ${String(met)}}`;
  const rows = ['', '"'].flatMap((quote) => [
    at(2n ** 61n, false, quote),
    at(2n ** 61n + 1n, true, quote),
    at(2n ** 61n - 1n, false, quote),
  ]);
  const report = reportOn({ 'a.json': `{"quorum_strictly_more_than_two_thirds": [${rows.join()}]}` });
  expect(troublesIn(report)).toEqual([]);
  expect(report.totals.Passed).toBe(6);
});

test('content decides what a file is, and neither its name nor its packing', () => {
  const report = reportOn({
    'deep/below/vectors': quorums(true),
    'README.md': quorums(true),
    'packed.json': gzipSync(JSON.stringify(quorums(true))),
    '.hidden.json': quorums(true),
  });
  expect(report.totals).toEqual({ Passed: 4, Failed: 0, Declared: 0, NotUnderstood: 0 });
});

test('descriptions are listed with a reason', () => {
  const folder = folderOf({
    'a.json': quorums(true),
    'NOTICE-NIST.txt': 'x',
    'notes.md': 'x',
  });
  mkdirSync(join(folder, 'empty'));
  const report = conformanceOf(folder);
  expect(E.isRight(report) && report.right.files.map(({ path, kind }) => `${path}: ${kind}`)).toEqual([
    'NOTICE-NIST.txt: no vectors: a description for people',
    'a.json: quorums, votes and commits',
    'notes.md: no vectors: prose for people',
  ]);
  expect(E.isRight(report) && report.right.isAccountedFor).toBe(true);
});
