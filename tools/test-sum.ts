// Adds up one run of `npm test`: the JSON reports of vitest and the outcome of every nx task.

/** The part of vitest's JSON report that is read here. */
export interface TestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

/** One entry of nx's run.json; tasks that were not run because of an earlier failure do not appear. */
export interface TaskOutcome {
  readonly taskId: string;
  readonly target: string;
  readonly status: number;
}

export interface Sum {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Suites among the skipped that wait for the outside vectors. */
  readonly vectorSuitesSkipped: number;
  /** Suites among the skipped that wait for a browser. */
  readonly browserSuitesSkipped: number;
}

const zero: Sum = { passed: 0, failed: 0, skipped: 0, vectorSuitesSkipped: 0, browserSuitesSkipped: 0 };

const add = (a: Sum, b: Sum): Sum => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  vectorSuitesSkipped: a.vectorSuitesSkipped + b.vectorSuitesSkipped,
  browserSuitesSkipped: a.browserSuitesSkipped + b.browserSuitesSkipped,
});

const sumOfFile = ({ status, assertionResults }: TestReport['testResults'][number]): Sum => {
  const passed = assertionResults.filter((result) => result.status === 'passed').length;
  const failed = assertionResults.filter((result) => result.status === 'failed').length;
  const skipped = assertionResults.filter((result) => result.status !== 'passed' && result.status !== 'failed');
  const waitingFor = (need: string): number => skipped.filter(({ title }) => title.startsWith(`needs ${need}`)).length;
  return {
    passed,
    failed: failed === 0 && status === 'failed' ? 1 : failed, // an import or a hook failed: no test to blame
    skipped: skipped.length,
    vectorSuitesSkipped: waitingFor('outside vectors'),
    browserSuitesSkipped: waitingFor('a chromium'),
  };
};

const sumOfReport = (report: TestReport): Sum => {
  const sum = report.testResults.map(sumOfFile).reduce(add, zero);
  return report.success || sum.failed > 0 ? sum : { ...sum, failed: 1 }; // an unhandled error outside every test
};

/** A failed lint, format, layer, build or type check counts as one failure, and so does a test task that left no report. */
export const sumOfRun = (
  reports: ReadonlyMap<string, TestReport>,
  tasks: readonly TaskOutcome[],
  nxSucceeded: boolean,
): Sum => {
  const tests = [...reports.values()].map(sumOfReport).reduce(add, zero);
  const failedTasks = tasks.filter(
    ({ taskId, target, status }) => status !== 0 && (target !== 'test' || reports.get(taskId)?.success !== false),
  ).length;
  const failed = tests.failed + failedTasks;
  return { ...tests, failed: failed === 0 && !nxSucceeded ? 1 : failed };
};

const hints = ({ vectorSuitesSkipped, browserSuitesSkipped }: Sum): readonly string[] => [
  ...(vectorSuitesSkipped === 0
    ? []
    : [
        `Skipped suites over outside vectors: ${vectorSuitesSkipped}; their folder is absent, set ZHTP_VECTORS to name it.\n`,
      ]),
  ...(browserSuitesSkipped === 0
    ? []
    : [`Skipped suites in a browser: ${browserSuitesSkipped}; no chromium on PATH, set ZHTP_CHROMIUM to name one.\n`]),
];

/** The closing lines of `npm test`; the last one is the sum alone. */
export const closingLines = (sum: Sum): string => {
  const { passed, failed, skipped } = sum;
  return `\n${hints(sum).join('')}${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
};
