import { describe, expect, test } from 'vitest';
import type { NodeEvent } from '@zhtp/engine';
import { createWorld, type Interrupt, type PortCall, type World } from '@zhtp/simulator';

const NODES = [0, 1, 2, 3];
const DOWN_MS = 300;
const SEED = 11;

/** Starts all nodes; whoever dies at a port call is started again a little later. */
const startAll = (world: World): void => {
  for (const index of NODES) world.start(index);
};

const restartLater = (world: World, index: number): void => {
  world.scheduler.after(DOWN_MS, () => {
    world.start(index);
  });
};

/** Dies once, at the given call, counted over the calls that `dying` makes while it decides its first heights. */
const interruptAt = (
  dying: readonly number[],
  at: number,
  when: 'before' | 'after',
  died: (node: number, call: PortCall) => void,
): ((node: number) => Interrupt) => {
  let calls = 0;
  return (node) => {
    let hasDied = !dying.includes(node);
    return (call) => {
      if (hasDied || (node === dying[0] && calls++ !== at)) return 'go on';
      if (node !== dying[0] && calls <= at) return 'go on';
      hasDied = true;
      died(node, call);
      return when;
    };
  };
};

/** How many calls node 0 makes on its ports until it has committed two heights. */
const callsOfTwoHeights = async (): Promise<number> => {
  let calls = 0;
  const world = createWorld({
    seed: SEED,
    validators: 4,
    interrupt: (node) => () => {
      if (node === 0) calls += 1;
      return 'go on';
    },
  });
  startAll(world);
  await world.runUntil(() => world.record.committedBy(0) >= 2n, 60_000);
  return calls;
};

const runInterrupted = async (
  dying: readonly number[],
  at: number,
  when: 'before' | 'after',
): Promise<PortCall | undefined> => {
  let place: PortCall | undefined;
  let world: World | undefined;
  const refusals: NodeEvent[] = [];
  world = createWorld({
    seed: SEED,
    validators: 4,
    interrupt: interruptAt(dying, at, when, (node, call) => {
      place ??= call;
      if (world !== undefined) restartLater(world, node);
    }),
    observe: (_node, event) => {
      if (event._tag === 'SignerRefused') refusals.push(event);
    },
  });
  startAll(world);
  const { record, checker } = world;
  const isDone = (): boolean => NODES.every((index) => record.committedBy(index) >= 4n);
  await world.runUntil(isDone, 120_000);
  const where = `${when} call ${String(at)}, ${place ?? 'none'}`;
  expect(checker.violations(), where).toEqual([]);
  expect(
    world.nodes.flatMap((node) => node.fault() ?? []),
    where,
  ).toEqual([]);
  expect(isDone(), where).toBe(true);
  // What led to a signature is durable before the signature: a restarted node signs the same again.
  expect(refusals, where).toEqual([]);
  return place;
};

const EVERY_PLACE: readonly PortCall[] = [
  'application.commit',
  'application.finalizeBlock',
  'blockStore.save',
  'chainStates.save',
  'journal.append',
  'journal.rotate',
  'journal.sync',
  'network.send',
  'signer.sign',
];

describe('a process that dies at any call of two heights', () => {
  test.each(['before', 'after'] as const)(
    'goes on after a restart, died right %s it',
    { timeout: 60_000 },
    async (when) => {
      const calls = await callsOfTwoHeights();
      const places = new Set<PortCall | undefined>();
      for (let at = 0; at < calls; at++) places.add(await runInterrupted([0], at, when));
      places.delete(undefined);
      expect(places).toEqual(new Set(EVERY_PLACE));
    },
  );

  test('goes on when all others die at their next call too', { timeout: 60_000 }, async () => {
    const calls = await callsOfTwoHeights();
    for (let at = 0; at < calls; at += 2) await runInterrupted(NODES, at, at % 4 === 0 ? 'before' : 'after');
    expect(calls).toBeGreaterThan(40);
  });
});

describe('a restart from the journal', () => {
  /** Runs node 0 up to this event, restarts it with everything on its disk and compares the core before and after. */
  const restartAt = async (steps: number): Promise<boolean> => {
    let appended = 0;
    let beforeHeight = 0;
    let signing = 0;
    let isBack = false;
    let found: { readonly records: number; readonly fingerprint: string | undefined } | undefined;
    const world: World = createWorld({
      seed: SEED,
      validators: 4,
      interrupt: (node) => (call) => {
        if (node !== 0 || isBack) return 'go on';
        if (call === 'journal.append') appended += 1;
        if (call === 'signer.sign') signing += 1;
        return 'go on';
      },
      observe: (node, event) => {
        if (node !== 0) return;
        if (event._tag === 'Signed') signing -= 1;
        if (event._tag === 'HeightStarted') beforeHeight = appended + 1;
        if (isBack && event._tag === 'Replayed')
          found = { records: event.records, fingerprint: world.nodes[0]?.running()?.coreFingerprint() };
      },
    });
    startAll(world);
    await world.runUntil(() => world.scheduler.steps() >= steps, 60_000);
    const node = world.nodes[0];
    const step = node?.running()?.status()?.round?.step;
    const beats = node?.running()?.status()?.counters.heartbeatSent ?? 0;
    // While a signature is on its way to the disk its record is there before the core has it; heartbeats leave none.
    if (node === undefined || signing - beats > 0 || step === undefined || step === 'commit') return false;
    const before = node.running()?.coreFingerprint();
    const records = appended - beforeHeight;
    node.crash((_name, unsynced) => unsynced);
    isBack = true;
    world.start(0);
    await world.runUntil(() => found !== undefined, world.scheduler.nowMs() + 1_000);
    // Records still in the memory of the process died with it.
    if (found?.records !== records) return false;
    expect(found.fingerprint, `after ${String(steps)} events`).toBe(before);
    return true;
  };

  test('brings back the core as it was, at any event of a height', { timeout: 60_000 }, async () => {
    let compared = 0;
    for (let steps = 120; steps < 900; steps += 6) if (await restartAt(steps)) compared += 1;
    expect(compared).toBeGreaterThan(20);
  });
});
