import { PROPERTIES, type Breach, type PropertyId } from './breach.ts';
import { correctPositions, type BoundedWorld } from './bounded-world.ts';
import { byTurns } from './by-turns.ts';
import { everyDelivery } from './every-delivery.ts';
import { futureKey } from './future-key.ts';
import { justInTime } from './just-in-time.ts';
import { createLocalRuns, type LocalRuns } from './local-runs.ts';
import { createMessageTable } from './message-table.ts';
import type { NodeClasses } from './node-classes.ts';
import { createOffers } from './offers.ts';
import { createLogTable, LOGS_MAX, type LogTable, type SentLog } from './sent-log.ts';
import { brokenTogether } from './shared-properties.ts';
import { createStateStore, type StateStore, type Triple } from './state-store.ts';
import { turnKey } from './turn-key.ts';
import { createTurnMenu } from './turn-menu.ts';
import { counterexample, type Trace } from './counterexample.ts';

/** What is explored, how far, and who watches. */
export interface ExploreOptions {
  readonly world: BoundedWorld;
  /** Stop after this many distinct states. */
  readonly statesMax: number;
  /** Do not expand states at this depth. */
  readonly depthMax?: number;
  /** `by-turns` goes furthest. `every-delivery`: no reduction. `unmerged`: `just-in-time` without its points 3 and 5. */
  readonly search?: 'by-turns' | 'just-in-time' | 'unmerged' | 'every-delivery';
  /** Look at these only; all of them when left out. */
  readonly properties?: readonly PropertyId[];
  /** Called with each new history: what the correct nodes said, in order of position. */
  readonly history?: (logs: readonly SentLog[]) => void;
  readonly observe?: (progress: { readonly depth: number; readonly states: number }) => void;
}

/** What an exploration saw. */
export interface Exploration {
  /** Distinct states visited. */
  readonly states: number;
  /** Distinct steps between them that were taken. */
  readonly transitions: number;
  /** The greatest number of steps from the start. */
  readonly depth: number;
  /** How often the core ran; all else is looked up. */
  readonly coreSteps: number;
  /** Classes of local states, over all nodes. */
  readonly classes: number;
  /** Different histories of what all nodes said and decided. */
  readonly histories: number;
  /** Those in which every correct node, some, or none decided. */
  readonly decidedHistories: readonly [none: number, some: number, all: number];
  /** States in which somebody has decided. */
  readonly decidedStates: number;
  /** States in which somebody has spoken in a round after the first. */
  readonly laterRoundStates: number;
  /** States that were reached and not expanded: 0 means that everything within the bounds was seen. */
  readonly unexpanded: number;
  readonly breach: Breach | null;
  /** How the breach comes about, shortest first in the steps of the search. */
  readonly trace: Trace | null;
}

/** Everything a search and its traces look things up in. */
export interface SearchSpace {
  readonly world: BoundedWorld;
  readonly runs: readonly [LocalRuns, LocalRuns, LocalRuns];
  readonly classes: readonly [NodeClasses, NodeClasses, NodeClasses];
  readonly logs: LogTable;
  readonly store: StateStore;
}

/** Breadth first through all states of three correct nodes and what liars can do to them. */
export const explore = (options: ExploreOptions): Exploration => {
  const { world, statesMax, depthMax = Number.POSITIVE_INFINITY, search = 'by-turns', observe } = options;
  const watched = new Set<PropertyId>(options.properties ?? PROPERTIES);
  const [a, b, c, ...more] = correctPositions(world);
  if (a === undefined || b === undefined || c === undefined || more.length > 0)
    throw new Error(
      `an exploration has exactly three correct validators, this world has ${String(world.powers.length - world.byzantine.length)}`,
    );
  const table = createMessageTable(world.byzantine);
  const logs = createLogTable();
  const offers = createOffers(world, table);
  const merge = search === 'by-turns' ? turnKey(world) : search === 'just-in-time' ? futureKey(world) : null;
  const runsOf = (self: number): LocalRuns => createLocalRuns(world, self, table, logs, merge);
  const menu = createTurnMenu(world, table, offers);
  const classesOf = (runs: LocalRuns): NodeClasses => {
    if (search === 'every-delivery') return everyDelivery(runs, offers, logs);
    return search === 'by-turns' ? byTurns(runs, menu, logs) : justInTime(runs, offers, logs, merge !== null);
  };
  const runs = [runsOf(a), runsOf(b), runsOf(c)] as const;
  const classes = [classesOf(runs[0]), classesOf(runs[1]), classesOf(runs[2])] as const;
  const store = createStateStore();
  const space: SearchSpace = { world, runs, classes, logs, store };

  const histories = new Map<number, Breach | null>();
  const decidedHistories: [number, number, number] = [0, 0, 0];
  const judge = (triple: Triple): Breach | null => {
    const ids = [classes[0].logOf(triple[0]), classes[1].logOf(triple[1]), classes[2].logOf(triple[2])] as const;
    const key = (ids[0] * LOGS_MAX + ids[1]) * LOGS_MAX + ids[2];
    const known = histories.get(key);
    if (known !== undefined) return known;
    const spoken = ids.map((id, i) => [runs[i]?.self ?? -1, logs.log(id)] as const);
    const found = brokenTogether(world, spoken).find(({ property }) => watched.has(property)) ?? null;
    histories.set(key, found);
    options.history?.(spoken.map(([, log]) => log));
    const decided = spoken.filter(([, log]) => log.decided !== null).length;
    decidedHistories[decided === 0 ? 0 : decided === spoken.length ? 2 : 1] += 1;
    return found;
  };

  let transitions = 0;
  let decidedStates = 0;
  let laterRoundStates = 0;
  const count = (triple: Triple): void => {
    const said = triple.map((nodeClass, i) => logs.log(classes[i]?.logOf(nodeClass) ?? 0));
    if (said.some(({ decided }) => decided !== null)) decidedStates += 1;
    if (said.some(({ sent }) => (sent.at(-1)?.round ?? 0) > 0)) laterRoundStates += 1;
  };
  let head = 0;
  let depth = 0;
  let level = 0;
  let levelEnd = 1;
  const finish = (breach: Breach | null, trace: Trace | null): Exploration => ({
    states: store.size(),
    transitions,
    depth,
    coreSteps: runs.reduce((sum, each) => sum + each.coreSteps(), 0),
    classes: classes.reduce((sum, each) => sum + each.count(), 0),
    histories: histories.size,
    decidedHistories,
    decidedStates,
    laterRoundStates,
    unexpanded: store.size() - head,
    breach,
    trace,
  });

  store.add(classes[0].start, classes[1].start, classes[2].start, -1);
  for (; head < store.size() && store.size() < statesMax; head++) {
    if (head === levelEnd) {
      level += 1;
      levelEnd = store.size();
      observe?.({ depth: level, states: levelEnd });
      if (level === depthMax) break;
    }
    const at = store.at(head);
    const [x, y, z] = [classes[0].logOf(at[0]), classes[1].logOf(at[1]), classes[2].logOf(at[2])];
    for (let node = 0; node < 3; node++) {
      const here = node === 0 ? 0 : node === 1 ? 1 : 2;
      const nextClasses = classes[here].next(at[here], here === 0 ? y : x, here === 2 ? y : z);
      for (const { breach, from, delivery } of runs[here].takeBreaches())
        if (watched.has(breach.property))
          return finish(breach, counterexample(space, head, { node: here, from, delivery }));
      for (const next of nextClasses) {
        transitions += 1;
        const triple: Triple = [here === 0 ? next : at[0], here === 1 ? next : at[1], here === 2 ? next : at[2]];
        const added = store.add(...triple, head);
        if (added < 0) continue;
        count(triple);
        depth = level + 1;
        const breach = judge(triple);
        if (breach !== null) return finish(breach, counterexample(space, added, null));
      }
    }
  }
  return finish(null, null);
};
