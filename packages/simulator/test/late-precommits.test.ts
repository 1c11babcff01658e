import type { CommittedBlock } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createWorld, type Interrupt, type World } from '@zhtp/simulator';

const NODES = [0, 1, 2, 3];
const HEIGHTS = 12n;

interface Run {
  readonly blocks: ReadonlyMap<bigint, CommittedBlock>;
  /** Who wrote the longer certificate of which height. */
  readonly written: readonly { readonly node: number; readonly height: bigint }[];
  readonly world: World;
}

/** @param interrupt asked at each longer certificate that a node writes */
const run = async (interrupt: (world: World, node: number) => ReturnType<Interrupt> = () => 'go on'): Promise<Run> => {
  const blocks = new Map<bigint, CommittedBlock>();
  const written: { node: number; height: bigint }[] = [];
  let world: World | undefined;
  world = createWorld({
    seed: 3,
    validators: NODES.length,
    interrupt: (node) => (call) => {
      if (call !== 'blockStore.saveHeadCertificate' || world === undefined) return 'go on';
      written.push({ node, height: world.record.committedBy(node) });
      return interrupt(world, node);
    },
    observe: (node, event) => {
      if (event._tag === 'BlockCommitted') blocks.set(event.block.header.height, event);
      if (event._tag === 'SignerRefused') throw new Error(`the signer of node ${String(node)} refused`);
    },
  });
  const { record, nodes, checker } = world;
  for (const index of nodes.keys()) world.start(index);
  expect(await world.runUntil(() => NODES.every((node) => record.committedBy(node) >= HEIGHTS), 120_000)).toBe(true);
  expect(checker.violations()).toEqual([]);
  return { blocks, written, world };
};

const signaturesIn = (blocks: Run['blocks']): readonly number[] =>
  [...blocks.values()]
    .filter(({ block }) => block.header.height > 1n)
    .map(({ block }) => block.lastCommit.signatures.length);

describe('precommits that come after the decision', () => {
  test('are in the next block, and written down by its proposer alone', async () => {
    const { blocks, written, world } = await run();
    expect(new Set(signaturesIn(blocks))).toEqual(new Set([NODES.length]));
    const followed = written.filter(({ height }) => blocks.has(height + 1n));
    expect(followed.length).toBeGreaterThan(Number(HEIGHTS) / 2);
    for (const { node, height } of followed)
      expect(world.nodes[node]?.identity).toBe(blocks.get(height + 1n)?.block.header.proposer);
    world.stop();
  });

  test.each(['before', 'after'] as const)(
    'and a proposer that dies right %s it writes them: what is written is in its block',
    async (when) => {
      let deaths = 0;
      const { blocks, world } = await run((running, node) => {
        if (deaths > 2) return 'go on';
        deaths += 1;
        running.scheduler.after(100, () => {
          running.start(node);
        });
        return when;
      });
      expect(deaths).toBe(3);
      // What was not written is lost with the process: the certificate that decided is enough.
      const least = Math.min(...signaturesIn(blocks));
      expect(least).toBe(when === 'after' ? NODES.length : NODES.length - 1);
      world.stop();
    },
  );
});
