import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { conformanceOf, folderOf, quorums, reportOn, troublesIn } from './support.ts';

describe('a file', () => {
  test.each([
    ['an expectation', '{"quorum_strictly_more_than_two_thirds":[{"weight":7,"total":10,"met":false,"met":true}]}'],
    ['a section', `{"voteSet": [], ${JSON.stringify({ voteSet: [], ...quorums(true) }).slice(1)}`],
    [
      'a key in other letters',
      '{"quorum_strictly_more_than_two_thirds":[{"weight":7,"total":10,"m\\u0065t":0,"met":true}]}',
    ],
  ])('with %s twice is not understood: the first would be lost', (_what, text) => {
    expect(troublesIn(reportOn({ 'a.json': text })).join()).toContain('stands twice in one object');
  });
  test('with one key in several objects, or in a text, is', () => {
    const text = `{"note":"\\"note\\": {\\"a\\": 1}", ${JSON.stringify(quorums(true, true)).slice(1)}`;
    expect(reportOn({ 'a.json': text }).totals).toEqual({ Passed: 2, Failed: 0, Declared: 0, NotUnderstood: 0 });
  });
  test.skipIf(!existsSync('/dev/zero'))('that is a device without an end is named, and not read', () => {
    const folder = folderOf({ 'a.json': quorums(true) });
    symlinkSync('/dev/zero', join(folder, 'zero'));
    const report = conformanceOf(folder);
    expect(E.isRight(report) && troublesIn(report.right)).toEqual([expect.stringContaining('no regular file')]);
  });
});
