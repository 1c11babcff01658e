// Usage: npm run explore -w @zhtp/simulator -- [states] [walks]. The full exploration whose figures the README gives.
// The two rounds are seen to their end whatever [states] says; it bounds the search delivery by delivery.
import {
  describeTrace,
  explore,
  FOUR_VALIDATORS,
  PAPER,
  walk,
  WITH_ADDITIONS,
  type BoundedWorld,
  type ExploreOptions,
  type SentLog,
} from '@zhtp/simulator';

const readCount = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`a count must be a whole number, got ${text}`);
  return Number(text);
};

const statesMax = readCount(process.argv[2], 2_000_000);
const walks = readCount(process.argv[3], 2_000);
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** More than any of these worlds has. */
const EVERYTHING = 100_000_000;

const report = (
  title: string,
  world: BoundedWorld,
  search: NonNullable<ExploreOptions['search']>,
  max = statesMax,
  history: NonNullable<ExploreOptions['history']> = () => undefined,
): void => {
  const startedAtMs = performance.now();
  const found = explore({ world, search, statesMax: max, history });
  const seconds = (performance.now() - startedAtMs) / 1000;
  const frontier =
    found.unexpanded === 0 ? 'everything within the bounds' : `${String(found.unexpanded)} states not expanded`;
  say(
    `${title}\n  depth ${String(found.depth)}, ${String(found.states)} distinct states, ${String(found.transitions)} steps, ${frontier}`,
  );
  say(
    `  ${String(found.histories)} histories, core ran ${String(found.coreSteps)} times, ${(found.states / seconds).toFixed(0)} states/s`,
  );
  say(
    `  ${String(found.decidedStates)} states with a decision, ${String(found.laterRoundStates)} where a later round has begun, ${seconds.toFixed(0)} s, ${(process.memoryUsage().rss / 1_048_576).toFixed(0)} MiB`,
  );
  if (max === EVERYTHING && found.unexpanded > 0) process.exitCode = 1;
  if (found.breach === null) return;
  say(`  ${found.breach.property} BROKEN: ${found.breach.detail}\n${describeTrace(found.trace ?? []).join('\n')}`);
  process.exitCode = 1;
};

const twoRounds = { ...FOUR_VALIDATORS, proposers: [0, 3] };
report('2 rounds, 2 values, by turns, to the end', twoRounds, 'by-turns', EVERYTHING);

// Whatever walks through the unreduced space meet must be among what the search found.
const oneValue = { ...twoRounds, values: ['x'] };
const found = new Set<string>();
const historyOf = (logs: readonly SentLog[]): string =>
  JSON.stringify(
    logs.map(({ sent, decided }) => [
      ...sent.map(({ kind, round, value }) => `${kind} ${String(round)} ${String(value)}`),
      decided?.value ?? '',
    ]),
  );
report('2 rounds, 1 value, by turns, to the end', oneValue, 'by-turns', EVERYTHING, (logs) =>
  found.add(historyOf(logs)),
);
// In one round nothing may be missing of what the search without merging meets.
const oneRound = { ...oneValue, proposers: [0] };
const [turns, unmerged] = [new Set<string>(), new Set<string>()];
report('1 round, 1 value, by turns', oneRound, 'by-turns', EVERYTHING, (logs) => turns.add(historyOf(logs)));
report('1 round, 1 value, unmerged', oneRound, 'unmerged', EVERYTHING, (logs) => unmerged.add(historyOf(logs)));
if (turns.size !== unmerged.size || [...unmerged].some((history) => !turns.has(history))) {
  say('  THEIR HISTORIES DIFFER');
  process.exitCode = 1;
}

const met = new Set<string>();
for (let seed = 1; seed <= walks; seed++) walk(seed, 500, oneValue, (logs) => met.add(historyOf(logs)));
// The start is no step of a search.
const missing = [...met].filter((history) => !found.has(history) && history !== '[[""],[""],[""]]');
say(`  ${String(met.size)} histories met by walks, ${String(missing.length)} of them not found`);
if (missing.length > 0) process.exitCode = 1;

for (const [name, options] of [
  ['paper', PAPER],
  ['additions', WITH_ADDITIONS],
] as const) {
  report(`1 round, by turns, ${name}`, { ...FOUR_VALIDATORS, proposers: [0], options }, 'by-turns');
  report(
    `3 rounds, every delivery, ${name}`,
    { ...FOUR_VALIDATORS, options, evidenceContents: true },
    'every-delivery',
  );
}
const sums = { walks: 0, steps: 0, decided: 0, breaches: 0 };
for (let seed = 1; seed <= walks; seed++) {
  const { steps, decided, breach, trace } = walk(seed, 500);
  sums.walks += 1;
  sums.steps += steps;
  sums.decided += decided;
  if (breach === null) continue;
  sums.breaches += 1;
  say(`seed ${String(seed)}: ${breach.property} BROKEN: ${breach.detail}\n${describeTrace(trace).join('\n')}`);
  process.exitCode = 1;
}
say(`walks ${JSON.stringify(sums)}`);
