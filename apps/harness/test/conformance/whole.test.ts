import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readVector, vectorsFolder } from '@zhtp/testing';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conformanceOf, folderOf, reportOn, troublesIn, type Files } from './support.ts';

const folder = vectorsFolder();

const totalsOf = (only: string) => {
  const report = conformanceOf(folder ?? '', only);
  if (E.isLeft(report)) throw new Error(report.left);
  return { ...report.right.totals, troubles: troublesIn(report.right) };
};

const NAMES = folder === null ? [] : readdirSync(join(folder, 'consensus')).map((name) => `consensus/${name}`);

/** Lists of cases; a part of a file keeps everything else. */
const LISTS = ['traces', 'cases', 'selection', 'updates_invalid', 'quorum_strictly_more_than_two_thirds'];

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A file in two, cut in its list; the second part has none of the other sections. */
const inTwo = (document: unknown, at: number): readonly unknown[] => {
  if (!isRecord(document)) return [document];
  const list = LISTS.find((key) => Array.isArray(document[key]));
  const cases: unknown = list === undefined ? undefined : document[list];
  if (list === undefined || !Array.isArray(cases) || cases.length < 2) return [document];
  const cut = 1 + (at % (cases.length - 1));
  return [{ ...document, [list]: cases.slice(0, cut) }, { [list]: cases.slice(cut) }];
};

describe.skipIf(folder === null)('over the published vectors', () => {
  test('every consensus case passes or is declared', () => {
    expect(totalsOf('consensus')).toEqual({ Passed: 756, Failed: 0, Declared: 2, NotUnderstood: 0, troubles: [] });
  });

  test('every case of Bitcoin passes, headers included', () => {
    expect(totalsOf('bitcoin')).toEqual({ Passed: 2909, Failed: 0, Declared: 0, NotUnderstood: 0, troubles: [] });
  });

  test('every case of economics passes or is declared', () => {
    expect(totalsOf('economics')).toEqual({ Passed: 28, Failed: 0, Declared: 18, NotUnderstood: 0, troubles: [] });
  });

  // The rest of mldsa takes half a minute; the tests of @zhtp/crypto go through all of it.
  test('every verdict on an ML-DSA signature is right, by all back ends', { timeout: 120_000 }, () => {
    expect(totalsOf('verify_test')).toMatchObject({ Passed: 312, Failed: 0, Declared: 0, NotUnderstood: 0 });
    expect(totalsOf('sigver')).toMatchObject({ Passed: 70, Failed: 0, Declared: 0, NotUnderstood: 0 });
  });

  test('its checksums hold, and do not when a file has grown', () => {
    const whole = conformanceOf(folder ?? '', 'bitcoin');
    expect(E.isRight(whole) && whole.right.files[0]?.kind).toBe('checksums: 8 files match');
    const copy = folderOf({});
    cpSync(join(folder ?? '', 'MANIFEST.sha256'), join(copy, 'MANIFEST.sha256'));
    const files = folderOf({ 'bitcoin/compact_bits.json': readVector<unknown>('bitcoin/compact_bits.json') });
    cpSync(files, copy, { recursive: true });
    const report = conformanceOf(copy, 'compact_bits');
    expect(E.isRight(report) && troublesIn(report.right).join()).toContain('the manifest says');
  });

  test('other names, another order, files cut in two: the same totals', { timeout: 120_000 }, () => {
    const documents = NAMES.map((name) => readVector<unknown>(name));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(documents, { minLength: documents.length }),
        fc.array(fc.nat(1000), { minLength: documents.length, maxLength: documents.length }),
        fc.boolean(),
        (order, cuts, isPacked) => {
          const parts = order.flatMap((document, i) => inTwo(document, cuts[i] ?? 0));
          const files: Files = Object.fromEntries(
            parts.map((part, i) => [`${String(i % 3)}/part-${String(i)}.json${isPacked ? '.gz' : ''}`, part]),
          );
          expect(reportOn(files).totals).toEqual({ Passed: 756, Failed: 0, Declared: 2, NotUnderstood: 0 });
        },
      ),
      { numRuns: 5 },
    );
  });

  test('two files of one format made one: the same totals', () => {
    for (const kind of ['state_machine', 'votekeeper']) {
      const names = NAMES.filter((name) => name.includes(kind));
      const traces = names.flatMap((name) => readVector<{ readonly traces: readonly unknown[] }>(name).traces);
      const { totals } = reportOn({ 'all.json.gz': { traces } });
      expect([totals.Passed, totals.Failed + totals.Declared + totals.NotUnderstood]).toEqual([traces.length, 0]);
      expect(names).toHaveLength(2);
    }
  });
});
