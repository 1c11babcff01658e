// One row per documented item: is it there under its mapped name, and which test names it.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homesOf, methodNames } from './candidates.ts';
import { rightDefaults } from './defaults.ts';
import { publicPackages, type PublicPackage } from './exports.ts';
import type { ReferenceItem } from './reference.ts';
import { testTitles } from './test-titles.ts';
import { itemsInTypes } from './type-check.ts';

export interface CoverageRow {
  readonly item: ReferenceItem;
  /** `ConsensusConfig.minStake`. */
  readonly name: string;
  /** The packages that export its owner. */
  readonly homes: readonly string[];
  /** What is missing; undefined when nothing is. */
  readonly gap: string | undefined;
  /** The file of a test that names it; members of plain data are tested by their row itself. */
  readonly testedIn: string | undefined;
}

export const rowName = ({ owner, name }: ReferenceItem): string => (name === '' ? owner : `${owner}.${name}`);

/** Titles that name a method: `Owner.method`, `new Owner`. */
export const titlePattern = (item: ReferenceItem): RegExp => {
  const dotted = [...new Set([item.name, ...methodNames(item)])].map((name) => `\\b${item.owner}\\.${name}\\b`);
  return new RegExp([...dotted, ...(item.name === 'new' ? [`\\bnew ${item.owner}\\b`] : [])].join('|'));
};

/** A test file that has the tag of an error in a string or pattern. */
const errorTests = (root: string): ((tag: string) => string | undefined) => {
  const files = globSync('packages/*/test/**/*.ts', { cwd: root })
    .toSorted()
    .map((file) => ({ file, code: readFileSync(join(root, file), 'utf8') }));
  return (tag) => files.find(({ code }) => new RegExp(`['"\`/^(|]${tag}\\b`).test(code))?.file;
};

const isData = ({ kind }: ReferenceItem): boolean => ['struct', 'field', 'enum', 'variant'].includes(kind);

const missing = (item: ReferenceItem, homes: readonly PublicPackage[], isThere: boolean): string | undefined => {
  if (homes.length === 0) return `${item.owner} is exported by no package`;
  if (isThere || item.kind === 'struct' || item.kind === 'enum') return undefined;
  const what = item.detail.length > 0 ? `${item.name} (${item.detail.join(', ')})` : item.name;
  return item.kind === 'default' ? `the default is not ${what}` : `${item.owner} has no ${what}`;
};

/** The whole table, in the order of the reference. */
export const coverage = (root: string, items: readonly ReferenceItem[]): readonly CoverageRow[] => {
  const packages = publicPackages(root);
  const there = new Set([...itemsInTypes(root, items, packages), ...rightDefaults(root, items)]);
  const titles = testTitles(root);
  const errorTest = errorTests(root);
  const testOf = (item: ReferenceItem): string | undefined => {
    if (item.kind === 'error') return errorTest(item.name);
    const pattern = item.kind === 'default' ? new RegExp(`\\b${item.owner}\\.default\\b`) : titlePattern(item);
    return titles.find(({ title }) => pattern.test(title))?.file;
  };
  return items.map((item) => {
    const homes = homesOf(item.owner, packages);
    const testedIn = isData(item) ? undefined : testOf(item);
    const untested = isData(item) || testedIn !== undefined ? undefined : 'no test names it';
    return {
      item,
      name: rowName(item),
      homes: homes.map(({ name }) => name),
      gap: missing(item, homes, there.has(item)) ?? untested,
      testedIn,
    };
  });
};
