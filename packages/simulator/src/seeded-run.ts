import { faultPlan, type Fault } from './fault-plan.ts';
import { injectFaults } from './inject-faults.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import type { Violation } from './safety-violation.ts';
import { createTransferLoad, fundedState, loadAccounts, type TransferLoad } from './transfer-load.ts';
import { nullScheme } from './signature-scheme.ts';
import { createWorld, type World } from './world.ts';

/** Everything about a run that its seed decides. */
export interface RunPlan {
  readonly seed: number;
  readonly validators: number;
  readonly fullNodes: number;
  /** Validators whose key a second node runs with, on a disk of its own; less than a third of all. */
  readonly twins: readonly number[];
  /** Virtual milliseconds after which each node starts; late ones sync from genesis. */
  readonly startsAtMs: readonly number[];
  readonly transactions: boolean;
  /** A chain of peers instead of a full mesh. */
  readonly isChain: boolean;
  readonly faults: readonly Fault[];
  /** From here on nothing goes wrong. */
  readonly quietAtMs: number;
}

/** What a seeded run came to. */
export interface RunOutcome {
  readonly plan: RunPlan;
  readonly heights: number;
  /** Contents that twins signed beside another one in the same slot. */
  readonly equivocations: number;
  readonly violations: readonly Violation[];
  /** Peers reported although nobody lies, nodes that stopped, transfers included twice, heights that never came. */
  readonly complaints: readonly string[];
  readonly virtualMs: number;
  readonly events: number;
}

/** Heights every node commits after the faults have stopped. */
const QUIET_HEIGHTS = 3n;
const QUIET_HEIGHTS_MIN = 20n;
const QUIET_AT_MS = 15_000;
const TWINS_PER_MILLE = 250;

/**
 * Virtual milliseconds in which those heights must come. Steps may have grown to some twenty rounds during the faults; a
 * validator whose clock ran ahead may have decided a block time that the others wait for.
 */
const PATIENCE_MS = 240_000;

/** In some runs as many validators as may be faulty have a twin. */
const twinsOf = (random: SeededRandom, validators: number): readonly number[] => {
  if (!random.chance(TWINS_PER_MILLE)) return [];
  const faultyMax = Math.floor((validators - 1) / 3);
  const first = random.int(0, validators - 1);
  return Array.from({ length: random.int(1, faultyMax) }, (_, i) => (first + i) % validators);
};

/** The world and its faults, from the seed alone. */
export const runPlan = (seed: number): RunPlan => {
  const random = createSeededRandom(seed).fork(2);
  const validators = random.int(4, 7);
  const fullNodes = random.chance(300) ? 1 : 0;
  const twins = twinsOf(createSeededRandom(seed).fork(4), validators);
  const nodes = validators + fullNodes + twins.length;
  const startsAtMs = Array.from({ length: nodes }, () => (random.chance(150) ? random.int(0, QUIET_AT_MS) : 0));
  const transactions = random.chance(300);
  const isChain = random.chance(150);
  const faults = faultPlan(seed, { nodes, quietAtMs: QUIET_AT_MS, count: random.int(1, 8) });
  return { seed, validators, fullNodes, twins, startsAtMs, transactions, isChain, faults, quietAtMs: QUIET_AT_MS };
};

const ACCOUNTS = 6;
const TRANSFER_EVERY_MS = 200;

/** Numbers of the nodes that run alone with their key, and of those without one. */
const correctNodes = (plan: RunPlan): readonly number[] =>
  Array.from({ length: plan.validators + plan.fullNodes }, (_, index) => index).filter(
    (index) => !plan.twins.includes(index),
  );

const complaintsOf = (
  world: World,
  plan: RunPlan,
  load: TransferLoad | undefined,
  isLive: boolean,
): readonly string[] => [
  // Twins are reported, and report, as they deserve.
  ...[...(plan.twins.length > 0 ? [] : world.network.counters().offences)].map(
    ([offence, count]) => `${offence} reported ${String(count)} times`,
  ),
  ...correctNodes(plan).flatMap((index) => world.nodes[index]?.fault() ?? []),
  ...(load?.twice() ?? []).map((hash) => `transfer ${hash} is in two blocks`),
  ...(isLive
    ? []
    : [
        `after the faults not every node went on: heads ${world.nodes.map((_node, i) => String(world.record.committedBy(i))).join(' ')}`,
      ]),
];

/** Runs a plan to its end: through its faults, then until every node has committed some more heights. */
export const runPlanned = async (plan: RunPlan): Promise<RunOutcome> => {
  const scheme = nullScheme();
  const accounts = plan.transactions ? loadAccounts(scheme, ACCOUNTS) : [];
  let load: TransferLoad | undefined;
  const world = createWorld({
    seed: plan.seed,
    validators: plan.validators,
    fullNodes: plan.fullNodes,
    twinsOf: plan.twins,
    scheme,
    appState: fundedState(accounts),
    ...(plan.isChain ? { areLinked: (a: number, b: number) => Math.abs(a - b) === 1 } : {}),
    observe: (_node, event) => {
      if (event._tag === 'BlockCommitted') load?.committed(event.block);
    },
  });
  if (plan.transactions) {
    load = createTransferLoad(world, scheme, accounts, TRANSFER_EVERY_MS);
    load.start();
  }
  const { scheduler, record, checker, nodes } = world;
  plan.startsAtMs.forEach((atMs, index) => {
    scheduler.after(atMs, () => {
      if (nodes[index]?.running() === undefined) world.start(index);
    });
  });
  injectFaults(world, plan.faults);

  const isBroken = (): boolean => checker.violations().length > 0;
  await world.runUntil(() => isBroken() || scheduler.nowMs() >= plan.quietAtMs, plan.quietAtMs);
  const heads = correctNodes(plan).map((index) => record.committedBy(index));
  const reached = heads.reduce((a, b) => (a > b ? a : b), 0n) + QUIET_HEIGHTS;
  const target = reached > QUIET_HEIGHTS_MIN ? reached : QUIET_HEIGHTS_MIN;
  const isDone = (): boolean => correctNodes(plan).every((index) => record.committedBy(index) >= target);
  await world.runUntil(() => isBroken() || isDone(), plan.quietAtMs + PATIENCE_MS);
  return {
    plan,
    heights: record.heights().length,
    equivocations: checker.equivocations(),
    violations: checker.violations(),
    complaints: isBroken() ? [] : complaintsOf(world, plan, load, isDone()),
    virtualMs: scheduler.nowMs(),
    events: scheduler.steps(),
  };
};

/** The run that a seed stands for, from its plan to its end. */
export const runSeed = (seed: number): Promise<RunOutcome> => runPlanned(runPlan(seed));

/** Nothing was violated, and nothing else was wrong either. */
export const isClean = ({ violations, complaints }: RunOutcome): boolean =>
  violations.length === 0 && complaints.length === 0;

/** The same failure with fewer faults: leaves out one after another as long as the run still fails. */
export const minimised = async (outcome: RunOutcome): Promise<RunOutcome> => {
  let failing = outcome;
  for (const fault of outcome.plan.faults) {
    const faults = failing.plan.faults.filter((other) => other !== fault);
    const shorter = await runPlanned({ ...failing.plan, faults });
    if (!isClean(shorter)) failing = shorter;
  }
  return failing;
};
