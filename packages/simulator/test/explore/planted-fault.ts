// Usage: npm run explore:fault -w @zhtp/simulator -- <fault> [properties] [states]. Explores a core with one line changed.
import { registerHooks } from 'node:module';
import { plantedFaults } from './planted-faults.ts';

const [name = '', properties, states = '1000000'] = process.argv.slice(2);
const fault = plantedFaults[name];
if (fault === undefined) throw new Error(`no such fault: ${name}; there are ${Object.keys(plantedFaults).join(', ')}`);

let loaded = 0;
registerHooks({
  load(url, context, nextLoad) {
    const result = nextLoad(url, context);
    if (!url.endsWith(`/packages/bft/src/${fault.file}`)) return result;
    const source = new TextDecoder().decode(
      typeof result.source === 'string' ? new TextEncoder().encode(result.source) : result.source,
    );
    const occurrences = source.split(fault.replaced).length - 1;
    if (occurrences !== 1)
      throw new Error(`${fault.file} has the replaced text ${String(occurrences)} times: ${fault.replaced}`);
    loaded += 1;
    return { ...result, source: source.replace(fault.replaced, fault.by) };
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
const found = explore({
  world,
  search: fault.search,
  statesMax: Number(states),
  properties: watched,
});
const replayed = replay(world, found.trace ?? []);
if (loaded !== 1) throw new Error(`${fault.file} was loaded ${String(loaded)} times`);
process.stdout.write(
  `${JSON.stringify({
    property: found.breach?.property ?? null,
    detail: found.breach?.detail ?? null,
    depth: found.depth,
    states: found.states,
    replayed: replayed.breaches.map(({ property }) => property),
    unsent: replayed.unsent,
    trace: found.trace === null ? [] : describeTrace(found.trace),
  })}\n`,
);
