import { nameOf } from './bounded-world.ts';
import type { Breach } from './breach.ts';
import type { LocalRuns, LocalState } from './local-runs.ts';
import type { Delivery } from './message-table.ts';
import type { LocalPath, NodeClasses } from './node-classes.ts';
import { LOGS_MAX, type LogTable } from './sent-log.ts';
import type { TurnMenu } from './turn-menu.ts';

/*
 * A class is one local state in which a node has just spoken, a step is one turn: what it is given in a row until it
 * speaks again. Why turns of the menu (`turn-menu.ts`) are enough for the properties in these worlds:
 *
 * 1. Nodes share nothing but a pool of messages that only grows, so whatever a node was given silently it can be given
 *    later, right before the delivery that makes it speak. Entering a round and learning a valid value are silent too;
 *    they are tried in front of every turn.
 * 2. What is counted by then and not needed constrains nothing: a value's quorum overrules it as a certificate, a nil
 *    precommit needs prevotes of any kind and a timeout, leaving a round precommits of any kind and a timeout. Hence one
 *    of several ways to the same words will do, and `turn-key.ts` forgets settled votes.
 * 3. A decision says nothing that others wait for: a node that decides can as well wait for the others and decide last,
 *    from the state it was in. So after a decision others only decide. Every agreement and disagreement is still met.
 *
 * 1 and 2 lean on what the paper's rules read, so they are checked, not only argued: no history that walks through the
 * unreduced space or the other searches meet may be missing from what this search found (`test/explore`).
 * Left out: which earlier polka a prevote claims (`polRound`), where a node has several to choose from.
 */
export const byTurns = (runs: LocalRuns, menu: TurnMenu, logs: LogTable): NodeClasses => {
  const known = new Map<number, Map<number, readonly number[]>>();

  /** Ends when `met` or `passed` says that it has seen enough. */
  const search = (
    from: LocalState,
    first: number,
    second: number,
    met: (path: LocalPath) => boolean,
    passed: ((path: LocalPath) => boolean) | null,
  ): void => {
    const others = [logs.log(first), logs.log(second)];
    const decided = others.some((log) => log.decided !== null);
    const paths = new Map<LocalState, readonly Delivery[]>([[from, []]]);
    for (const [at, before] of paths) {
      const { groups, commits } = menu(runs.self, at, others);
      if (at === from)
        for (const commit of commits) {
          const { next } = runs.step(from, commit);
          if (next.log.decided === null) runs.report({ breach: undecided(runs.self, commit), from, delivery: commit });
          else if (met({ from, deliveries: [commit], to: next })) return;
        }
      for (const group of groups) {
        const outcomes = new Set<string>();
        for (const move of group) {
          let to = at;
          let taken = 0;
          for (const delivery of move) {
            to = runs.step(to, delivery).next;
            taken += 1;
            if (passed?.({ from, deliveries: [...before, ...move.slice(0, taken)], to }) === true) return;
            if (to.log !== from.log || roundOf(to) !== roundOf(at)) break;
          }
          const spoke = to.log !== from.log;
          if (to.log.decided !== null ? at !== from : decided || (!spoke && !isWorthKnowing(at, to))) continue;
          const outcome = `${String(to.log.id)} ${String(roundOf(to))} ${validOf(to)}`;
          if (outcomes.has(outcome)) continue;
          outcomes.add(outcome);
          const path = [...before, ...move.slice(0, taken)];
          if (spoke) {
            if (met({ from, deliveries: path, to })) return;
          } else if (!paths.has(to)) paths.set(to, path);
        }
      }
    }
  };

  return {
    start: runs.start.id,
    logOf: (nodeClass) => runs.state(nodeClass).log.id,
    next(nodeClass, first, second) {
      const from = runs.state(nodeClass);
      if (from.log.decided !== null) return [];
      let table = known.get(nodeClass);
      if (table === undefined) {
        table = new Map();
        known.set(nodeClass, table);
      }
      const key = first * LOGS_MAX + second;
      const before = table.get(key);
      if (before !== undefined) return before;
      const ends = new Set<number>();
      const collect = ({ to }: LocalPath): boolean => {
        if (to !== from) ends.add(to.id);
        return false;
      };
      search(from, first, second, collect, null);
      const found = [...ends];
      table.set(key, found);
      return found;
    },
    membersOf: (nodeClass) => [runs.state(nodeClass)],
    pathTo(nodeClass, first, second, goal) {
      const from = runs.state(nodeClass);
      if (from === goal) return { from, deliveries: [], to: goal };
      let path: LocalPath | null = null;
      const take = (met: LocalPath): boolean => {
        if (met.to === goal) path = met;
        return met.to === goal;
      };
      search(from, first, second, take, take);
      return path;
    },
    count: () => runs.states(),
  };
};

const undecided = (self: number, commit: Delivery): Breach => ({
  property: 'L1',
  detail: `${nameOf(self)} does not decide on a ${commit.label}`,
});

const roundOf = ({ core }: LocalState): number => core.height?.machine.round ?? -1;
const validOf = ({ core }: LocalState): string => {
  const valid = core.height?.machine.valid ?? null;
  return valid === null ? '' : `${valid.value}@${String(valid.round)}`;
};

/** A silent move leads somewhere when the node enters a round or learns a valid value to propose. */
const isWorthKnowing = (at: LocalState, to: LocalState): boolean =>
  roundOf(at) !== roundOf(to) || validOf(at) !== validOf(to);
