import type { Fault } from './fault-plan.ts';
import { DEFAULT_LINKS, DEFAULT_PACE, type World } from './world.ts';

/**
 * Lets the faults of a plan happen to a world and end. Faults of one kind may overlap: a node that is down twice comes
 * back when the last of its faults ends, and the network is whole again when no fault touches it.
 */
export const injectFaults = (world: World, faults: readonly Fault[]): void => {
  const { scheduler, network, nodes } = world;
  const down = new Map<number, number>();
  const cuts = new Set<Extract<Fault, { readonly _tag: 'Partition' }>>();
  const links = new Set<Extract<Fault, { readonly _tag: 'LossBurst' | 'SlowLinks' }>>();

  const crash = (index: number): void => {
    down.set(index, (down.get(index) ?? 0) + 1);
    world.crash(index);
  };

  const restart = (index: number): void => {
    const left = (down.get(index) ?? 1) - 1;
    down.set(index, left);
    if (left === 0) world.start(index);
  };

  /** The latest cut counts. */
  const applyCut = (): void => {
    const cut = [...cuts].at(-1);
    network.partition(cut?.groups.map((group) => new Set(group.flatMap((index) => nodes[index]?.peer ?? []))));
  };

  const applyLinks = (): void => {
    let conditions = DEFAULT_LINKS;
    for (const fault of links)
      conditions =
        fault._tag === 'LossBurst'
          ? { ...conditions, lossPerMille: fault.perMille }
          : { ...conditions, delayMinMs: fault.minMs, delayMaxMs: fault.maxMs };
    network.setConditions(conditions);
  };

  const begin = (fault: Fault): void => {
    switch (fault._tag) {
      case 'Crash':
        crash(fault.node);
        return;
      case 'CrashAll':
        nodes.forEach((_node, index) => {
          crash(index);
        });
        return;
      case 'Partition':
        cuts.add(fault);
        applyCut();
        return;
      case 'LossBurst':
      case 'SlowLinks':
        links.add(fault);
        applyLinks();
        return;
      case 'SlowDisk':
        nodes[fault.node]?.setPace({ ...DEFAULT_PACE, diskMaxMs: fault.maxMs });
        return;
      case 'ClockError':
        nodes[fault.node]?.shiftClock(BigInt(fault.byMs));
        return;
    }
  };

  const end = (fault: Fault): void => {
    switch (fault._tag) {
      case 'Crash':
        restart(fault.node);
        return;
      case 'CrashAll':
        nodes.forEach((_node, index) => {
          restart(index);
        });
        return;
      case 'Partition':
        cuts.delete(fault);
        applyCut();
        return;
      case 'LossBurst':
      case 'SlowLinks':
        links.delete(fault);
        applyLinks();
        return;
      case 'SlowDisk':
        nodes[fault.node]?.setPace(DEFAULT_PACE);
        return;
      case 'ClockError':
        nodes[fault.node]?.shiftClock(BigInt(-fault.byMs));
        return;
    }
  };

  for (const fault of faults) {
    scheduler.after(fault.atMs, () => {
      begin(fault);
    });
    scheduler.after(fault.atMs + fault.forMs, () => {
      end(fault);
    });
  }
};
