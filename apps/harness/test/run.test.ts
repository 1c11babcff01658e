import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const harness = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--conditions=@zhtp/source', 'src/main.ts', ...args], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
  });

test('the same seed prints the same bytes, twice', () => {
  const args = ['run', '--heights', '12', '--seed', '7', '--loss', '20%', '--crash', '1', '--transactions'];
  const [first, second] = [harness(...args), harness(...args)];
  expect(first.status).toBe(0);
  expect(first.stdout).toContain('decided        12 of 12 heights');
  expect(second.stdout).toBe(first.stdout);
});

test('another seed goes another way', () => {
  const digests = ['1', '2'].map((seed) => harness('run', '--heights', '3', '--seed', seed).stdout.split('\n').at(-2));
  expect(digests[0]).toMatch(/^state digest {3}[0-9a-f]{64}$/);
  expect(digests[1]).not.toBe(digests[0]);
});

test('wall-clock figures go to stderr, and only when asked for', () => {
  const quiet = harness('run', '--heights', '2');
  const timed = harness('run', '--heights', '2', '--timing');
  expect(quiet.stderr).toBe('');
  expect(timed.stderr).toMatch(/^\d+ ms, [\d.]+ ms per height, \d+ events\n$/);
  expect(timed.stdout).toBe(quiet.stdout);
});

test('real signatures decide too', () => {
  const { status, stdout } = harness('run', '--heights', '1', '--real-keys');
  expect(status).toBe(0);
  expect(stdout).toContain('ML-DSA-65');
});

test('a bad number is refused with what to write instead', () => {
  const refusals: readonly (readonly [readonly string[], string])[] = [
    [['--heights', '0'], 'The number of heights must be a whole number from 1 to 1000000.'],
    [['--validators', '4.5'], 'The number of validators must be a whole number from 1 to 200.'],
    [['--seed', '-1'], 'The seed must be a whole number'],
    [['--loss', '95%'], 'Loss must be from 0% to 90%, written like 20% or 200‰.'],
    [['--delay', '60..5'], 'Delays must be written like 5..60'],
    [['--crash', '2'], '--crash 2 leaves 2 of 4 validators'],
  ];
  for (const [args, message] of refusals) {
    const { status, stderr, stdout } = harness('run', ...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  }
});

test('the help shows examples', () => {
  const { status, stdout } = harness('run', '--help');
  expect(status).toBe(0);
  expect(stdout).toContain('harness run --seed 7 --heights 1000 --loss 20% --crash 1');
});
