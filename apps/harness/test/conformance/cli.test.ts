import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readVector, vectorsFolder } from '@zhtp/testing';
import { expect, test } from 'vitest';
import { folderOf, quorums } from './support.ts';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

const harness = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--conditions=@zhtp/source', 'src/main.ts', ...args], {
    cwd: packageFolder,
    encoding: 'utf8',
  });

const MEDIAN = { weightedMedianTime: [{ samples: [[0, 33]], total: 33, median: 0 }] };

test('a folder in which every case passes or is declared ends with 0 and the totals', () => {
  const folder = folderOf({ 'good/a.json': { ...quorums(true), ...MEDIAN }, 'README.md': 'x' });
  const { status, stdout, stderr } = harness('conformance', folder);
  expect(stdout).toMatch(/good\/a\.json {2}1 passed, 1 declared {2}\d+\.\d s {2}\(quorums, votes and commits\)/);
  expect(stdout).toMatch(/declared +weightedMedianTime: 1, block time is its proposer’s/);
  expect(stdout).toMatch(
    /\n1 passed, 0 failed, 1 declared, 0 not understood in \d+\.\d s\nEvery case is accounted for.\n$/,
  );
  expect([status, stderr]).toEqual([0, '']);
});

test('one failing case ends with 1 and names the case and the difference', () => {
  const { status, stdout } = harness('conformance', folderOf({ 'a.json': quorums(true, false) }));
  expect(stdout).toContain('1 passed, 1 FAILED');
  expect(stdout).toContain(
    'failed          quorum_strictly_more_than_two_thirds #2: 7 of 10: expected false, got true',
  );
  expect(stdout).toMatch(/1 passed, 1 failed, 0 declared, 0 not understood in .*\nNOT every case is accounted for.\n$/);
  expect(status).toBe(1);
});

test('what is not understood ends with 1', () => {
  const { status, stdout } = harness('conformance', folderOf({ 'a.json': { who: 'knows' } }));
  expect(stdout).toContain('not understood  no known format');
  expect(status).toBe(1);
});

test('nothing to run ends with 1 and says why', () => {
  for (const [args, message] of [
    [['/nowhere/at/all'], 'error: /nowhere/at/all does not exist'],
    [[folderOf({})], 'holds no file'],
    [[folderOf({ 'a.json': quorums(true) }), '--only', 'b'], 'has b in its path'],
    [[], "missing required argument 'folder'"],
  ] as const) {
    const { status, stdout, stderr } = harness('conformance', ...args);
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([1, '']);
  }
});

test('--only takes the files whose path contains a part', () => {
  const folder = folderOf({ 'x/a.json': quorums(true), 'y/a.json': quorums(false) });
  expect(harness('conformance', folder, '--only', 'x/').status).toBe(0);
  expect(harness('conformance', folder, '--only', 'y/').status).toBe(1);
});

test('--json prints one object with every trouble', () => {
  const folder = folderOf({ 'a.json': quorums(true, ...Array.from({ length: 30 }, () => false)) });
  const { status, stdout } = harness('conformance', folder, '--json');
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({ accountedFor: false, passed: 1, failed: 30, declared: 0, notUnderstood: 0 });
  expect(report).toHaveProperty('files.0.troubles.length', 30);
  expect(report).toHaveProperty('files.0.troubles.29.name', '#31');
  expect(status).toBe(1);
  expect(harness('conformance', folder).stdout).toContain('and 10 more; --json lists all');
});

const readmeSection = (): string =>
  /\n## Conformance\n(.*?)(?=\n## |$)/s.exec(readFileSync(`${packageFolder}README.md`, 'utf8'))?.[1] ?? '';

test('the help has examples, and every option of the README is one of the command', () => {
  const { status, stdout } = harness('conformance', '--help');
  expect(status).toBe(0);
  expect(stdout).toContain('harness conformance ./vectors --only consensus');
  const options = new Set(readmeSection().match(/--[a-z]+/g));
  expect([...options].toSorted()).toEqual(['--json', '--only']);
  for (const option of options) expect(stdout).toContain(option);
});

test.skipIf(vectorsFolder() === null)('what the README shows is what is printed, times apart', () => {
  const [, name = ''] = /```text\n(\S+\.json)/.exec(readmeSection()) ?? [];
  const shown = /```text\n(.*?)```/s.exec(readmeSection())?.[1] ?? '';
  const untimed = (text: string): string => text.replaceAll(/\d+\.\d s/g, 'T');
  const { stdout } = harness('conformance', folderOf({ [name]: readVector<unknown>(`consensus/${name}`) }));
  expect(untimed(stdout)).toBe(untimed(shown));
});
