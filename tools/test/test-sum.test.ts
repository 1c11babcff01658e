import { describe, expect, test } from 'vitest';
import { closingLines, sumOfRun, type TestReport } from '../test-sum.ts';

const report = (
  success: boolean,
  ...files: readonly (readonly [status: string, ...tests: readonly string[]])[]
): TestReport => ({
  success,
  testResults: files.map(([status, ...tests]) => ({
    status,
    assertionResults: tests.map((test) => ({ status: test, title: 'a test' })),
  })),
});
const task = (target: string, status: number) => ({ taskId: `p:${target}`, target, status });
const lines = (...run: Parameters<typeof sumOfRun>): string => closingLines(sumOfRun(...run));

describe('the sum of a run', () => {
  test('adds up every report', () => {
    const reports = new Map([
      ['p:test', report(true, ['passed', 'passed', 'passed'])],
      ['q:test', report(true, ['passed', 'passed'])],
    ]);
    expect(lines(reports, [task('test', 0)], true)).toBe('\n3 passed, 0 failed');
  });

  test('a failing test counts once, not again for its task', () => {
    const reports = new Map([['p:test', report(false, ['failed', 'passed', 'failed'])]]);
    expect(lines(reports, [task('test', 1)], false)).toBe('\n1 passed, 1 failed');
  });

  test('a file that cannot be imported counts beside failing tests', () => {
    const reports = new Map([['p:test', report(false, ['failed', 'failed'], ['failed'])]]);
    expect(lines(reports, [task('test', 1)], false)).toBe('\n0 passed, 2 failed');
  });

  test('an unhandled error counts though every test passed', () => {
    const reports = new Map([['p:test', report(false, ['passed', 'passed'])]]);
    expect(lines(reports, [task('test', 1)], false)).toBe('\n1 passed, 1 failed');
  });

  test('a failed lint and a failed type check count as one each', () => {
    const reports = new Map([['p:test', report(true, ['passed', 'passed'])]]);
    expect(lines(reports, [task('lint', 1), task('typecheck', 1), task('test', 0)], false)).toBe(
      '\n1 passed, 2 failed',
    );
  });

  test('a test task that left no report counts as a failure', () => {
    expect(lines(new Map(), [task('test', 1)], false)).toBe('\n0 passed, 1 failed');
  });

  test('a run that nx calls failed is never clean', () => {
    expect(lines(new Map(), [], false)).toBe('\n0 passed, 1 failed');
  });

  const skipping = (...titles: readonly string[]) => {
    const assertionResults = titles.map((title) => ({ status: 'skipped', title }));
    return new Map([['p:test', { success: true, testResults: [{ status: 'passed', assertionResults }] }]]);
  };

  test('suites without their outside vectors are named before the sum', () => {
    expect(lines(skipping('needs outside vectors: a.json'), [], true)).toMatch(
      /^\nSkipped suites .*: 1;.*ZHTP_VECTORS.*\n0 passed, 0 failed, 1 skipped$/,
    );
  });

  test('suites without a browser are named in a line of their own', () => {
    expect(lines(skipping('needs a chromium'), [], true)).toMatch(
      /^\nSkipped suites in a browser: 1;.*ZHTP_CHROMIUM.*\n0 passed, 0 failed, 1 skipped$/,
    );
    expect(lines(skipping('needs a chromium', 'needs outside vectors: a.json', 'another'), [], true)).toMatch(
      /^\nSkipped suites .*: 1;.*ZHTP_VECTORS.*\nSkipped suites in a browser: 1;.*\n0 passed, 0 failed, 3 skipped$/,
    );
  });
});
