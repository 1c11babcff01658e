// What an unpacked tarball may and must hold.
import { normalize } from 'node:path/posix';
import type { Manifest } from './published.ts';

const ALWAYS = ['package.json', 'README.md', 'LICENSE'];
const NEVER = /(^|\/)(test|bench)\/|\.(test|bench)\.[^/]*$|\.tsbuildinfo$|(^|\/)\.[^/]/;

export interface Target {
  readonly field: string;
  readonly file: string;
}

/** Every file that a manifest points at, with the field that does; conditions of an export are told apart. */
export const targetsOf = ({ exports = {}, bin = {} }: Manifest): readonly Target[] => [
  ...Object.entries(exports).flatMap(([face, conditions]) =>
    typeof conditions === 'string'
      ? [{ field: `exports["${face}"]`, file: normalize(conditions) }]
      : Object.entries(conditions).map(([condition, file]) => ({
          field: `exports["${face}"].${condition}`,
          file: normalize(file),
        })),
  ),
  ...Object.entries(bin).map(([name, file]) => ({ field: `bin.${name}`, file: normalize(file) })),
];

/** Breaches of what the manifest declares, one line each; `files` are the paths in the tarball. */
export const tarballProblems = (manifest: Manifest, files: readonly string[]): readonly string[] => {
  const declared = (manifest.files ?? []).filter((entry) => !entry.startsWith('!'));
  const isDeclared = (file: string): boolean =>
    ALWAYS.includes(file) || declared.some((entry) => file === entry || file.startsWith(`${entry}/`));
  return [
    ...ALWAYS.filter((file) => !files.includes(file)).map(
      (file) => `${file} is missing; add it to the package's folder`,
    ),
    ...declared
      .filter((entry) => !files.some((file) => file === entry || file.startsWith(`${entry}/`)))
      .map((entry) => `files names '${entry}', and nothing is there; build the package, or drop the entry`),
    ...files
      .filter((file) => !isDeclared(file) || NEVER.test(file))
      .map((file) => `${file} does not belong into the tarball; narrow files in package.json`),
    ...targetsOf(manifest)
      .filter(({ file }) => !files.includes(file))
      .map(({ field, file }) => `${field} names ${file}, which is not in the tarball; add it to files, or build it`),
  ];
};
