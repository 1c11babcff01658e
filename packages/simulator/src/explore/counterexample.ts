import { nameOf } from './bounded-world.ts';
import type { SearchSpace } from './explore.ts';
import type { LocalState } from './local-runs.ts';
import type { Delivery } from './message-table.ts';
import type { LocalPath } from './node-classes.ts';
import { describeGrowth, type SentLog } from './sent-log.ts';
import type { Triple } from './state-store.ts';

/** One node's turn: what reached it, in order, and what it did after the last of it. */
export interface TraceStep {
  readonly node: string;
  readonly receives: readonly string[];
  readonly deliveries: readonly Delivery[];
  readonly does: string;
}

/** Turns in their order. */
export type Trace = readonly TraceStep[];

/** A property broken inside a node on its way from the last state of the search. */
export interface LocalEnd {
  readonly node: number;
  readonly from: LocalState;
  readonly delivery: Delivery;
}

interface Turn {
  readonly node: number;
  readonly nodeClass: number;
  readonly others: readonly [number, number];
  readonly path: LocalPath | null;
}

/** The run that leads to a state of the search, spelled out delivery by delivery. */
export const counterexample = (space: SearchSpace, index: number, end: LocalEnd | null): Trace => {
  const { store, classes } = space;
  const chain: Triple[] = [];
  for (let at = index; at >= 0; at = store.parentOf(at)) chain.unshift(store.at(at));
  const last = chain.at(-1);
  if (last === undefined) return [];
  const turns: Turn[] = chain.slice(1).map((after, i) => {
    const before = chain[i] ?? after;
    const node = after.findIndex((nodeClass, n) => nodeClass !== before[n]);
    return { node, nodeClass: before[node] ?? 0, others: othersOf(space, before, node), path: null };
  });

  const ending = end === null ? null : endingOf(space, last, end);
  const spelled: Turn[] = [...turns];
  classes.forEach((nodeClasses, node) => {
    let goal = ending?.node === node ? ending.path.from : nodeClasses.membersOf(last[node] ?? 0)[0];
    for (let i = turns.length - 1; i >= 0; i--) {
      const turn = turns[i];
      if (turn?.node !== node || goal === undefined) continue;
      const path = nodeClasses.pathTo(turn.nodeClass, turn.others[0], turn.others[1], goal);
      spelled[i] = { ...turn, path };
      goal = path?.from;
    }
  });
  const steps = spelled.map((turn) => stepOf(space, turn));
  return ending === null ? steps : [...steps, stepOf(space, ending)];
};

const othersOf = ({ classes }: SearchSpace, triple: Triple, node: number): readonly [number, number] => {
  const [x, y, z] = [classes[0].logOf(triple[0]), classes[1].logOf(triple[1]), classes[2].logOf(triple[2])];
  return [node === 0 ? y : x, node === 2 ? y : z];
};

const endingOf = (
  space: SearchSpace,
  last: Triple,
  { node, from, delivery }: LocalEnd,
): (Turn & { readonly path: LocalPath }) | null => {
  const nodeClass = last[node] ?? 0;
  const others = othersOf(space, last, node);
  const silent = space.classes[node]?.pathTo(nodeClass, others[0], others[1], from) ?? null;
  const runs = space.runs[node];
  if (silent === null || runs === undefined) return null;
  const path = { ...silent, deliveries: [...silent.deliveries, delivery], to: runs.step(from, delivery).next };
  return { node, nodeClass, others, path };
};

const stepOf = ({ runs }: SearchSpace, { node, path }: Turn): TraceStep => ({
  node: nameOf(runs[node]?.self ?? 0),
  receives: path?.deliveries.map(({ label }) => label) ?? [],
  deliveries: path?.deliveries ?? [],
  does: path === null ? '' : whatItDid(path.from, path.to, path.from.log, path.to.log),
});

const whatItDid = (from: LocalState, to: LocalState, before: SentLog, after: SentLog): string => {
  const [was, is] = [from.core.height?.machine, to.core.height?.machine];
  const moved = was?.round === is?.round ? [] : [`enters round ${String(is?.round ?? 0)}`];
  const show = (lock: { readonly value: string; readonly round: number } | null | undefined): string =>
    lock === null || lock === undefined ? 'nothing' : `${lock.value} of round ${String(lock.round)}`;
  const locked =
    was?.locked?.value === is?.locked?.value && was?.locked?.round === is?.locked?.round
      ? []
      : [`is locked on ${show(is?.locked)}`];
  const said = describeGrowth(before, after);
  return [...moved, ...locked, ...(said === '' ? [] : [said])].join(', ');
};

/** One line per turn. */
export const describeTrace = (trace: Trace): readonly string[] =>
  trace.map(
    ({ node, receives, does }, i) =>
      `${String(i + 1)}. ${node} gets [${receives.join('] [')}]: ${does === '' ? 'says nothing' : does}`,
  );
