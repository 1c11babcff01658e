import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

/** Something that goes wrong at an instant of a run, virtual milliseconds, and for how long. */
export type Fault =
  | { readonly _tag: 'Crash'; readonly node: number; readonly atMs: number; readonly forMs: number }
  | { readonly _tag: 'CrashAll'; readonly atMs: number; readonly forMs: number }
  | {
      readonly _tag: 'Partition';
      readonly groups: readonly (readonly number[])[];
      readonly atMs: number;
      readonly forMs: number;
    }
  | { readonly _tag: 'LossBurst'; readonly perMille: number; readonly atMs: number; readonly forMs: number }
  | {
      readonly _tag: 'SlowLinks';
      readonly minMs: number;
      readonly maxMs: number;
      readonly atMs: number;
      readonly forMs: number;
    }
  | {
      readonly _tag: 'SlowDisk';
      readonly node: number;
      readonly maxMs: number;
      readonly atMs: number;
      readonly forMs: number;
    }
  /** The wall clock is off by this much for a while; timers do not notice. */
  | {
      readonly _tag: 'ClockError';
      readonly node: number;
      readonly byMs: number;
      readonly atMs: number;
      readonly forMs: number;
    };

/** For how many nodes a plan is drawn, and how much happens in it. */
export interface FaultPlanOptions {
  readonly nodes: number;
  /** Faults begin before this and have ended by it. */
  readonly quietAtMs: number;
  readonly count: number;
}

const TAGS: readonly Fault['_tag'][] = [
  'Crash',
  'Crash',
  'Crash',
  'CrashAll',
  'Partition',
  'Partition',
  'LossBurst',
  'SlowLinks',
  'SlowDisk',
  'ClockError',
];

/** Splits the nodes into two or three groups, none of them empty by intention only. */
const groupsOf = (random: SeededRandom, nodes: number): readonly (readonly number[])[] => {
  const groups: number[][] = Array.from({ length: random.int(2, 3) }, () => []);
  for (let node = 0; node < nodes; node++) groups[random.int(0, groups.length - 1)]?.push(node);
  return groups;
};

const faultOf = (random: SeededRandom, tag: Fault['_tag'], { nodes, quietAtMs }: FaultPlanOptions): Fault => {
  const atMs = random.int(0, quietAtMs - 1);
  const forMs = random.int(1, quietAtMs - atMs);
  const node = random.int(0, nodes - 1);
  switch (tag) {
    case 'Crash':
      return { _tag: tag, node, atMs, forMs: random.int(1, Math.min(forMs, 4_000)) };
    case 'CrashAll':
      return { _tag: tag, atMs, forMs: random.int(1, Math.min(forMs, 2_000)) };
    case 'Partition':
      return { _tag: tag, groups: groupsOf(random, nodes), atMs, forMs };
    case 'LossBurst':
      return { _tag: tag, perMille: random.int(50, 900), atMs, forMs };
    case 'SlowLinks': {
      const minMs = random.int(0, 400);
      return { _tag: tag, minMs, maxMs: minMs + random.int(0, 2_000), atMs, forMs };
    }
    case 'SlowDisk':
      return { _tag: tag, node, maxMs: random.int(10, 800), atMs, forMs };
    case 'ClockError':
      return { _tag: tag, node, byMs: random.int(-20_000, 20_000), atMs, forMs };
  }
};

/** What goes wrong in a run, from its seed alone, in order of time. */
export const faultPlan = (seed: number, options: FaultPlanOptions): readonly Fault[] => {
  const random = createSeededRandom(seed).fork(3);
  return Array.from({ length: options.count }, () => faultOf(random, random.pick(TAGS) ?? 'Crash', options)).toSorted(
    (a, b) => a.atMs - b.atMs,
  );
};
