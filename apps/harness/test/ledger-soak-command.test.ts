import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const main = join(import.meta.dirname, '..', 'src', 'main.ts');

const soak = (...options: readonly string[]): { readonly status: number | null; readonly output: string } => {
  const ran = spawnSync(process.execPath, ['--conditions=@zhtp/source', main, 'ledger-soak', ...options], {
    encoding: 'utf8',
  });
  return { status: ran.status, output: ran.stdout + ran.stderr };
};

const TINY = ['--blocks', '12', '--accounts', '30', '--transactions', '4'];

test('harness ledger-soak says of each run what happened, and at the end how many were not equal', () => {
  const { status, output } = soak('2', '--seed', '5', ...TINY);
  expect(output).toMatch(/^seed 5: 12 blocks, \d+ transactions, .*app hash [0-9a-f]{64}$/m);
  expect(output).toMatch(/^seed 6: /m);
  expect(output).toMatch(/^ {2}RegisterValidator +\d+ +\d+$/m);
  expect(output).toMatch(/^2 runs, 0 not equal\n$/m);
  expect(status).toBe(0);
});

test('harness ledger-soak prints the same as JSON', () => {
  const { status, output } = soak('1', '--json', ...TINY);
  const [run, sum] = output
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(run).toMatchObject({ seed: 1, equal: true, counts: { blocks: 12 } });
  expect(sum).toMatchObject({ runs: 1, notEqual: [], counts: { blocks: 12 } });
  expect(status).toBe(0);
});

test('harness ledger-soak refuses what it cannot run, and helps with an example', () => {
  expect(soak('0').output).toContain('The number of runs must be a whole number from 1 to 1000000.');
  expect(soak('--help').output).toContain('harness ledger-soak 20');
});
