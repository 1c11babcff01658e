import { either as E } from 'fp-ts';
import { genesisHashOf } from '@zhtp/chain';
import { describe, expect, test } from 'vitest';
import { createApplicationQueue } from '../../src/application/application-queue.ts';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { createKeptParameters } from '../../src/height/kept-parameters.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { executeBlock } from '../../src/recovery/executing.ts';
import { blockAt, committedAt, GENESIS, stateAt } from '../support/genesis.ts';
import { appHashAt, machine } from '../support/mortal-machine.ts';

describe('a node that starts', () => {
  test('begins at genesis with nothing on disk', async () => {
    const started = await machine().start();
    expect(started).toMatchObject({ right: { head: undefined, executed: 0, state: { height: 0n } } });
  });

  test('executes what was decided and not executed', async () => {
    const node = machine();
    for (const height of [1n, 2n, 3n]) node.blocks.set(height, committedAt(height));
    const started = await node.start();
    expect(started).toMatchObject({ right: { executed: 3, state: { height: 3n, appHash: appHashAt(3n) } } });
    expect(node.committed()).toBe(3n);
    expect(node.log).toEqual([
      'saved',
      'finalize',
      'saved',
      'commit',
      'finalize',
      'saved',
      'commit',
      'finalize',
      'saved',
      'commit',
    ]);
  });

  test('goes on to the same state wherever it died between two steps of a commit', async () => {
    const places: string[] = [];
    for (let step = 0; step < 7; step++)
      for (const when of ['before', 'after'] as const) {
        const node = machine();
        for (const height of [1n, 2n]) node.blocks.set(height, committedAt(height));
        node.dieAt({ step, when });
        expect(await node.start()).toBeUndefined();
        node.dieAt(undefined);
        expect(await node.start()).toMatchObject({ right: { state: { height: 2n, appHash: appHashAt(2n) } } });
        expect(node.committed()).toBe(2n);
        places.push(`${when} ${String(step)}`);
      }
    expect(places).toHaveLength(14);
  });

  test('the state of a height is on disk before the application commits it', async () => {
    const node = machine();
    const queue = createApplicationQueue();
    const sets = createKeptSets();
    const remembered = { sets, past: createPastHeights(sets), parameters: createKeptParameters() };
    executeBlock(node.process(), queue, remembered, GENESIS, stateAt(0n), blockAt(1n), () => undefined);
    await queue.idle();
    expect(node.log).toEqual(['finalize', 'saved', 'commit']);
  });
});

describe('stores that do not belong together are refused with what to do', () => {
  const refusal = async (prepare: (node: ReturnType<typeof machine>) => void): Promise<string> => {
    const node = machine();
    for (const height of [1n, 2n]) node.blocks.set(height, committedAt(height));
    await node.start();
    prepare(node);
    const started = await node.start();
    return started !== undefined && E.isLeft(started) ? started.left : 'started';
  };

  test('an application ahead of the block store', async () => {
    expect(
      await refusal(({ setCommitted }) => {
        setCommitted(3n);
      }),
    ).toBe(
      'the application is at height 3, the block store at 2: the stores do not belong together; restore both from one backup',
    );
  });

  test('a state that is missing, damaged or of another format', async () => {
    expect(await refusal(({ states }) => states.delete(2n))).toContain('the chain state after height 2 is missing');
    expect(await refusal(({ states }) => states.set(2n, Uint8Array.of(1)))).toContain(
      'the chain state after height 2 is damaged',
    );
    const olderFormat = (bytes: Uint8Array = new Uint8Array()): Uint8Array => bytes.slice(4);
    expect(await refusal(({ states }) => states.set(2n, olderFormat(states.get(2n))))).toContain(
      'the chain state after height 2 has format version 1; this program reads version 2',
    );
    expect(
      await refusal(({ states, setCommitted }) => {
        setCommitted(0n);
        states.set(0n, olderFormat(states.get(0n)));
      }),
    ).toContain('the chain state of genesis has format version 1; this program reads version 2');
  });

  test('an application hash that is not the one consensus had', async () => {
    const other = await refusal(({ states, setCommitted }) => {
      const first = states.get(1n);
      if (first !== undefined) states.set(2n, first);
      setCommitted(2n);
    });
    expect(other).toContain(`consensus had ${appHashAt(1n)}`);
  });

  test('a genesis that is not the one the data was made with, of the same chain id', async () => {
    const other = { ...GENESIS, genesisTime: GENESIS.genesisTime + 1n };
    const hashes = `genesis hash ${genesisHashOf(GENESIS)}, this genesis has ${genesisHashOf(other)}`;
    for (const heights of [[], [1n], [1n, 2n]]) {
      const node = machine();
      for (const height of heights) node.blocks.set(height, committedAt(height));
      await node.start();
      const committed = node.committed();
      const started = await node.start(other);
      expect(started !== undefined && E.isLeft(started) ? started.left : 'started').toContain(hashes);
      expect(node.committed()).toBe(committed);
      expect(await node.start()).toMatchObject({ right: { state: { height: BigInt(heights.length) } } });
    }
  });

  test('a missing block below the head', async () => {
    expect(
      await refusal(({ blocks, setCommitted }) => {
        blocks.delete(1n);
        setCommitted(0n);
      }),
    ).toContain('block 1 is missing below head 2');
  });
});
