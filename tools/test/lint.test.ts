import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Finding {
  readonly code: string;
  readonly message: string;
  readonly filename: string;
}

interface BadFile {
  readonly path: string;
  readonly code: string;
  readonly rule: string;
}

const bad = (path: string, rule: string, ...code: readonly string[]): BadFile => ({
  path,
  rule,
  code: code.join('\n'),
});

const badEverywhere: readonly BadFile[] = [
  bad('packages/store/src/floating.ts', 'no-floating-promises', 'Promise.resolve(1);'),
  bad(
    'packages/store/src/misused.ts',
    'no-misused-promises',
    'export const f = (p: Promise<boolean>): number => (p ? 1 : 0);',
  ),
  bad(
    'packages/store/src/switch.ts',
    'switch-exhaustiveness-check',
    "export const f = (x: 'a' | 'b'): void => {",
    "  switch (x) { case 'a': console.log(x); }",
    '};',
  ),
  bad(
    'packages/store/src/boolean.ts',
    'strict-boolean-expressions',
    "export const f = (s: string): string => (s ? s : 'none');",
  ),
  bad('packages/store/src/any.ts', 'no-explicit-any', 'export const f = (x: any): number => Number(x);'),
  bad(
    'packages/store/src/unsafe.ts',
    'no-unsafe-member-access',
    "export const f = (): string => String(JSON.parse('{}').x);",
  ),
  bad('packages/store/src/null.ts', 'no-non-null-assertion', 'export const f = (x: number | null): number => x!;'),
  bad('packages/store/src/default.ts', 'no-default-export', 'export default 1;'),
  bad('packages/store/src/unused.ts', 'no-unused-vars', 'const left = 1;', 'export {};'),
  bad(
    'packages/store/src/import.ts',
    'consistent-type-imports',
    "import { T } from './t.ts';",
    'export const t: T = 1;',
  ),
  bad('packages/store/src/t.ts', 'no-cycle', "import './import.ts';", 'export type T = number;'),
  bad(
    'packages/store/test/assertion.test.ts',
    'expect-expect',
    "import { test } from 'vitest';",
    "test('nothing', () => {});",
  ),
];

const badInConsensus: readonly BadFile[] = [
  bad('packages/bft/src/division.ts', 'no-raw-division', 'export const f = (a: bigint, b: bigint): bigint => a / b;'),
  bad('packages/dao/src/assign.ts', 'no-raw-division', 'export let x = 8n;', 'x /= 3n;'),
  bad(
    'packages/light-client/src/import.ts',
    'no-restricted-imports',
    "import { join } from 'node:path';",
    'export { join };',
  ),
  bad('packages/chain/src/lazy.ts', 'no-dynamic-runtime-import', "export const f = () => import('node:fs');"),
  ...['Buffer', 'process', 'Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate'].map((name) =>
    bad(`packages/engine/src/${name}.ts`, 'no-restricted-globals', `export const x: unknown = ${name};`),
  ),
  bad('packages/types/src/random.ts', 'no-restricted-properties', 'export const x = Math.random();'),
];

const badInMainEntry: readonly BadFile[] = [
  bad('packages/network/src/runtime.ts', 'no-restricted-imports', "export { join } from 'node:path';"),
  bad('packages/network/src/lazy.ts', 'no-dynamic-runtime-import', "export const f = () => import('node:fs');"),
  bad('packages/network/src/index.ts', 'no-restricted-imports', "export * from './node/disk.ts';"),
  bad('packages/simulator/src/index.ts', 'no-restricted-imports', "export * from './node.ts';"),
  bad('packages/store/src/deep/file.ts', 'no-restricted-imports', "export * from '../node/disk.ts';"),
];

const good: readonly (readonly [path: string, code: string])[] = [
  ['packages/types/src/arithmetic.ts', 'export const f = (a: bigint, b: bigint): bigint => a / b;'],
  ['packages/bft/test/quorum.test.ts', 'export const third = (n: number): number => n / 3;'],
  ['packages/store/src/ratio.ts', 'export const f = (a: number, b: number): number => a / b;'],
  ['packages/network/src/node/disk.ts', "export { join } from 'node:path';"],
  ['packages/network/src/node.ts', "export * from './node/disk.ts';"],
  ['packages/simulator/src/node.ts', "export { join } from 'node:path';"],
];

let findings: readonly Finding[] = [];

beforeAll(() => {
  const workspace = mkdtempSync(join(tmpdir(), 'lint-'));
  cpSync(join(root, '.oxlintrc.json'), join(workspace, '.oxlintrc.json'));
  cpSync(join(root, 'tools/lint'), join(workspace, 'tools/lint'), { recursive: true });
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2024',
    module: 'nodenext',
    allowImportingTsExtensions: true,
  };
  const files = [
    ...[...badEverywhere, ...badInConsensus, ...badInMainEntry].map(({ path, code }) => [path, code] as const),
    ...good,
    ['tsconfig.json', JSON.stringify({ compilerOptions, include: ['packages'] })] as const,
  ];
  for (const [path, code] of files) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), `${code}\n`);
  }
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['-f', 'json', 'packages'], { cwd: workspace });
  ({ diagnostics: findings } = JSON.parse(stdout.toString()) as { readonly diagnostics: readonly Finding[] });
});

const rulesBroken = (path: string): readonly string[] =>
  findings.filter(({ filename }) => filename === path).map(({ code }) => code.replace(/^.*\((.*)\)$/, '$1'));

describe.each([
  ['everywhere', badEverywhere],
  ['in consensus packages', badInConsensus],
  ['in the main entry of a package with adapters', badInMainEntry],
])('%s lint refuses', (_, files) => {
  test.each(files)('$rule: $path', ({ path, rule }) => {
    expect(rulesBroken(path)).toContain(rule);
  });
});

test.each(good)('lint accepts %s', (path) => {
  expect(rulesBroken(path)).toEqual([]);
});

test('a division in a consensus package says what to use instead', () => {
  expect(findings.find(({ filename }) => filename === 'packages/bft/src/division.ts')?.message).toMatch(/floorDiv/);
});

test('every package of floors 0-5 and the light client are under the consensus rules', () => {
  const { overrides } = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8')) as {
    readonly overrides: readonly {
      readonly files: readonly string[];
      readonly rules: Readonly<Record<string, unknown>>;
    }[];
  };
  const [globs = []] = overrides
    .filter(({ rules }) => rules['zhtp/no-raw-division'] === 'error')
    .map(({ files }) => files);
  const packages = globSync('packages/*/package.json', { cwd: root }).filter((manifest) =>
    /"layer:[0-5]"|"@zhtp\/light-client"/.test(readFileSync(join(root, manifest), 'utf8')),
  );
  const covered = globSync([...globs], { cwd: root }).map((file) => join(file.split('/src/')[0] ?? '', 'package.json'));
  expect(packages.filter((manifest) => !covered.includes(manifest))).toEqual([]);
});
