import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { exportedNames } from '../src/program.ts';
import { bundleOf, foreignNames, PROGRAM, sizesOf } from './bundle.ts';

const packagesFolder = join(import.meta.dirname, '../../../packages');

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

test('every entry of every package takes part, except those for Node.js', () => {
  const entries = globSync('*/package.json', { cwd: packagesFolder }).flatMap((path) => {
    const { name, exports } = JSON.parse(readFileSync(join(packagesFolder, path), 'utf8')) as Manifest;
    return Object.keys(exports)
      .filter((entry) => entry !== './node' && entry !== './package.json')
      .map((entry) => join(name, entry));
  });
  expect(Object.keys(exportedNames()).toSorted()).toEqual(entries.toSorted());
});

describe('what only Node.js has', () => {
  test('is nowhere in the packages, save where crypto looks for a faster back end', async () => {
    expect(await foreignNames(PROGRAM, 'sources')).toEqual(['process in packages/crypto/src/runtime.ts']);
  });

  const here = 'tools/browser/test/virtual-entry.js';

  test.each([
    [`import { readFileSync } from 'node:fs'; console.log(readFileSync)`, 'node:fs'],
    [`import path from 'path'; console.log(path.sep)`, 'path'],
    [`console.log(await import('node:os'))`, 'node:os'],
    [`export * from 'node:util'`, 'node:util'],
    [`export const bytes = Buffer.from('a')`, 'Buffer'],
    [`export const bytes = globalThis.Buffer.from('a')`, 'Buffer'],
    [`export const home = typeof process === 'undefined' ? '' : process.env.HOME`, 'process'],
    [`export const later = (run) => setImmediate(run)`, 'setImmediate'],
  ])('is found in %s', async (source, what) => {
    expect(await foreignNames(source, 'sources')).toEqual([`${what} in ${here}`]);
  });

  test.each([
    `export const twice = (process) => process.double()`,
    `export const port = { Buffer: 1, process: () => 2 }.process()`,
    `const require = () => 1; export const one = require()`,
    `export const text = 'Buffer and process'`,
    `export { bytesToHex } from '@zhtp/types'`,
  ])('is not found in %s', async (source) => {
    expect(await foreignNames(source, 'sources')).toEqual([]);
  });

  test('is found behind an entry for Node.js', async () => {
    expect(await foreignNames(`export * from '@zhtp/store/node'`, 'sources')).toContain(
      'node:fs in packages/store/src/node/file-system.ts',
    );
  });
});

describe('a page that verifies, gzipped,', () => {
  /** Room for some code more, not for a dependency that nobody noticed. */
  const KILOBYTES_MAX = { '@zhtp/crypto': 31, '@zhtp/chain': 40 } as const;
  const entries = Object.keys(KILOBYTES_MAX) as readonly (keyof typeof KILOBYTES_MAX)[];
  const sizes = new Map<string, { readonly minified: number; readonly gzipped: number }>();

  beforeAll(async () => {
    for (const name of entries) sizes.set(name, sizesOf(await bundleOf(`export * from '${name}'`, 'sources')));
    const figures = [...sizes].map(
      ([name, { minified, gzipped }]) => `${name} ${kB(minified)}, gzipped ${kB(gzipped)}`,
    );
    console.info(`all of an entry with its dependencies, minified: ${figures.join('; ')}`);
  });

  const kB = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`;

  test.each(entries)('with %s stays within its bound', (name) => {
    expect(sizes.get(name)?.gzipped).toBeLessThanOrEqual(KILOBYTES_MAX[name] * 1_000);
  });
});
