import { describe, expect, test } from 'vitest';
import type { NodeEvent } from '@zhtp/engine';
import { keepEverything, keepNothing, type KeepUnsynced } from '@zhtp/store';
import { createWorld, nullScheme, worldValidators, type Interrupt, type PortCall, type World } from '@zhtp/simulator';

const NODES = [0, 1, 2, 3];
const DOWN_MS = 300;
const SEED = 11;
const HEIGHTS = 3n;
/** Everybody commits these many heights more after the deaths. */
const HEIGHTS_AFTER = 5n;

/** What a power loss leaves of what was not synced, in turn. */
const KEEPS: readonly (KeepUnsynced | undefined)[] = [keepNothing, undefined, keepEverything];

/** Validators by identity: round robin counts on from height and round. */
const ORDER = worldValidators(nullScheme(), NODES.length)
  .map(({ identity }, index) => ({ identity, index }))
  .toSorted((a, b) => (a.identity < b.identity ? -1 : 1))
  .map(({ index }) => index);
/** Proposer of height 2: it starts when that height is under way, which takes a second round. */
const SLEEPER = ORDER[2] ?? 0;
/** Who dies: proposer of that second round and of height 3. */
const MORTAL = ORDER[3] ?? 0;

const DYING_ALL = [MORTAL, ...NODES.filter((index) => index !== MORTAL)];

const startAll = (world: World): void => {
  for (const index of NODES) if (index !== SLEEPER) world.start(index);
  world.scheduler.after(3_000, () => {
    world.start(SLEEPER);
  });
};

const restartLater = (world: World, index: number): void => {
  world.scheduler.after(DOWN_MS, () => {
    world.start(index);
  });
};

/** Dies once, at the given call, counted over the calls that the first of `dying` makes; the others of `dying` die at their next one. */
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

/** The calls that the mortal node makes on its ports until it starts the fourth height; one was decided in a later round. */
const callsOfRun = async (): Promise<{ readonly calls: readonly PortCall[]; readonly rounds: readonly number[] }> => {
  const calls: PortCall[] = [];
  let isOver = false;
  const world = createWorld({
    seed: SEED,
    validators: 4,
    interrupt: (node) => (call) => {
      if (node === MORTAL) calls.push(call);
      return 'go on';
    },
    observe: (node, event) => {
      if (node === MORTAL && event._tag === 'HeightStarted' && event.height > HEIGHTS) isOver = true;
    },
  });
  startAll(world);
  await world.runUntil(() => isOver, 60_000);
  return { calls, rounds: world.record.heights().map(({ round }) => round) };
};

const runInterrupted = async (
  dying: readonly number[],
  at: number,
  when: 'before' | 'after',
): Promise<PortCall | undefined> => {
  let place: PortCall | undefined;
  let world: World | undefined;
  const refusals: NodeEvent[] = [];
  const keepUnsynced = KEEPS[(at + (when === 'after' ? 1 : 0)) % KEEPS.length];
  world = createWorld({
    seed: SEED,
    validators: 4,
    ...(keepUnsynced === undefined ? {} : { keepUnsynced }),
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
  const isDone = (): boolean => NODES.every((index) => record.committedBy(index) >= HEIGHTS_AFTER);
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

/**
 * Where the effects of the core become visible outside; the README says which effect calls what. Late precommits are written
 * by the next proposer: late-precommits.test.ts lets it die there.
 */
const EVERY_PLACE: readonly PortCall[] = [
  'application.commit',
  'application.finalizeBlock',
  'application.prepareProposal',
  'application.processProposal',
  'application.proposalProof',
  'blockStore.save',
  'chainStates.save',
  'chainStates.writeRows',
  'journal.append',
  'journal.rotate',
  'journal.sync',
  'network.send',
  'signer.sign',
  'timers.start',
  'verifier.verifyBatch',
];

describe('a process that dies at any effect of three heights, one of them with a change of rounds', () => {
  test('has effects of every kind on the way', async () => {
    const { calls, rounds } = await callsOfRun();
    expect(new Set(calls)).toEqual(new Set(EVERY_PLACE));
    expect(rounds.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...rounds)).toBeGreaterThan(0);
  });

  test.each(['before', 'after'] as const)(
    'goes on after a restart, died right %s it',
    { timeout: 240_000 },
    async (when) => {
      const { calls } = await callsOfRun();
      for (const [at, call] of calls.entries()) expect(await runInterrupted([MORTAL], at, when)).toBe(call);
    },
  );

  test('goes on when all others die at their next call too', { timeout: 240_000 }, async () => {
    const { calls } = await callsOfRun();
    for (let at = 0; at < calls.length; at += 3) await runInterrupted(DYING_ALL, at, at % 2 === 0 ? 'before' : 'after');
    expect(calls.length).toBeGreaterThan(60);
  });
});

describe('a restart from the journal', () => {
  /** Runs node 0 up to this event, restarts it with everything on its disk and compares the core before and after. */
  const restartAt = async (steps: number): Promise<boolean> => {
    let appended = 0;
    let beforeHeight = 0;
    let signing = 0;
    let ownCounted = -1;
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
        if (event._tag === 'Signed') {
          signing -= 1;
          ownCounted = appended;
        }
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
    const appendedBefore = appended;
    const records = appendedBefore - beforeHeight;
    node.crash((_name, unsynced) => unsynced);
    isBack = true;
    world.start(0);
    await world.runUntil(() => found !== undefined, world.scheduler.nowMs() + 1_000);
    // Records still in the memory of the process died with it. The mark that an own message was counted last may be one.
    const mayLack = ownCounted === appendedBefore ? 1 : 0;
    if (found === undefined || found.records > records || found.records < records - mayLack) return false;
    expect(found.fingerprint, `after ${String(steps)} events`).toBe(before);
    return true;
  };

  test('brings back the core as it was, at any event of a height', { timeout: 60_000 }, async () => {
    let compared = 0;
    for (let steps = 120; steps < 1_200; steps += 6) if (await restartAt(steps)) compared += 1;
    expect(compared).toBeGreaterThan(20);
  });
});
