import { readFileSync } from 'node:fs';
import { either as E } from 'fp-ts';
import { runRawHeaders } from './bitcoin-headers.ts';
import { shown, type CaseReport, type Outcome } from './case-outcome.ts';
import { FORMATS } from './formats.ts';
import { checkManifest, isManifest } from './manifest.ts';
import { isObject } from './shape.ts';
import { isHeaderFile, readVectorFile, type VectorFile } from './vector-file.ts';
import { filesBelow } from './vector-folder.ts';
import { unreadable } from './vector-format.ts';

/** What one file came to. */
export interface FileReport {
  readonly path: string;
  /** The format that was recognised, or why the file holds no cases. */
  readonly kind: string;
  readonly cases: readonly CaseReport[];
  /** What a reader may want to know, and what counts for nothing. */
  readonly remarks: readonly string[];
  readonly ms: number;
}

/** How many cases ended how. */
export type Tally = { readonly [Tag in Outcome['_tag']]: number };

export interface ConformanceReport {
  readonly files: readonly FileReport[];
  readonly totals: Tally;
  /** Every case passed or was declared, and there was at least one. */
  readonly isAccountedFor: boolean;
}

/** Outcomes by kind. */
export const tallyOf = (cases: readonly CaseReport[]): Tally => {
  const tally = { Passed: 0, Failed: 0, Declared: 0, NotUnderstood: 0 };
  for (const { outcome } of cases) tally[outcome._tag]++;
  return tally;
};

const keysOf = (document: unknown): string =>
  isObject(document) ? `an object with the keys ${shown(Object.keys(document))}` : `not an object: ${shown(document)}`;

const emptyListsOf = (document: unknown): readonly string[] =>
  isObject(document)
    ? Object.entries(document).flatMap(([key, value]) => (Array.isArray(value) && value.length === 0 ? [key] : []))
    : Array.isArray(document) && document.length === 0
      ? ['the list']
      : [];

/** Wycheproof states how many tests there are; a part of a file rightly holds fewer. */
const countRemark = (document: unknown, cases: readonly CaseReport[]): readonly string[] => {
  const stated = isObject(document) ? document['numberOfTests'] : undefined;
  return typeof stated === 'number' && stated !== cases.length
    ? [`numberOfTests says ${String(stated)}, the file holds ${String(cases.length)}`]
    : [];
};

/** Raw headers in the folder of a file. */
const headersBeside = (root: string, path: string): readonly Uint8Array[] => {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const listed = filesBelow(root);
  if (E.isLeft(listed)) return [];
  return listed.right
    .filter((other) => other.startsWith(folder) && !other.slice(folder.length).includes('/') && isHeaderFile(other))
    .flatMap((other) => {
      const { content } = readVectorFile(root, other);
      return content._tag === 'RawHeaders' ? [content.bytes] : [];
    });
};

const runDocument = (root: string, path: string, document: unknown): Omit<FileReport, 'path' | 'ms'> => {
  const matching = FORMATS.filter(({ recognises }) => recognises(document));
  const [format] = matching;
  if (format === undefined) {
    const empty = emptyListsOf(document);
    const problem =
      empty.length > 0 ? `no cases: ${empty.join(', ')} is empty` : `no known format: ${keysOf(document)}`;
    return { kind: 'unknown format', cases: [unreadable('-', problem)], remarks: [] };
  }
  if (matching.length > 1) {
    const names = matching.map(({ name }) => name).join(' and ');
    return { kind: 'several formats', cases: [unreadable('-', `looks like ${names} at once`)], remarks: [] };
  }
  const cases = format.run(document, path, () => headersBeside(root, path));
  const remarks = [...(format.remark === undefined ? [] : [format.remark]), ...countRemark(document, cases)];
  return cases.length === 0
    ? { kind: format.name, cases: [unreadable('-', 'holds no cases')], remarks: [] }
    : { kind: format.name, cases, remarks };
};

const runFile = (root: string, { path, content }: VectorFile): Omit<FileReport, 'path' | 'ms'> => {
  switch (content._tag) {
    case 'Document':
      return runDocument(root, path, content.document);
    case 'RawHeaders':
      return { kind: 'raw headers', cases: runRawHeaders(content.bytes), remarks: [] };
    case 'NotVectors':
      return { kind: `no vectors: ${content.reason}`, cases: [], remarks: [] };
    case 'Unreadable':
      return { kind: 'unreadable', cases: [unreadable('-', content.problem)], remarks: [] };
  }
};

const runManifest = (
  root: string,
  path: string,
  files: ReadonlyMap<string, VectorFile>,
  isWanted: (path: string) => boolean,
): Omit<FileReport, 'path' | 'ms'> => {
  const { matching, problems, unlisted } = checkManifest(
    path,
    readFileSync(`${root}/${path}`, 'utf8'),
    files,
    isWanted,
  );
  return {
    kind: `checksums: ${matching === 1 ? '1 file matches' : `${String(matching)} files match`}`,
    cases: problems,
    remarks: unlisted.length === 0 ? [] : [`not listed: ${unlisted.join(', ')}`],
  };
};

/** What to run. */
export interface ConformanceRequest {
  readonly folder: string;
  /** Only files whose path below the folder contains this. */
  readonly only: string | undefined;
  /** Told of each file as soon as it is through. */
  readonly observe: (report: FileReport) => void;
}

/**
 * Runs every vector file below a folder against the packages. Left: there is nothing to run.
 */
export const runConformance = ({ folder, only, observe }: ConformanceRequest): E.Either<string, ConformanceReport> => {
  const listed = filesBelow(folder);
  if (E.isLeft(listed)) return listed;
  const isWanted = (path: string): boolean => only === undefined || path.includes(only);
  const wanted = listed.right.filter((path) => isWanted(path));
  if (listed.right.length === 0) return E.left(`${folder} holds no file`);
  if (wanted.length === 0) return E.left(`no file below ${folder} has ${only ?? ''} in its path`);
  const read = new Map(wanted.map((path): [string, VectorFile] => [path, readVectorFile(folder, path)]));
  const manifests = listed.right.filter((path) => isManifest(path));
  const files = [...new Set([...manifests, ...wanted])].map((path): FileReport => {
    const startedAt = performance.now();
    const file = read.get(path);
    const report =
      isManifest(path) || file === undefined ? runManifest(folder, path, read, isWanted) : runFile(folder, file);
    const done = { path, ...report, ms: performance.now() - startedAt };
    observe(done);
    return done;
  });
  const totals = tallyOf(files.flatMap(({ cases }) => cases));
  const counted = totals.Passed + totals.Declared;
  if (counted + totals.Failed + totals.NotUnderstood === 0)
    return E.left(`no vectors among ${String(files.length)} files below ${folder}`);
  return E.right({ files, totals, isAccountedFor: totals.Failed === 0 && totals.NotUnderstood === 0 && counted > 0 });
};
