import { createHash } from 'node:crypto';
import { either as E } from 'fp-ts';
import { expect, test } from 'vitest';
import { conformanceOf, folderOf, quorums, reportOn, troublesIn } from './support.ts';

const text = JSON.stringify(quorums(true));
const sum = createHash('sha256').update(text).digest('hex');
const line = (path: string, sha256 = sum): string => `${sha256}  ${path}\n`;

test('files that match their checksums say so, and count for no case', () => {
  const report = reportOn({ 'MANIFEST.sha256': line('a.json') + line('b/c.json'), 'a.json': text, 'b/c.json': text });
  expect(report.files[0]?.kind).toBe('checksums: 2 files match');
  expect(report.totals).toEqual({ Passed: 2, Failed: 0, Declared: 0, NotUnderstood: 0 });
});

test('lines may end and paths may begin as other systems write them', () => {
  const report = reportOn({ 'MANIFEST.sha256': line('./a.json').replace('\n', '\r\n'), 'a.json': text });
  expect(report.files[0]?.kind).toBe('checksums: 1 file matches');
  expect(report.isAccountedFor).toBe(true);
});

test('a file that differs from its checksum fails by name, however well its cases go', () => {
  const report = reportOn({ 'MANIFEST.sha256': line('a.json'), 'a.json': `${text}\n` });
  expect(troublesIn(report)).toEqual([expect.stringMatching(/^checksums a\.json: sha256 is .* the manifest says/)]);
  expect(report.totals.Passed).toBe(1);
  expect(report.isAccountedFor).toBe(false);
});

test('a listed file that is missing fails by name', () => {
  const report = reportOn({ 'MANIFEST.sha256': line('a.json') + line('gone.json'), 'a.json': text });
  expect(troublesIn(report)).toEqual(['checksums gone.json: is listed and missing']);
});

test('lines that are no checksums and an empty manifest are not understood', () => {
  expect(troublesIn(reportOn({ 'MANIFEST.sha256': `${line('a.json')}hello\n`, 'a.json': text }))).toEqual([
    'checksums line 2: is not a checksum and a path',
  ]);
  expect(troublesIn(reportOn({ 'MANIFEST.sha256': '', 'a.json': text }))).toEqual([
    'checksums -: the manifest lists no file',
  ]);
});

test('a manifest rules the files beside and below it; who is not listed is remarked on', () => {
  const report = reportOn({ 'x/MANIFEST.sha256': line('a.json'), 'x/a.json': text, 'x/b.json': text, 'c.json': text });
  expect(report.files.find(({ path }) => path === 'x/MANIFEST.sha256')?.remarks).toEqual(['not listed: x/b.json']);
  expect(report.isAccountedFor).toBe(true);
});

test('a manifest is asked only about the files that are looked at', () => {
  const folder = folderOf({ 'MANIFEST.sha256': line('a.json') + line('gone.json'), 'a.json': text });
  const [some, gone] = [conformanceOf(folder, 'a.j'), conformanceOf(folder, 'gone')];
  expect(E.isRight(some) && some.right.files.map(({ kind }) => kind)).toEqual([
    'checksums: 1 file matches',
    'quorums, votes and commits',
  ]);
  expect(gone).toEqual(E.left(expect.stringContaining('has gone in its path')));
});
