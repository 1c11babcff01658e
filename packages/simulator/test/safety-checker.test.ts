import { describe, expect, test } from 'vitest';
import { createSafetyChecker, createWorld, type Violation } from '@zhtp/simulator';
import type { NodeEvent } from '@zhtp/engine';
import type { Hash } from '@zhtp/types';

type Commit = Extract<NodeEvent, { readonly _tag: 'BlockCommitted' }>;

const properties = (violations: readonly Violation[]): readonly string[] => [
  ...new Set(violations.map(({ property }) => property)),
];

/** The commits and messages of a healthy run, to be told to a checker with changes. */
const healthyRun = async () => {
  const commits: { readonly node: number; readonly event: Commit }[] = [];
  const world = createWorld({
    seed: 3,
    validators: 4,
    observe: (node, event) => {
      if (event._tag === 'BlockCommitted') commits.push({ node, event });
    },
  });
  for (let index = 0; index < 4; index++) world.start(index);
  await world.runUntil(() => world.record.committedBy(0) >= 4n, 60_000);
  return { commits, genesis: world.genesis, violations: world.checker.violations() };
};

const told = async (change: (event: Commit, node: number) => Commit): Promise<readonly string[]> => {
  const { commits, genesis } = await healthyRun();
  const checker = createSafetyChecker(genesis);
  for (const { node, event } of commits) checker.observe(node, change(event, node));
  return properties(checker.violations());
};

const other = (id: Hash): Hash => (id.startsWith('0') ? `1${id.slice(1)}` : `0${id.slice(1)}`) as Hash;

describe('the safety checker', () => {
  test('has nothing to say of a healthy run', async () => {
    expect((await healthyRun()).violations).toEqual([]);
    expect(await told((event) => event)).toEqual([]);
  });

  test('sees two nodes that decide one height differently', async () => {
    const found = await told((event, node) =>
      node === 2 && event.block.header.height === 3n
        ? {
            ...event,
            blockId: other(event.blockId),
            certificate: { ...event.certificate, blockId: other(event.blockId) },
          }
        : event,
    );
    expect(found).toContain('agreement');
  });

  test('sees two nodes that execute one block differently', async () => {
    const found = await told((event, node) => (node === 1 ? { ...event, appHash: other(event.appHash) } : event));
    expect(found).toEqual(['agreement']);
  });

  test('counts the signers of a certificate itself', async () => {
    const found = await told((event) => ({
      ...event,
      certificate: {
        ...event.certificate,
        signers: Uint8Array.of(3),
        signatures: event.certificate.signatures.slice(0, 2),
      },
    }));
    expect(found).toEqual(['certificate without a quorum']);
  });

  test('does not take a certificate of another height, block or set', async () => {
    for (const wrong of [{ height: 9n }, { blockId: '0'.repeat(64) as Hash }, { setSize: 5 }])
      expect(await told((event) => ({ ...event, certificate: { ...event.certificate, ...wrong } }))).toEqual([
        'certificate without a quorum',
      ]);
  });

  test('sees block time that stands still', async () => {
    const found = await told((event) => ({
      ...event,
      block: { ...event.block, header: { ...event.block.header, time: 1_700_000_000_000n } },
    }));
    expect(found).toEqual(['time did not rise']);
  });

  test('sees a parent that was not decided', async () => {
    const found = await told((event) => ({
      ...event,
      block: { ...event.block, header: { ...event.block.header, lastBlockId: other(event.block.header.lastBlockId) } },
    }));
    expect(found).toEqual(['parent is not the decided one']);
  });

  test('sees a node that comes back below what it had committed', async () => {
    const { commits, genesis } = await healthyRun();
    const checker = createSafetyChecker(genesis);
    for (const { node, event } of commits) checker.observe(node, event);
    checker.observe(1, { _tag: 'Replayed', height: 2n, records: 0 });
    expect(properties(checker.violations())).toEqual(['decided block lost']);
  });
});

describe('twins: one key on two machines that do not know of each other', () => {
  const run = async (seed: number, twinsOf: readonly number[]): Promise<readonly Violation[]> => {
    const world = createWorld({ seed, validators: 4, twinsOf });
    const all = world.nodes.map((_node, index) => index);
    for (const index of all) world.start(index);
    // Each side has one of the twins; on its own neither reaches a quorum of honest validators.
    const sides = [
      [0, 1, 2],
      [3, ...all.slice(4)],
    ];
    world.network.partition(sides.map((side) => new Set(side.flatMap((index) => world.nodes[index]?.peer ?? []))));
    const disagree = (): boolean => properties(world.checker.violations()).includes('agreement');
    await world.runUntil(disagree, 15_000);
    world.network.partition(undefined);
    await world.runUntil(disagree, 40_000);
    return world.checker.violations();
  };

  test('the checker names the double signs, and disagreement once the faulty are more than a third', async () => {
    const found: string[] = [];
    for (let seed = 1; seed <= 5; seed++) found.push(...properties(await run(seed, [0, 1])));
    expect(found).toContain('double sign');
    expect(found).toContain('agreement');
  });

  test('one twin of four breaks its own word, never agreement', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const found = properties(await run(seed, [0]));
      expect(found).not.toContain('agreement');
      expect(found).not.toContain('certificate without a quorum');
    }
  });
});
