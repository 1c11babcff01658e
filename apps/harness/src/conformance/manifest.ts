import { failed, notUnderstood, type CaseReport } from './case-outcome.ts';
import type { VectorFile } from './vector-file.ts';

/** The file that lists checksums, as `sha256sum` writes it. */
const MANIFEST = 'MANIFEST.sha256';

export const isManifest = (path: string): boolean => path === MANIFEST || path.endsWith(`/${MANIFEST}`);

/** What a manifest came to. */
export interface ManifestReport {
  readonly matching: number;
  /** A file that is missing or differs, or a line that says nothing. */
  readonly problems: readonly CaseReport[];
  /** Files of its folder that it does not list. */
  readonly unlisted: readonly string[];
}

const problem = (name: string, outcome: CaseReport['outcome']): CaseReport => ({ section: 'checksums', name, outcome });

/**
 * Compares a manifest with the files beside and below it. `isWanted` restricts it to the files that are looked at.
 * @param path where the manifest is, relative to the folder
 */
export const checkManifest = (
  path: string,
  text: string,
  files: ReadonlyMap<string, VectorFile>,
  isWanted: (path: string) => boolean,
): ManifestReport => {
  const home = path.slice(0, path.length - MANIFEST.length);
  const problems: CaseReport[] = [];
  const listed = new Set<string>();
  let matching = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [, sha256 = '', name] = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/.exec(line) ?? [];
    if (name === undefined) {
      problems.push(problem(`line ${String(index + 1)}`, notUnderstood('is not a checksum and a path')));
      continue;
    }
    listed.add(home + name);
    if (!isWanted(home + name)) continue;
    const file = files.get(home + name);
    if (file === undefined) problems.push(problem(name, failed('is listed and missing')));
    else if (file.sha256 !== sha256)
      problems.push(problem(name, failed(`sha256 is ${file.sha256}, the manifest says ${sha256}`)));
    else matching++;
  }
  if (listed.size === 0) problems.push(problem('-', notUnderstood('the manifest lists no file')));
  const unlisted = [...files.keys()].filter(
    (file) => file.startsWith(home) && isWanted(file) && !listed.has(file) && !isManifest(file),
  );
  return { matching, problems, unlisted };
};
