import type { LocalRuns } from './local-runs.ts';
import type { NodeClasses } from './node-classes.ts';
import type { Offers } from './offers.ts';
import type { LogTable } from './sent-log.ts';

/** No reduction: a class is one local state, a step is one delivery. */
export const everyDelivery = (runs: LocalRuns, offers: Offers, logs: LogTable): NodeClasses => ({
  start: runs.start.id,
  logOf: (nodeClass) => runs.state(nodeClass).log.id,
  next(nodeClass, first, second) {
    const from = runs.state(nodeClass);
    if (from.log.decided !== null) return [];
    const offered = offers(runs.self, from.log, [logs.log(first), logs.log(second)]);
    return [...new Set(offered.map((delivery) => runs.step(from, delivery).next.id))].filter((id) => id !== nodeClass);
  },
  membersOf: (nodeClass) => [runs.state(nodeClass)],
  pathTo(nodeClass, first, second, goal) {
    const from = runs.state(nodeClass);
    if (from === goal) return { from, deliveries: [], to: goal };
    const delivery = offers(runs.self, from.log, [logs.log(first), logs.log(second)]).find(
      (offered) => runs.step(from, offered).next === goal,
    );
    return delivery === undefined ? null : { from, deliveries: [delivery], to: goal };
  },
  count: () => runs.states(),
});
