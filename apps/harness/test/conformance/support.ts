import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { either as E } from 'fp-ts';
import { onTestFinished } from 'vitest';
import { runConformance, type ConformanceReport } from '../../src/conformance/run-conformance.ts';

/** Contents by path: bytes and text as they are, anything else as JSON, packed where the name says so. */
export type Files = Readonly<Record<string, unknown>>;

const stored = (path: string, content: unknown): string | Uint8Array => {
  if (typeof content === 'string' || content instanceof Uint8Array) return content;
  const json = JSON.stringify(content);
  return path.endsWith('.gz') ? gzipSync(json) : json;
};

/** A folder of these files that is gone after the test. */
export const folderOf = (files: Files): string => {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), stored(path, content));
  }
  return folder;
};

export const conformanceOf = (folder: string, only?: string): E.Either<string, ConformanceReport> =>
  runConformance({ folder, only, observe: () => undefined });

/** The report on these files; there must be one. */
export const reportOn = (files: Files): ConformanceReport => {
  const report = conformanceOf(folderOf(files));
  if (E.isLeft(report)) throw new Error(report.left);
  return report.right;
};

/** What went wrong, each as "section name: message". */
export const troublesIn = ({ files }: ConformanceReport): readonly string[] =>
  files.flatMap(({ cases }) =>
    cases.flatMap(({ section, name, outcome }) => {
      if (outcome._tag === 'Failed') return [`${section} ${name}: ${outcome.difference}`];
      return outcome._tag === 'NotUnderstood' ? [`${section} ${name}: ${outcome.problem}`] : [];
    }),
  );

/** A small file of a known format, with a right and a wrong expectation where asked. */
export const quorums = (...met: readonly boolean[]) => ({
  quorum_strictly_more_than_two_thirds: met.map((each) => ({ weight: 7, total: 10, met: each })),
});
