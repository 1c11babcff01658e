import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const main = join(import.meta.dirname, '..', 'src', 'main.ts');

const harness = (...options: readonly string[]): { readonly status: number | null; readonly output: string } => {
  const ran = spawnSync(process.execPath, ['--conditions=@zhtp/source', main, 'explore', ...options], {
    encoding: 'utf8',
  });
  return { status: ran.status, output: ran.stdout + ran.stderr };
};

test('harness explore sees one round to its end and says so', { timeout: 120_000 }, () => {
  const { status, output } = harness('--search', 'just-in-time', '--rounds', '1', '--values', '1');
  expect(output).toMatch(/depth +9\nstates +\d+ distinct/);
  expect(output).toContain('everything within the bounds was seen');
  expect(output).toMatch(/decided +[1-9]\d* states, 0 beyond the first round/);
  expect(status).toBe(0);
});

test('harness explore stops at the number of states asked for and says what was left', { timeout: 120_000 }, () => {
  const { status, output } = harness('--states', '2000');
  expect(output).toMatch(/frontier +\d+ states not expanded/);
  expect(status).toBe(0);
});

test('harness explore walks by seed, and the same seed prints the same', { timeout: 120_000 }, () => {
  const once = harness('--random', '--seed', '5', '--walks', '3', '--steps', '100');
  expect(once.output).toMatch(/walks +3, \d+ steps, \d+ decisions/);
  expect(harness('--random', '--seed', '5', '--walks', '3', '--steps', '100')).toEqual(once);
});

test('harness explore refuses bounds it cannot keep', { timeout: 120_000 }, () => {
  const { status, output } = harness('--rounds', '4');
  expect(output).toContain('The number of rounds must be a whole number from 1 to 3.');
  expect(status).not.toBe(0);
});

test(
  'harness explore refuses an option of the search it does not run, instead of ignoring it',
  { timeout: 120_000 },
  () => {
    const exhaustive = harness('--walks', '5', '--steps', '9');
    expect(exhaustive.output).toContain('--walks, --steps: only with --random');
    expect(exhaustive.status).toBe(1);
    const walked = harness('--random', '--walks', '1', '--rounds', '1', '--additions');
    expect(walked.output).toContain('--rounds, --additions: not with --random');
    expect(walked.status).toBe(1);
  },
);
