import { either as E, option as O, taskEither as TE } from 'fp-ts';
import { genesisHashOf } from '@zhtp/chain';
import type { Application, Block, ChainStateRow, ChainStateStore, FinalizeBlockResult } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createApplicationQueue } from '../../src/application/application-queue.ts';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { executeBlock, recover, type Recovered } from '../../src/recovery/executing.ts';
import { loadRemembered } from '../../src/evidence/remembered-rows.ts';
import { chainStatesIn } from '../support/chain-states.ts';
import { testContext } from '../support/context.ts';
import { blockAt, committedAt, GENESIS, stateAt } from '../support/genesis.ts';
import { hashNamed } from '../support/votes.ts';

const appHashAt = (height: bigint) => hashNamed(`app ${String(height)}`);

const resultOf = (block: Block): FinalizeBlockResult => ({
  appHash: appHashAt(block.header.height),
  resultsHash: hashNamed('results'),
  results: [],
  nextValidators: O.none,
  parameters: O.none,
  difficultyBits: 0,
});

type Step = 'finalize' | 'saved' | 'commit';

/**
 * Stores and an application that keep what was durable when the process died: at the n-th step, before or after it had
 * its effect. A dead process never answers.
 */
const machine = () => {
  const { ctx, blocks } = testContext();
  const states = new Map<bigint, Uint8Array>();
  const rows = new Map<string, ChainStateRow>();
  let committed = 0n;
  let steps = 0;
  let dieAt: { readonly step: number; readonly when: 'before' | 'after' } | undefined;
  const log: Step[] = [];

  /** Whether the step happens, and whether anybody hears of it. */
  const step = (name: Step, effect: () => void): boolean => {
    const at = steps++;
    if (dieAt !== undefined && (at > dieAt.step || (at === dieAt.step && dieAt.when === 'before'))) return false;
    log.push(name);
    effect();
    return dieAt === undefined || at < dieAt.step;
  };
  const never = <A>(): Promise<A> => new Promise(() => undefined);

  const process = () => {
    let finalized: Block | undefined;
    const application: Application = {
      ...ctx.ports.application,
      info: () =>
        TE.right({ height: committed, appHash: committed === 0n ? stateAt(0n).appHash : appHashAt(committed) }),
      finalizeBlock: (block) => () =>
        step('finalize', () => {
          finalized = block;
        })
          ? Promise.resolve(E.right(resultOf(block)))
          : never(),
      commit: () => () =>
        step('commit', () => {
          committed = finalized?.header.height ?? committed;
        })
          ? Promise.resolve(E.right(undefined))
          : never(),
    };
    const stored = chainStatesIn(states, rows);
    const chainStates: ChainStateStore = {
      ...stored,
      save: (height, bytes, changes, done) => {
        if (step('saved', () => stored.save(height, bytes, changes, () => undefined))) done(E.right(undefined));
      },
    };
    return { application, chainStates, blockStore: ctx.ports.blockStore };
  };

  return {
    blocks,
    states,
    rows,
    log,
    committed: () => committed,
    setCommitted: (height: bigint) => {
      committed = height;
    },
    dieAt: (at: typeof dieAt) => {
      steps = 0;
      dieAt = at;
    },
    start: async (genesis = GENESIS): Promise<E.Either<string, Recovered> | undefined> => {
      const queue = createApplicationQueue();
      let answer: E.Either<string, Recovered> | undefined;
      const ports = process();
      const past = createPastHeights();
      loadRemembered(ports.chainStates, past, { load: () => E.right(undefined) }, (pooled) => {
        if (E.isLeft(pooled)) answer = pooled;
        else recover(ports, queue, past, genesis, (result) => (answer = result));
      });
      for (let turn = 0; turn < 200; turn++) await Promise.resolve();
      return answer;
    },
    process,
  };
};

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
    executeBlock(node.process(), queue, createPastHeights(), GENESIS, stateAt(0n), blockAt(1n), () => undefined);
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

  test('a state that is missing or damaged', async () => {
    expect(await refusal(({ states }) => states.delete(2n))).toContain(
      'the state after height 2 is missing or damaged',
    );
    expect(await refusal(({ states }) => states.set(2n, Uint8Array.of(1)))).toContain('missing or damaged');
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
