import { isSettled } from './future-key.ts';
import type { LocalRuns, LocalState } from './local-runs.ts';
import type { Delivery } from './message-table.ts';
import type { LocalPath, NodeClasses } from './node-classes.ts';
import type { Offers } from './offers.ts';
import { LOGS_MAX, type LogTable } from './sent-log.ts';

/*
 * The reduction. What is observable of a node is what it sends and decides; a delivery after which it says nothing is
 * silent. Nodes share nothing but a growing pool of messages, hence:
 *
 * 1. Deliveries at different nodes commute unless one of them sends what the other receives. So a step of the search is
 *    one node's silent deliveries together with the one that makes it speak, all from the pool as it stands.
 * 2. A silent delivery can always come later, since the pool only grows. One that changes nothing of what is said in
 *    this step, and leads to the same local state when it comes right after, is left for later (`isJustInTime`; both
 *    orders are run on the core). By induction on the number of deliveries each run has an equivalent without such.
 * 3. A vote that is only counted (`inert`: the core has no effect and no change but in its tallies) can enable nothing
 *    outside its own round's tallies. It is put right before the delivery of its own tally that does more, or of its own
 *    round if that is a later one (line 55 counts all kinds); what would have used it otherwise fires as well when it
 *    comes after. Within a tally votes come in the order of the table. `test/explore` compares with the search that
 *    does without this point.
 * 4. How a node got to say something is its own affair: the others see what it said. Local states that can stand behind
 *    the same history of what all nodes said form one class, and the search visits classes. Which member is the true
 *    one at one node puts no constraint on the others, so each combination of members is a reachable state.
 *
 * 5. Local states that differ only in votes nobody will count one by one any more are one (`future-key.ts`).
 *
 * Local properties are looked at in every local state met on the way, silent ones included.
 */

interface Waiting {
  readonly at: LocalState;
  readonly path: readonly Delivery[];
  /** The last delivery, if it was an inert vote. */
  readonly open: Delivery | null;
}

export const justInTime = (runs: LocalRuns, offers: Offers, logs: LogTable, bundleVotes: boolean): NodeClasses => {
  const classes: (readonly number[])[] = [];
  const classIds = new Map<string, number>();
  const nextOf = new Map<number, Map<number, readonly number[]>>();
  const stepsOf = new Map<number, Map<number, readonly number[]>>();

  const classOf = (members: readonly number[]): number => {
    const key = members.join(',');
    const known = classIds.get(key);
    if (known !== undefined) return known;
    classes.push(members);
    classIds.set(key, classes.length - 1);
    return classes.length - 1;
  };

  const isJustInTime = (from: LocalState, path: readonly Delivery[], last: Delivery, to: LocalState): boolean =>
    path.every((_delivery, left) => {
      let at = from;
      for (let i = 0; i < path.length; i++) {
        const delivery = path[i];
        if (i === left || delivery === undefined) continue;
        if (isRedundant(at, delivery, bundleVotes)) return true;
        at = runs.step(at, delivery).next;
        if (at.log !== from.log) return true;
      }
      if (isRedundant(at, last, bundleVotes)) return true;
      const postponed = path[left];
      const spoke = runs.step(at, last).next;
      return postponed === undefined || spoke.log === from.log || runs.step(spoke, postponed).next !== to;
    });

  /** All local states on the way out of `from`: `silent` ones, and those in which it spoke just in time. */
  const search = (
    from: LocalState,
    first: number,
    second: number,
    met: (path: LocalPath, silent: boolean) => void,
  ): void => {
    met({ from, deliveries: [], to: from }, true);
    if (from.log.decided !== null) return;
    const offered = offers(runs.self, from.log, [logs.log(first), logs.log(second)]);
    const visited = new Set<string>([`${String(from.id)} `]);
    const waiting: Waiting[] = [{ at: from, path: [], open: null }];
    for (let head = 0; head < waiting.length; head++) {
      const current = waiting[head];
      if (current === undefined) break;
      for (const delivery of offered) {
        if (bundleVotes && current.open !== null && !continues(current, current.open, delivery)) continue;
        if (isRedundant(current.at, delivery, bundleVotes)) continue;
        const { next, inert } = runs.step(current.at, delivery);
        if (next === current.at) continue;
        if (next.log !== from.log) {
          if (isJustInTime(from, current.path, delivery, next))
            met({ from, deliveries: [...current.path, delivery], to: next }, false);
          continue;
        }
        const waits =
          roundOf(next) === roundOf(current.at) && delivery.round > roundOf(next) && delivery.messages.length > 0;
        if (bundleVotes && waits && current.open !== null && delivery.tally === null) continue;
        const open = waits || (inert && delivery.tally !== null) ? delivery : null;
        const key = `${String(next.id)} ${open === null ? '' : String(open.id)}`;
        if (visited.has(key)) continue;
        visited.add(key);
        const path = [...current.path, delivery];
        waiting.push({ at: next, path, open });
        met({ from, deliveries: path, to: next }, true);
      }
    }
  };

  /** A way that the reduction does not take, but ran to compare. */
  const anyPath = (from: LocalState, first: number, second: number, goal: LocalState): LocalPath | null => {
    const offered = offers(runs.self, from.log, [logs.log(first), logs.log(second)]);
    const paths = new Map<LocalState, readonly Delivery[]>([[from, []]]);
    for (const [at, path] of paths) {
      if (at === goal) return { from, deliveries: path, to: goal };
      for (const delivery of offered) {
        const { next } = runs.step(at, delivery);
        if (!paths.has(next)) paths.set(next, [...path, delivery]);
      }
    }
    return null;
  };

  /** Where it can be when it spoke, each place once. */
  const reached = (from: number, first: number, second: number): readonly number[] =>
    memo(stepsOf, from, first * LOGS_MAX + second, () => {
      const ends = new Set<number>();
      search(runs.state(from), first, second, ({ to }, silent) => {
        if (!silent) ends.add(to.id);
      });
      return [...ends];
    });

  return {
    start: classOf([runs.start.id]),
    logOf: (nodeClass) => runs.state(classes[nodeClass]?.[0] ?? 0).log.id,
    next: (nodeClass, first, second) =>
      memo(nextOf, nodeClass, first * LOGS_MAX + second, () => {
        const ends = new Set((classes[nodeClass] ?? []).flatMap((member) => reached(member, first, second)));
        const byLog = Map.groupBy(ends, (id) => runs.state(id).log.id);
        return [...byLog.values()].map((members) => classOf(members.toSorted((a, b) => a - b)));
      }),
    count: () => classes.length,
    membersOf: (nodeClass) => (classes[nodeClass] ?? []).map((id) => runs.state(id)),
    pathTo(nodeClass, first, second, goal) {
      for (const member of classes[nodeClass] ?? []) {
        let path: LocalPath | null = null;
        search(runs.state(member), first, second, (met) => {
          if (met.to === goal) path ??= met;
        });
        if (path !== null) return path;
      }
      return (
        (classes[nodeClass] ?? [])
          .map((member) => anyPath(runs.state(member), first, second, goal))
          .find((path) => path !== null) ?? null
      );
    },
  };
};

/** Point 3: whether a delivery may come right after one that only waits for others. */
const continues = ({ at }: Waiting, open: Delivery, next: Delivery): boolean => {
  if (next.round !== open.round || next.messages.length === 0) return false;
  // A certificate overrules what a liar said here before.
  if (next.messages.length > 1) return next.messages[0]?.kind === open.tally?.kind;
  if (open.round > roundOf(at)) {
    // Whatever else the same validator sent there can wait until the round was entered.
    if (next.messages[0]?.from === open.messages[0]?.from) return false;
    return next.tally === null || open.tally === null || next.id > open.id;
  }
  return next.tally !== null && next.tally.kind === open.tally?.kind && next.id > open.id;
};

const roundOf = ({ core }: LocalState): number => core.height?.machine.round ?? -1;

/**
 * A liar's second vote in a slot counts nowhere and is evidence; in a certificate it counts. Where neither such votes nor
 * point 5 make the difference, a certificate is its votes one by one.
 */
const isRedundant = ({ core, received }: LocalState, { messages, twoFaced }: Delivery, merges: boolean): boolean => {
  const [first] = messages;
  if (first === undefined) return false;
  const settled =
    merges && core.height !== null && first.kind !== 'proposal' && isSettled(core.height, first.kind, first.round);
  if (messages.length === 1) return settled || twoFaced.some(({ rivals }) => (received & rivals) !== 0n);
  return !settled && twoFaced.every(({ vote, rivals }) => (received & vote) !== 0n || (received & rivals) === 0n);
};

const memo = <A>(tables: Map<number, Map<number, A>>, first: number, second: number, compute: () => A): A => {
  let table = tables.get(first);
  if (table === undefined) {
    table = new Map();
    tables.set(first, table);
  }
  const known = table.get(second);
  if (known !== undefined) return known;
  const computed = compute();
  table.set(second, computed);
  return computed;
};
