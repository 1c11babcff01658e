import type { CaseReport } from './case-outcome.ts';
import { tallyOf, type ConformanceReport, type FileReport, type Tally } from './run-conformance.ts';

/** Troubles of one file that are printed; `--json` has all of them. */
const SHOWN = 20;

const seconds = (ms: number): string => `${(ms * 0.001).toFixed(1)} s`;

const counts = (tally: Tally): string =>
  [
    `${String(tally.Passed)} passed`,
    ...(tally.Failed > 0 ? [`${String(tally.Failed)} FAILED`] : []),
    ...(tally.Declared > 0 ? [`${String(tally.Declared)} declared`] : []),
    ...(tally.NotUnderstood > 0 ? [`${String(tally.NotUnderstood)} NOT UNDERSTOOD`] : []),
  ].join(', ');

const trouble = ({ section, name, outcome }: CaseReport): readonly string[] => {
  const where = [section, name].filter((part) => part !== '-').join(' ');
  const at = where === '' ? '' : `${where}: `;
  switch (outcome._tag) {
    case 'Failed':
      return [`    failed          ${at}${outcome.difference}`];
    case 'NotUnderstood':
      return [`    not understood  ${at}${outcome.problem}`];
    case 'Passed':
    case 'Declared':
      return [];
  }
};

/** Declared cases of a file by section and reason. */
const declaredSections = (
  cases: readonly CaseReport[],
): readonly { readonly section: string; readonly reason: string; readonly count: number }[] => {
  const found = new Map<string, { readonly section: string; readonly reason: string; readonly count: number }>();
  for (const { section, outcome } of cases) {
    if (outcome._tag !== 'Declared') continue;
    const key = `${section} ${outcome.reason}`;
    found.set(key, { section, reason: outcome.reason, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()];
};

/** What is printed of a file: a line, and lines below it for whatever did not simply pass. */
export const fileLines = ({ path, kind, cases, remarks, ms }: FileReport): readonly string[] => {
  const troubles = cases.flatMap((entry) => trouble(entry));
  return [
    cases.length === 0 ? `${path}  (${kind})` : `${path}  ${counts(tallyOf(cases))}  ${seconds(ms)}  (${kind})`,
    ...declaredSections(cases).map(
      ({ section, reason, count }) => `    declared        ${section}: ${String(count)}, ${reason}`,
    ),
    ...remarks.map((remark) => `    remark          ${remark}`),
    ...troubles.slice(0, SHOWN),
    ...(troubles.length > SHOWN ? [`    and ${String(troubles.length - SHOWN)} more; --json lists all`] : []),
  ];
};

/** The last lines: totals, time and what they mean. */
export const totalLines = ({ files, totals, isAccountedFor }: ConformanceReport): readonly string[] => [
  '',
  `${String(totals.Passed)} passed, ${String(totals.Failed)} failed, ${String(totals.Declared)} declared, ${String(totals.NotUnderstood)} not understood in ${seconds(files.reduce((sum, { ms }) => sum + ms, 0))}`,
  isAccountedFor ? 'Every case is accounted for.' : 'NOT every case is accounted for.',
];

/** The report as one JSON object. */
export const jsonReport = ({ files, totals, isAccountedFor }: ConformanceReport): string =>
  JSON.stringify(
    {
      accountedFor: isAccountedFor,
      passed: totals.Passed,
      failed: totals.Failed,
      declared: totals.Declared,
      notUnderstood: totals.NotUnderstood,
      files: files.map(({ path, kind, cases, remarks, ms }) => {
        const tally = tallyOf(cases);
        return {
          path,
          kind,
          passed: tally.Passed,
          failed: tally.Failed,
          declared: tally.Declared,
          notUnderstood: tally.NotUnderstood,
          ms: Math.round(ms),
          remarks,
          declaredSections: declaredSections(cases),
          troubles: cases.flatMap(({ section, name, outcome }) =>
            outcome._tag === 'Failed'
              ? [{ section, name, outcome: 'failed', detail: outcome.difference }]
              : outcome._tag === 'NotUnderstood'
                ? [{ section, name, outcome: 'not understood', detail: outcome.problem }]
                : [],
          ),
        };
      }),
    },
    undefined,
    2,
  );
