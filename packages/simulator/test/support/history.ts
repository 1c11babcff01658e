import { createSafetyChecker, createWorld, type ShownRound, type Violation, type World } from '@zhtp/simulator';
import type { NodeEvent } from '@zhtp/engine';

/** Something a safety checker was told in a run. */
export type Told =
  | {
      readonly _tag: 'Sent';
      readonly node: number;
      readonly payload: Uint8Array;
      readonly shown: ShownRound | undefined;
    }
  | { readonly _tag: 'Delivered'; readonly node: number; readonly payload: Uint8Array; readonly receivedAtMs: bigint }
  | {
      readonly _tag: 'Event';
      readonly node: number;
      readonly event: NodeEvent;
      readonly shown: ShownRound | undefined;
    };

export interface History {
  readonly world: World;
  readonly told: readonly Told[];
}

/** Everything a checker was told in a healthy run of four validators, and of full nodes after them, over four heights. */
export const healthyRun = async (fullNodes = 0): Promise<History> => {
  const told: Told[] = [];
  const world: World = createWorld({
    seed: 3,
    validators: 4,
    fullNodes,
    sent: (node, payload) => told.push({ _tag: 'Sent', node, payload, shown: shownBy(node) }),
    delivered: (node, payload, receivedAtMs) => told.push({ _tag: 'Delivered', node, payload, receivedAtMs }),
    observe: (node, event) => told.push({ _tag: 'Event', node, event, shown: shownBy(node) }),
  });
  const shownBy = (node: number): ShownRound | undefined => world.nodes[node]?.running()?.status()?.round;
  for (const index of world.nodes.keys()) world.start(index);
  await world.runUntil(() => [...world.nodes.keys()].every((node) => world.record.committedBy(node) >= 4n), 60_000);
  return { world, told };
};

/** What a checker says of a history in which `change` tells some things otherwise, or leaves them out. */
export const judged = (
  { world, told }: History,
  change: (entry: Told) => Told | undefined = (entry) => entry,
): readonly Violation[] => {
  let shown: ShownRound | undefined;
  const checker = createSafetyChecker(
    { genesis: world.genesis, nodes: world.nodes.map(({ identity }) => identity) },
    () => shown,
  );
  for (const original of told) {
    const entry = change(original);
    if (entry === undefined) continue;
    if (entry._tag === 'Delivered') checker.delivered(entry.node, entry.payload, entry.receivedAtMs);
    else {
      shown = entry.shown;
      if (entry._tag === 'Sent') checker.sent(entry.node, entry.payload);
      else checker.observe(entry.node, entry.event);
    }
  }
  return checker.violations();
};

export const properties = (violations: readonly Violation[]): readonly string[] => [
  ...new Set(violations.map(({ property }) => property)),
];
