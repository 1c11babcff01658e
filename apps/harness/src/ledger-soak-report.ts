import { unseen, type LedgerSoakOutcome, type SoakCounts } from '@zhtp/simulator';

const closedText = ({ closed }: SoakCounts): string =>
  closed.size === 0
    ? 'none'
    : [...closed]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([status, count]) => `${status} ${String(count)}`)
        .join(', ');

/** One line for a run: what happened in it, and the state it ended with. */
export const runLine = ({ seed, trouble, counts, appHash }: LedgerSoakOutcome): string => {
  const { happened } = counts;
  const { blocks, transactions, slashes, tombstones, jailed, epochs, parameterChanges, votes, restarts } = happened;
  const line =
    `seed ${String(seed)}: ${String(blocks)} blocks, ${String(transactions)} transactions, ${String(slashes)} slashes ` +
    `(${String(tombstones)} tombstoned), ${String(jailed)} jailed, ${String(epochs)} epochs, ${String(parameterChanges)} changes of parameters, ` +
    `${String(votes)} votes, closed: ${closedText(counts)}, ${String(restarts)} restarts, app hash ${appHash}`;
  return trouble === undefined ? line : `${line}\nNOT EQUAL seed ${String(seed)}, ${trouble}`;
};

/** Per kind of message how many succeeded and how many were refused. */
export const messageLines = (counts: SoakCounts): readonly string[] => [
  'message               succeeded   refused',
  ...[...counts.messages]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([tag, { succeeded, refused }]) =>
        `  ${tag.padEnd(20)}${String(succeeded).padStart(9)} ${String(refused).padStart(9)}`,
    ),
];

/** What of everything that can happen did not: a soak that never saw it says nothing about it. */
export const unseenLine = (counts: SoakCounts): string | undefined => {
  const missing = [
    ...unseen(counts, 'succeeded').map((tag) => `no ${tag} succeeded`),
    ...unseen(counts, 'refused').map((tag) => `no ${tag} was refused`),
  ];
  return missing.length === 0 ? undefined : `not seen: ${missing.join(', ')}`;
};

/** Plain values for `--json`. */
export const countsJson = ({ messages, closed, happened }: SoakCounts): unknown => ({
  ...happened,
  closed: Object.fromEntries(closed),
  messages: Object.fromEntries(messages),
});

export const runJson = ({ seed, trouble, counts, appHash }: LedgerSoakOutcome): unknown => ({
  seed,
  equal: trouble === undefined,
  ...(trouble === undefined ? {} : { trouble }),
  appHash,
  counts: countsJson(counts),
});
