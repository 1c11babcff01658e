import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPackage } from '../check-package.ts';
import { checkTogether } from '../check-together.ts';
import { emptyProject } from '../empty-project.ts';
import { packAll } from '../pack.ts';
import { publishedPackages } from '../published.ts';
import { startRegistry, type Packed, type Registry } from '../registry.ts';

const root = resolve(import.meta.dirname, '../../..');
const packages = publishedPackages(root);
const names = packages.map(({ manifest }) => manifest.name);
const packed = new Map<string, Packed>();
const patienceMs = 300_000; // an installation beside other work on the machine

let folder = '';
let registry: Registry | undefined;

const surroundings = () => ({ root, folder, registry: registry?.url ?? '' });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zhtp-packages-'));
  for (const one of await packAll(root, packages, folder)) packed.set(one.manifest.name, one);
  registry = await startRegistry(root, [...packed.values()]);
}, patienceMs);

afterAll(async () => {
  await registry?.close();
  rmSync(folder, { recursive: true, force: true });
}, patienceMs);

describe('in an empty project, from its tarball', () => {
  test.concurrent.each(names)(
    '%s holds what it declares, imports what it declares, runs the example of its README and resolves its types',
    async (name) => {
      const one = packed.get(name);
      if (one === undefined) throw new Error(`${name} was not packed`);
      const { files, dependencies, problems } = await checkPackage(surroundings(), one);
      expect(problems.join('\n')).toBe('');
      console.log(
        `${name} ${one.manifest.version}: ${files} files, ${dependencies} dependencies installed, example and types good`,
      );
    },
    patienceMs,
  );

  test(
    'all of them together, with their examples, resolve for a bundler, and without the types of Node.js for a browser',
    async () => {
      expect((await checkTogether(surroundings(), [...packed.values()])).join('\n')).toBe('');
    },
    patienceMs,
  );
});

test(
  'npx @zhtp/harness conformance runs a folder of vectors with what its tarball brought, and fails on a wrong one',
  async () => {
    const harness = packed.get('@zhtp/harness');
    const project = emptyProject(folder, 'conformance', surroundings().registry);
    expect(await project.npm('install', harness?.archive ?? '')).toMatchObject({ status: 0 });
    const vectorsWith = (met: boolean): void => {
      mkdirSync(join(project.folder, 'vectors'), { recursive: true });
      const cases = [{ weight: 7, total: 10, met }];
      project.write('vectors/quorum.json', JSON.stringify({ quorum_strictly_more_than_two_thirds: cases }));
    };
    vectorsWith(true);
    const right = await project.npx('@zhtp/harness', 'conformance', 'vectors');
    expect(right).toMatchObject({ status: 0, output: expect.stringContaining('1 passed, 0 failed') as unknown });
    vectorsWith(false);
    const wrong = await project.npx('@zhtp/harness', 'conformance', 'vectors');
    expect(wrong).toMatchObject({ status: 1, output: expect.stringContaining('0 passed, 1 failed') as unknown });
  },
  patienceMs,
);

test('no published package is forgotten', () => {
  expect(names.length).toBeGreaterThanOrEqual(17);
  expect(names).toContain('@zhtp/engine');
  expect(names).toContain('@zhtp/harness');
});
