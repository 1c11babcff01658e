// Usage: npm run explore -w @zhtp/simulator -- [states] [walks]. The full exploration whose figures the README gives.
import {
  describeTrace,
  explore,
  FOUR_VALIDATORS,
  PAPER,
  walk,
  WITH_ADDITIONS,
  type BoundedWorld,
  type ExploreOptions,
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

const report = (
  title: string,
  world: BoundedWorld,
  search: ExploreOptions['search'] = 'just-in-time',
  max = statesMax,
): void => {
  const startedAtMs = performance.now();
  const found = explore({ world, search, statesMax: max });
  const seconds = (performance.now() - startedAtMs) / 1000;
  const frontier =
    found.unexpanded === 0 ? 'everything within the bounds' : `${String(found.unexpanded)} states not expanded`;
  say(
    `${title}\n  depth ${String(found.depth)}, ${String(found.states)} distinct states, ${String(found.transitions)} steps, ${frontier}`,
  );
  say(
    `  ${String(found.histories)} histories, core ran ${String(found.coreSteps)} times, ${(found.states / seconds).toFixed(0)} states/s`,
  );
  if (found.breach === null) return;
  say(`  ${found.breach.property} BROKEN: ${found.breach.detail}\n${describeTrace(found.trace ?? []).join('\n')}`);
  process.exitCode = 1;
};

for (const [name, options] of [
  ['paper', PAPER],
  ['additions', WITH_ADDITIONS],
] as const) {
  report(`1 round, reduced, ${name}`, { ...FOUR_VALIDATORS, proposers: [0], options });
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
