// What the modules of an unpacked tarball import, walked from its faces: compiled code and declarations alike.
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { dirname, join as joinPosix } from 'node:path/posix';
import { importsOf } from '../layers/imports.ts';
import type { Manifest } from './published.ts';
import { targetsOf } from './tarball-rules.ts';

/** The package that a specifier names. */
export const packageOf = (specifier: string): string =>
  specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** Types that a declaration borrows in place, or by a reference, are imports that no statement shows. */
const borrowedTypes = (code: string): readonly string[] => [
  ...[...code.matchAll(/\bimport\(["']([^"']+)["']\)/g)].flatMap(([, specifier]) => specifier ?? []),
  ...[...code.matchAll(/^\/\/\/ <reference types="([^"]+)"/gm)].map(([, name]) =>
    name === 'node' ? 'node:process' : (name ?? ''),
  ),
];

const specifiersOf = (path: string): readonly string[] => [
  ...importsOf(path),
  ...(path.endsWith('.d.ts') ? borrowedTypes(readFileSync(path, 'utf8')) : []),
];

/** A declaration names the source of another: './a.ts' is './a.d.ts' where only that was published beside it. */
const resolved = (folder: string, from: string, specifier: string): string | undefined => {
  const target = joinPosix(dirname(from), specifier);
  const candidates = from.endsWith('.d.ts') ? [target.replace(/\.[jt]s$/, '.d.ts'), target] : [target];
  return candidates.find((candidate) => existsSync(join(folder, candidate)));
};

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** Where a relative import leads; undefined when it leads nowhere, or to another package. */
  readonly target: string | undefined;
}

const reachableImports = (folder: string, entry: string): readonly Import[] => {
  const seen = new Set([entry]);
  const imports: Import[] = [];
  for (const file of seen) {
    for (const specifier of specifiersOf(join(folder, file))) {
      const target = specifier.startsWith('.') ? resolved(folder, file, specifier) : undefined;
      imports.push({ file, specifier, target });
      if (target !== undefined) seen.add(target);
    }
  }
  return imports;
};

const declaredIn = ({ name, dependencies, peerDependencies, optionalDependencies }: Manifest): readonly string[] => [
  name,
  ...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }),
];

const importProblem = (
  manifest: Manifest,
  runsInBrowser: boolean,
  { file, specifier, target }: Import,
): string | null => {
  if (specifier.startsWith('.'))
    return target === undefined ? `${file}: '${specifier}' is not in the tarball; add it to files` : null;
  if (isBuiltin(specifier))
    return runsInBrowser
      ? `${file}: '${specifier}' is of Node.js, and this face promises to run in a browser; reach it through ./node`
      : null;
  if (!declaredIn(manifest).includes(packageOf(specifier)))
    return `${file}: '${specifier}' is not among the dependencies; an empty project does not have it`;
  return runsInBrowser && specifier.startsWith('@zhtp/') && specifier.endsWith('/node')
    ? `${file}: '${specifier}' is of Node.js, and this face promises to run in a browser`
    : null;
};

/** Packages promise that their faces run in a browser, all but `./node`; programs promise nothing. */
export const runsInBrowser = ({ bin }: Manifest, face: string): boolean => bin === undefined && face !== './node';

/** Breaches found by walking the faces and programs in `folder`, one line each. */
export const moduleProblems = (manifest: Manifest, folder: string): readonly string[] => {
  const entries = targetsOf(manifest).filter(
    ({ field, file }) => /\.[jt]s$/.test(file) && !field.endsWith('.@zhtp/source') && existsSync(join(folder, file)),
  );
  const problems = entries.flatMap(({ field, file: entry }) => {
    const face = /^exports\["([^"]+)"\]/.exec(field)?.[1];
    const inBrowser = face !== undefined && runsInBrowser(manifest, face);
    return reachableImports(folder, entry).flatMap((found) => importProblem(manifest, inBrowser, found) ?? []);
  });
  return [...new Set(problems)];
};
