import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { layerProblems } from '../layers/problems.ts';
import { readWorkspace } from '../layers/workspace.ts';

interface Member {
  readonly folder: string;
  readonly tag: string;
  readonly dependencies?: readonly string[];
  readonly devDependencies?: readonly string[];
  /** Folders that the tsconfig files refer to, where they differ from the dependencies. */
  readonly libReferences?: readonly string[];
  readonly testReferences?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

const ranges = (names: readonly string[] = []) => Object.fromEntries(names.map((name) => [name, '*']));
const references = (folders: readonly string[]) =>
  folders.map((folder) => ({ path: `../../${folder}/tsconfig.lib.json` }));

const filesOf = (member: Member): Readonly<Record<string, string>> => {
  const { folder, tag, dependencies = [], devDependencies = [], files = {} } = member;
  const internal = (names: readonly string[]): readonly string[] =>
    names.filter((name) => name.startsWith('@zhtp/')).map((name) => folderOf(name));
  const manifest = {
    name: `@zhtp/${folder.split('/')[1]}`,
    exports: { '.': './src/index.ts', ...(folder === 'packages/store' ? { './node': './src/node.ts' } : {}) },
    dependencies: ranges(dependencies),
    devDependencies: ranges(devDependencies),
    nx: { tags: [tag] },
  };
  const libReferences = member.libReferences ?? internal(dependencies);
  const testReferences = member.testReferences ?? internal([...dependencies, ...devDependencies]);
  const own = {
    'package.json': JSON.stringify(manifest),
    'tsconfig.lib.json': JSON.stringify({ references: references(libReferences) }),
    'tsconfig.test.json': JSON.stringify({ references: references(testReferences) }),
    'src/index.ts': 'export {};',
    ...files,
  };
  return Object.fromEntries(Object.entries(own).map(([path, text]) => [join(folder, path), text]));
};

const folderOf = (name: string): string =>
  name === '@zhtp/testing' ? 'tools/testing' : name.replace('@zhtp', 'packages');

const types: Member = { folder: 'packages/types', tag: 'layer:0' };
const store: Member = { folder: 'packages/store', tag: 'layer:6' };
const testing: Member = { folder: 'tools/testing', tag: 'layer:testing' };
const bft = (rest: Partial<Member>): Member => ({ folder: 'packages/bft', tag: 'layer:1', ...rest });
const ledger = (rest: Partial<Member>): Member => ({ folder: 'packages/ledger', tag: 'layer:7', ...rest });

const problemsOf = (...members: readonly Member[]): readonly string[] => {
  const root = mkdtempSync(join(tmpdir(), 'layers-'));
  const files = Object.assign({}, ...members.map(filesOf)) as Readonly<Record<string, string>>;
  const rootManifest = JSON.stringify({ devDependencies: { vitest: '*' } });
  for (const [path, text] of Object.entries({ ...files, 'package.json': rootManifest })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return layerProblems(readWorkspace(root));
};

test('a workspace that keeps to its floors passes', () => {
  const src =
    "import type { Height } from '@zhtp/types';\nimport { node } from '@zhtp/store/node';\nexport * from './block.ts';";
  const own =
    "import { test } from 'vitest';\nimport '@zhtp/ledger';\nimport '@zhtp/testing';\nimport '../src/block.ts';";
  const files = { 'src/index.ts': src, 'src/block.ts': 'export {};', 'test/block.test.ts': own };
  const member = ledger({ dependencies: ['@zhtp/types', '@zhtp/store'], devDependencies: ['@zhtp/testing'], files });
  expect(problemsOf(types, store, testing, member)).toEqual([]);
});

describe('a manifest', () => {
  test.each([
    ['without a floor', [{ ...types, tag: 'scope:x' }], /packages\/types\/package\.json: no floor; add nx\.tags/],
    ['with a floor that does not exist', [{ ...types, tag: 'layer:9' }], /no floor/],
    [
      'that climbs',
      [bft({ dependencies: ['@zhtp/store'] }), store],
      /bft.*floor 1 may not depend on @zhtp\/store \(floor 6\)/,
    ],
    [
      'that names a neighbour of its own floor',
      [store, { ...ledger({ dependencies: ['@zhtp/store'] }), tag: 'layer:6' }],
      /floor 6 may not/,
    ],
    [
      'that climbs for its tests',
      [bft({ devDependencies: ['@zhtp/store'] }), store],
      /floor 1 may not depend on @zhtp\/store/,
    ],
    [
      'that ships test helpers',
      [bft({ dependencies: ['@zhtp/testing'] }), testing],
      /@zhtp\/testing is for tests; list it under devDependencies/,
    ],
    [
      'that its tsconfig does not follow',
      [types, bft({ dependencies: ['@zhtp/types'], libReferences: [] })],
      /tsconfig\.lib\.json: add a reference to packages\/types/,
    ],
    [
      'that its tsconfig outruns',
      [types, bft({ testReferences: ['packages/types'] })],
      /tsconfig\.test\.json: drop the reference to packages\/types/,
    ],
  ] as const)('%s is refused', (_, members, message) => {
    const problems = problemsOf(...members);
    expect(problems).toContainEqual(expect.stringMatching(message));
  });
});

describe('a source file', () => {
  const uses = (code: string, rest: Partial<Member> = {}) => ledger({ ...rest, files: { 'src/index.ts': code } });
  test.each([
    [
      'an undeclared package',
      [types, uses("import '@zhtp/types';")],
      /'@zhtp\/types' is not declared; add @zhtp\/types to packages\/ledger/,
    ],
    [
      'upwards',
      [store, uses("import '@zhtp/store';", { tag: 'layer:4' })],
      /'@zhtp\/store' is on floor 6, @zhtp\/ledger on floor 4: a package imports only from lower floors/,
    ],
    [
      'from its own floor',
      [store, uses("import '@zhtp/store';", { tag: 'layer:6' })],
      /'@zhtp\/store' is on floor 6, @zhtp\/ledger on floor 6/,
    ],
    ['an undeclared type', [types, uses("import type { T } from '@zhtp/types';")], /not declared/],
    ['an undeclared re-export', [types, uses("export { T } from '@zhtp/types';")], /not declared/],
    ['an undeclared package lazily', [types, uses("await import('@zhtp/types');")], /not declared/],
    ['a test tool', [uses("import 'vitest';")], /'vitest' is not declared/],
    ['a runtime module without its prefix', [uses("import 'fs';")], /'fs' is not declared/],
    ['the package itself', [uses("import '@zhtp/ledger';")], /is the package itself; import the file that declares it/],
    [
      'around a face',
      [types, uses("import '@zhtp/types/src/brand.ts';", { dependencies: ['@zhtp/types'] })],
      /goes around the face of @zhtp\/types; import from @zhtp\/types/,
    ],
    ['a folder of fp-ts', [uses("import 'fp-ts/Either';", { dependencies: ['fp-ts'] })], /use 'fp-ts\/lib\/X\.js'/],
    [
      'another package by path',
      [types, uses("import '../../types/src/index.ts';")],
      /leaves the package; import the other package by its name/,
    ],
    ['its tests', [uses("import '../test/help.ts';")], /leads out of src/],
    ['a file that is not there', [uses("import './gone.ts';")], /'\.\/gone\.ts' does not exist/],
  ] as const)('that imports %s is refused', (_, members, message) => {
    const problems = problemsOf(...members);
    expect(problems).toContainEqual(expect.stringMatching(message));
    expect(problems[0]).toMatch(/^packages\/ledger\/src\/index\.ts: /);
  });

  test('that only mentions an import in a comment or a string passes', () => {
    const code = "// import '@zhtp/types';\nexport const text = \"import '@zhtp/types'\";";
    expect(problemsOf(types, uses(code))).toEqual([]);
  });
});
