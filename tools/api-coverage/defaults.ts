// Documented default values against those of the packages.
import { spawnSync } from 'node:child_process';
import type { ReferenceItem } from './reference.ts';

/** `14 * 24 * 60 * 60` and `0xFFFFFFFF` as numbers. */
export const documentedValue = (text: string): bigint =>
  text.split('*').reduce((product, factor) => product * BigInt(factor.trim().replaceAll('_', '')), 1n);

const constantOf = (owner: string): string => `DEFAULT_${owner.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}`;

/** Prints the values of every default configuration of @zhtp/types, by name. */
const PROGRAM = `
import * as types from '@zhtp/types';
const shown = (_, value) => (typeof value === 'bigint' ? String(value) : value);
const defaults = Object.entries(types).filter(([name]) => name.startsWith('DEFAULT_'));
console.log(JSON.stringify(Object.fromEntries(defaults), shown));
`;

/** The default items whose value is the documented one. */
export const rightDefaults = (root: string, items: readonly ReferenceItem[]): ReadonlySet<ReferenceItem> => {
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@zhtp/source', '--input-type=module-typescript', '-'],
    { cwd: `${root}/packages/validators`, input: PROGRAM, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the defaults of @zhtp/types cannot be read:\n${stderr}`);
  const found = JSON.parse(stdout) as Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
  return new Set(
    items.filter(({ kind, owner, name, detail }) => {
      const value = found[constantOf(owner)]?.[name];
      return kind === 'default' && value !== undefined && String(value) === String(documentedValue(detail[0] ?? ''));
    }),
  );
};
