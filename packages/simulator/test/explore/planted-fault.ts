// Usage: npm run explore:fault -w @zhtp/simulator -- <fault> [properties] [states]. Explores a core with one line changed.
import { Session } from 'node:inspector';
import { registerHooks } from 'node:module';
import { blindFaults, plantedFaults } from './planted-faults.ts';

const [name = '', properties, states = '1000000'] = process.argv.slice(2);
const fault = plantedFaults[name] ?? blindFaults[name];
if (fault === undefined) throw new Error(`no such fault: ${name}; there are ${Object.keys(plantedFaults).join(', ')}`);

const isFaulty = (url: string): boolean => url.endsWith(`/packages/bft/src/${fault.file}`);
let loaded = 0;
let plantedAt = -1;
registerHooks({
  load(url, context, nextLoad) {
    const result = nextLoad(url, context);
    if (!isFaulty(url)) return result;
    const source = new TextDecoder().decode(
      typeof result.source === 'string' ? new TextEncoder().encode(result.source) : result.source,
    );
    const occurrences = source.split(fault.replaced).length - 1;
    if (occurrences !== 1)
      throw new Error(`${fault.file} has the replaced text ${String(occurrences)} times: ${fault.replaced}`);
    loaded += 1;
    plantedAt = source.indexOf(fault.replaced);
    // By a function: in a text, `$` would stand for parts of what was found.
    return { ...result, source: source.replace(fault.replaced, () => fault.by) };
  },
});

// Not by the package's face: that would load the whole engine for each fault.
const { FOUR_VALIDATORS } = await import('../../src/explore/bounded-world.ts');
const { PROPERTIES } = await import('../../src/explore/breach.ts');
const { describeTrace } = await import('../../src/explore/counterexample.ts');
const { explore } = await import('../../src/explore/explore.ts');
const { replay } = await import('../../src/explore/replay.ts');
const asked = properties?.split(',') ?? fault.watched;
const watched = PROPERTIES.filter((property) => asked?.includes(property) ?? true);
const world = { ...FOUR_VALIDATORS, ...fault.world };
const search = (statesMax: number): ReturnType<typeof explore> =>
  explore({ world, search: fault.search, statesMax, properties: watched });

/** Enough to run every line that a search runs at all, few enough to be repeated under V8's counters. */
const STATES_TO_SEE_IT_RUN = 10_000;

/** Whether the innermost block around the planted text runs in the search. */
const doesPlantRun = (): boolean => {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  search(Math.min(Number(states), STATES_TO_SEE_IT_RUN));
  let around = { length: Number.POSITIVE_INFINITY, count: 0 };
  session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
    for (const { functions } of result.filter(({ url }) => isFaulty(url)))
      for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges))
        if (startOffset <= plantedAt && plantedAt < endOffset && endOffset - startOffset < around.length)
          around = { length: endOffset - startOffset, count };
  });
  session.disconnect();
  return around.count > 0;
};

const found = search(Number(states));
if (loaded !== 1) throw new Error(`${fault.file} was loaded ${String(loaded)} times`);
if (found.breach === null)
  throw new Error(
    `nothing found in ${String(found.states)} states, with ${fault.by} in ${fault.file}: ${
      doesPlantRun()
        ? 'it ran, and made no difference that these properties see'
        : 'it never ran: another line decides now'
    }`,
  );
const replayed = replay(world, found.trace ?? []);
process.stdout.write(
  `${JSON.stringify({
    property: found.breach.property,
    detail: found.breach.detail,
    depth: found.depth,
    states: found.states,
    replayed: replayed.breaches.map(({ property }) => property),
    unsent: replayed.unsent,
    trace: found.trace === null ? [] : describeTrace(found.trace),
  })}\n`,
);
