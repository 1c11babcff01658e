// What the documented packages export, found by parsing: no build, no import.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** The nine packages of the reference, those that hold rules first. */
const DOCUMENTED = ['engine', 'dao', 'rewards', 'byzantine', 'proofs', 'validators', 'difficulty', 'crypto', 'types'];

export interface PublicPackage {
  readonly name: string;
  readonly folder: string;
  /** Exported name, and whether it is a type only. */
  readonly names: ReadonlyMap<string, { readonly isType: boolean }>;
  readonly sources: readonly string[];
}

const TYPE_ONLY = /^(interface|type)\b/;

const exportsOf = (file: string): ReadonlyMap<string, { readonly isType: boolean }> => {
  const code = readFileSync(file, 'utf8');
  const names = new Map<string, { isType: boolean }>();
  const add = (name: string, isType: boolean): void => {
    names.set(name, { isType: isType && (names.get(name)?.isType ?? true) });
  };
  for (const { entries, end, start } of parseSync(file, code).module.staticExports)
    for (const { exportName, importName, moduleRequest, isType } of entries) {
      const from = moduleRequest?.value;
      const target = from === undefined || !from.startsWith('.') ? undefined : join(dirname(file), from);
      if (exportName.kind === 'None' && target !== undefined) {
        for (const [name, kind] of exportsOf(target)) add(name, kind.isType);
        continue;
      }
      if (exportName.name === null) continue;
      const declared = target === undefined ? undefined : exportsOf(target).get(importName.name ?? exportName.name);
      const statement = code.slice(start, end).replace(/^export\s+/, '');
      add(exportName.name, isType || (declared?.isType ?? TYPE_ONLY.test(statement)));
    }
  return names;
};

/** The documented packages that exist. */
export const publicPackages = (root: string): readonly PublicPackage[] =>
  DOCUMENTED.map((name) => join('packages', name))
    .filter((folder) => existsSync(join(root, folder, 'src/index.ts')))
    .map((folder) => ({
      name: `@zhtp/${folder.slice('packages/'.length)}`,
      folder,
      names: exportsOf(join(root, folder, 'src/index.ts')),
      sources: globSync('src/**/*.ts', { cwd: join(root, folder) }).map((path) => join(folder, path)),
    }));
