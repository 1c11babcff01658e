import { either as E, taskEither as TE } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import type { NodeEvent } from '@zhtp/engine';
import { createWorld, type World, type WorldOptions } from '@zhtp/simulator';
import { hash, type Application } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { changedApplication } from './support/changed-application.ts';

const SEED = 21;
const NODES = [0, 1, 2, 3];

interface Attested {
  readonly world: World;
  readonly events: (readonly [node: number, event: NodeEvent])[];
  /** Attestations of others that this node accepted, by height. */
  readonly accepted: (node: number, height: bigint) => number;
}

const worldWith = (options: Partial<WorldOptions> = {}): Attested => {
  const events: (readonly [number, NodeEvent])[] = [];
  const world = createWorld({
    seed: SEED,
    validators: 4,
    parameters: { executionAttestations: true },
    observe: (node, event) => {
      events.push([node, event]);
    },
    ...options,
  });
  return {
    world,
    events,
    accepted: (node, height) =>
      events.filter(
        ([at, event]) =>
          at === node &&
          event._tag === 'VoteAccepted' &&
          event.vote.voteType === 'Commit' &&
          event.vote.height === height,
      ).length,
  };
};

const otherHash = hash('ab'.repeat(32));

/** Comes to another application hash at this height. */
const goingAstray = (ledger: Application, height: bigint): Application =>
  changedApplication(ledger, {
    finalizeBlock: (block) =>
      pipe(
        ledger.finalizeBlock(block),
        TE.map((result) =>
          block.header.height === height && E.isRight(otherHash) ? { ...result, appHash: otherHash.right } : result,
        ),
      ),
  });

describe('with execution attestations switched on', () => {
  test('every validator attests every height, and everybody hears it', async () => {
    const { world, accepted, events } = worldWith();
    NODES.forEach((node) => {
      world.start(node);
    });
    expect(await world.runUntil(() => NODES.every((node) => world.record.committedBy(node) >= 6n), 60_000)).toBe(true);
    for (let height = 1n; height <= 4n; height++)
      expect(NODES.map((node) => accepted(node, height))).toEqual([3, 3, 3, 3]);
    expect(world.checker.violations()).toEqual([]);
    expect(events.filter(([, { _tag }]) => _tag === 'ResultDiverged' || _tag === 'EvidenceFound')).toEqual([]);
  });

  test('a node with a minority result is told so, and stopped by the next block alone', async () => {
    const { world, events } = worldWith({
      application: (node, ledger) => (node === 3 ? goingAstray(ledger, 3n) : ledger),
    });
    NODES.forEach((node) => {
      world.start(node);
    });
    expect(await world.runUntil(() => world.nodes[3]?.fault() !== undefined, 60_000)).toBe(true);
    expect(world.nodes[3]?.fault()).toContain('height 4');
    expect(world.nodes[3]?.fault()).toContain('ab'.repeat(32));
    await world.runUntil(() => world.record.committedBy(0) >= 7n, 120_000);
    const alarms = events.flatMap(([node, event]) => (event._tag === 'ResultDiverged' ? [{ node, event }] : []));
    expect(alarms.map(({ node, event }) => [node, event.height, event.decided])).toContainEqual([3, 3n, true]);
    expect(alarms.filter(({ node }) => node !== 3)).toEqual([]);
    expect(world.record.committedBy(0)).toBeGreaterThanOrEqual(7n);
  });

  test('a validator run twice that attests two results is found out', async () => {
    const { world, events } = worldWith({
      twinsOf: [3],
      application: (node, ledger) => (node === 4 ? goingAstray(ledger, 2n) : ledger),
    });
    [...NODES, 4].forEach((node) => {
      world.start(node);
    });
    const found = () =>
      events.flatMap(([, event]) =>
        event._tag === 'EvidenceFound' &&
        event.evidence._tag === 'DuplicateVote' &&
        event.evidence.voteA.voteType === 'Commit'
          ? [event.evidence]
          : [],
      );
    await world.runUntil(() => found().length > 0, 60_000);
    expect(found()[0]?.voteA).toMatchObject({ voteType: 'Commit', height: 2n, voter: world.nodes[3]?.identity });
    expect(found()[0]?.voteA.appHash).not.toEqual(found()[0]?.voteB.appHash);
  });

  test(
    'a process that dies at any call never attests two results, and attests after its restart',
    { timeout: 60_000 },
    async () => {
      let calls = 0;
      const counted = worldWith({
        interrupt: (node) => () => {
          if (node === 0) calls += 1;
          return 'go on';
        },
      });
      NODES.forEach((node) => {
        counted.world.start(node);
      });
      await counted.world.runUntil(() => counted.world.record.committedBy(0) >= 3n, 60_000);
      expect(calls).toBeGreaterThan(40);
      for (let at = 1; at < calls; at += 3) {
        let made = 0;
        let died = false;
        const { world, events } = worldWith({
          interrupt: (node) => () => {
            if (node !== 0 || died || made++ !== at) return 'go on';
            died = true;
            world.scheduler.after(300, () => {
              world.start(0);
            });
            return at % 2 === 0 ? 'before' : 'after';
          },
        });
        NODES.forEach((node) => {
          world.start(node);
        });
        const isDone = () => NODES.every((node) => world.record.committedBy(node) >= 5n);
        expect(await world.runUntil(isDone, 120_000), `call ${String(at)}`).toBe(true);
        expect(world.checker.violations(), `call ${String(at)}`).toEqual([]);
        expect(events.filter(([, { _tag }]) => _tag === 'SignerRefused' || _tag === 'EvidenceFound')).toEqual([]);
      }
    },
  );
});

test('with execution attestations switched off nobody attests, and who does is ignored', async () => {
  const { world, events } = worldWith({ parameters: {} });
  NODES.forEach((node) => {
    world.start(node);
  });
  await world.runUntil(() => world.record.committedBy(0) >= 3n, 60_000);
  expect(events.filter(([, event]) => event._tag === 'VoteAccepted' && event.vote.voteType === 'Commit')).toEqual([]);
});
