// Replaces bodies of documented methods by a throw, one at a time, and sees whether the tests that name them fail.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowName, titlePattern } from './coverage.ts';
import { publicPackages } from './exports.ts';
import { bodiesOf } from './method-bodies.ts';
import { mutantOf, MUTANTS, type Mutant } from './mutants.ts';
import type { ReferenceItem } from './reference.ts';

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** One run of a package's tests that name any of the mutants; the names of those that a test noticed. */
export const noticedMutants = (root: string, folder: string, mutants: readonly Mutant[]): ReadonlySet<string> => {
  const scratch = mkdtempSync(join(tmpdir(), 'mutants-'));
  const outputFile = join(scratch, 'report.json');
  const pattern = mutants.map(({ titles }) => titles).join('|');
  const config = join(root, 'tools/api-coverage/mutation.config.ts');
  const { stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '-c',
      config,
      '-t',
      pattern,
      '--reporter=json',
      '--outputFile',
      outputFile,
    ],
    { cwd: join(root, folder), env: { ...process.env, [MUTANTS]: JSON.stringify(mutants) }, encoding: 'utf8' },
  );
  try {
    const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8')) as Report;
    const failed = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => mutantOf(mutants, fullName)?.name);
    return new Set(failed.filter((name) => name !== undefined));
  } catch (cause) {
    throw new Error(`the tests of ${folder} did not run:\n${stderr.slice(-2_000)}`, { cause });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

/** A pseudo-random order, the same for the same seed on every machine. */
const shuffled = <A>(list: readonly A[], seed: number): readonly A[] => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return list
    .map((value) => ({ value, key: next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ value }) => value);
};

export interface MutationOutcome {
  readonly name: string;
  readonly folder: string;
  readonly isNoticed: boolean;
}

/** Mutants of methods that have a body, some of them by seed, or all. */
export const runMutants = (
  root: string,
  methods: readonly ReferenceItem[],
  choice: { readonly count: number; readonly seed: number },
): readonly MutationOutcome[] => {
  const packages = publicPackages(root);
  const planted = methods.flatMap((item) => {
    const found = bodiesOf(root, item, packages);
    const titles = titlePattern(item).source;
    return found === undefined
      ? []
      : [{ folder: found.home.folder, mutant: { name: rowName(item), titles, bodies: found.bodies } }];
  });
  const chosen = shuffled(planted, choice.seed).slice(0, choice.count);
  return [...new Set(chosen.map(({ folder }) => folder))].toSorted().flatMap((folder) => {
    const mine = chosen.filter((each) => each.folder === folder).map(({ mutant }) => mutant);
    const noticed = new Set<string>();
    // A test that names several methods meets one mutant per run.
    for (let left = mine, before = -1; left.length > 0 && noticed.size > before;) {
      before = noticed.size;
      for (const name of noticedMutants(root, folder, left)) noticed.add(name);
      left = left.filter(({ name }) => !noticed.has(name));
    }
    return mine.map(({ name }) => ({ name, folder, isNoticed: noticed.has(name) }));
  });
};
