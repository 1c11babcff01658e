import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { checkPackage } from '../check-package.ts';
import { moduleProblems } from '../module-rules.ts';
import { packAll } from '../pack.ts';
import { readManifest, type Manifest } from '../published.ts';
import { startRegistry } from '../registry.ts';
import { tarballProblems } from '../tarball-rules.ts';

const root = resolve(import.meta.dirname, '../../..');
const patienceMs = 120_000;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zhtp-faulty-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const readme = (program: string): string =>
  `# fixture\n\n\`\`\`sh\nnpm install fixture\n\`\`\`\n\n\`\`\`ts\n${program}\`\`\`\n`;

const manifest: Manifest = {
  name: 'fixture',
  version: '1.2.3',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  files: ['dist'],
  dependencies: {},
};

const sound: Readonly<Record<string, string>> = {
  LICENSE: 'Apache-2.0',
  'README.md': readme(
    "import assert from 'node:assert';\nimport { answer } from 'fixture';\n\nassert.equal(answer, 42);\n",
  ),
  'dist/index.js': "export { answer } from './answer.js';\n",
  'dist/index.d.ts': "export { answer } from './answer.ts';\n",
  'dist/answer.js': 'export const answer = 42;\n',
  'dist/answer.d.ts': 'export declare const answer: number;\n',
};

/** The folder of the sound package with some files replaced; null leaves one out. */
const fixture = (change: Partial<Manifest>, files: Readonly<Record<string, string | null>> = {}): string => {
  const home = join(folder, 'source');
  const declared = { type: 'module', ...manifest, ...change };
  for (const [path, text] of Object.entries({ ...sound, ...files, 'package.json': JSON.stringify(declared) })) {
    if (text === null) continue;
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  return home;
};

/** Packs such a package, and tries it as the real ones are tried. */
const problemsOf = async (...[change, files]: Parameters<typeof fixture>): Promise<string> => {
  const home = fixture(change, files);
  const packed = await packAll(folder, [{ folder: home, manifest: readManifest(home) }], folder);
  const registry = await startRegistry(root, packed);
  const [first] = packed;
  if (first === undefined) throw new Error('nothing was packed');
  const { problems } = await checkPackage({ root, folder, registry: registry.url }, first);
  await registry.close();
  return problems.join('\n');
};

describe('a check of tarballs that could not fail would be worthless', () => {
  afterEach(() => {
    for (const made of ['source', 'fixture', 'fixture-1.2.3.tgz'])
      rmSync(join(folder, made), { recursive: true, force: true });
  });

  test(
    'a sound package has no problems',
    async () => {
      expect(await problemsOf({})).toBe('');
    },
    patienceMs,
  );

  test(
    'a file that files leaves out is missed, by the manifest, by the example and by the compiler',
    async () => {
      const problems = await problemsOf({ files: ['dist/index.js', 'dist/index.d.ts'] });
      expect(problems).toContain("dist/index.js: './answer.js' is not in the tarball");
      expect(problems).toContain("dist/index.d.ts: './answer.ts' is not in the tarball");
      expect(problems).toContain('the example fails');
      expect(problems).toContain('types, nodenext:');
    },
    patienceMs,
  );

  test(
    'a dependency that is not declared is missed, though the workspace has it',
    async () => {
      const problems = await problemsOf({}, { 'dist/answer.js': "import 'rxjs';\nexport const answer = 42;\n" });
      expect(problems).toContain("dist/answer.js: 'rxjs' is not among the dependencies");
      expect(problems).toMatch(/the example fails:[^]*Cannot find package 'rxjs'/);
    },
    patienceMs,
  );

  test(
    'a dependency of which no fitting version is published stops the installation',
    async () => {
      expect(await problemsOf({ dependencies: { rxjs: '^99.0.0' } })).toMatch(/npm install fails:[^]*rxjs/);
    },
    patienceMs,
  );

  test('tests in the tarball, and a licence that is not, are told', () => {
    const files = [
      'package.json',
      'README.md',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/test/answer.test.js',
      'notes.md',
    ];
    const problems = tarballProblems(manifest, files).join('\n');
    expect(problems).toContain('LICENSE is missing');
    expect(problems).toContain('dist/test/answer.test.js does not belong into the tarball');
    expect(problems).toContain('notes.md does not belong into the tarball');
    expect(problems.split('\n')).toHaveLength(3);
  });

  test('what files, exports or bin name and nobody built is told', () => {
    const files = ['package.json', 'README.md', 'LICENSE'];
    const problems = tarballProblems({ ...manifest, bin: { fixture: './bin/fixture.js' } }, files).join('\n');
    expect(problems).toContain("files names 'dist'");
    expect(problems).toContain('exports["."].types names dist/index.d.ts');
    expect(problems).toContain('exports["."].default names dist/index.js');
    expect(problems).toContain('bin.fixture names bin/fixture.js');
  });

  test('Node.js in the main face is told, in code, in types and through another face; ./node may have it', () => {
    const code = "import 'node:fs';\nexport const answer = 42;\n";
    const types = "export declare const answer: 42 | import('node:fs').Stats;\n";
    const change = {
      exports: { ...manifest.exports, './node': { types: './dist/node.d.ts', default: './dist/node.js' } },
      dependencies: { '@zhtp/store': '^0.1.0' },
    };
    const home = fixture(change, {
      'dist/index.js': "export { answer } from './answer.js';\nexport * from '@zhtp/store/node';\n",
      'dist/answer.js': code,
      'dist/answer.d.ts': types,
      'dist/node.js': code,
      'dist/node.d.ts': types,
    });
    const problems = moduleProblems({ ...manifest, ...change }, home).join('\n');
    expect(problems).toContain("dist/answer.js: 'node:fs' is of Node.js");
    expect(problems).toContain("dist/answer.d.ts: 'node:fs' is of Node.js");
    expect(problems).toContain("dist/index.js: '@zhtp/store/node' is of Node.js");
    expect(problems).not.toContain('dist/node');
  });

  test('a type borrowed from a dependency that is not declared is told', () => {
    const home = fixture(
      {},
      { 'dist/answer.d.ts': "export declare const answer: import('rxjs').Observable<number>;\n" },
    );
    expect(moduleProblems(manifest, home).join('\n')).toContain(
      "dist/answer.d.ts: 'rxjs' is not among the dependencies",
    );
  });

  test(
    'an example that fails, imports what its reader did not install, or does not compile is told',
    async () => {
      const program =
        "import { pipe } from 'fp-ts/lib/function.js';\nimport { answer } from 'fixture';\n\npipe(answer.nothing());\n";
      const problems = await problemsOf({ dependencies: { 'fp-ts': '^2.16.11' } }, { 'README.md': readme(program) });
      expect(problems).toContain("imports 'fp-ts', which the npm install line does not name");
      expect(problems).toContain('answer.nothing is not a function');
      expect(problems).toContain("Property 'nothing' does not exist on type 'number'");
    },
    patienceMs,
  );

  test(
    'a program that does not answer --help is told',
    async () => {
      const problems = await problemsOf(
        { bin: { fixture: './dist/main.js' } },
        { 'dist/main.js': '#!/usr/bin/env node\n' },
      );
      expect(problems).toContain('npx fixture --help does not show the usage of fixture');
    },
    patienceMs,
  );
});
