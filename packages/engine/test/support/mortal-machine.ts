import { either as E, option as O, taskEither as TE } from 'fp-ts';
import type {
  Application,
  Block,
  ChainStateRow,
  ChainStateStore,
  FinalizeBlockResult,
  FrozenValidator,
} from '@zhtp/types';
import { createApplicationQueue } from '../../src/application/application-queue.ts';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { loadRemembered } from '../../src/evidence/remembered-rows.ts';
import { createKeptParameters } from '../../src/height/kept-parameters.ts';
import { createKeptSets } from '../../src/height/kept-sets.ts';
import { recover, type Recovered } from '../../src/recovery/executing.ts';
import { chainStatesIn } from './chain-states.ts';
import { testContext } from './context.ts';
import { GENESIS, stateAt } from './genesis.ts';
import { hashNamed } from './votes.ts';

export const appHashAt = (height: bigint) => hashNamed(`app ${String(height)}`);

type SetDecidedAt = (height: bigint) => readonly FrozenValidator[] | undefined;

const resultOf = ({ header: { height } }: Block, setDecidedAt: SetDecidedAt): FinalizeBlockResult => ({
  appHash: appHashAt(height),
  resultsHash: hashNamed('results'),
  results: [],
  nextValidators: O.fromNullable(setDecidedAt(height)),
  parameters: O.none,
  difficultyBits: 0,
});

export type Step = 'finalize' | 'saved' | 'commit';

/**
 * Stores and an application that keep what was durable when the process died: at the n-th step, before or after it had
 * its effect. A dead process never answers.
 */
export const machine = (setDecidedAt: SetDecidedAt = () => undefined) => {
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
          ? Promise.resolve(E.right(resultOf(block, setDecidedAt)))
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
      const sets = createKeptSets();
      const remembered = { sets, past: createPastHeights(sets), parameters: createKeptParameters() };
      const head = [...blocks.keys()].reduce((highest, height) => (height > highest ? height : highest), 0n);
      loadRemembered(ports.chainStates, remembered, { load: () => E.right(undefined) }, head, (pooled) => {
        if (E.isLeft(pooled)) answer = pooled;
        else recover(ports, queue, remembered, genesis, (result) => (answer = result));
      });
      for (let turn = 0; turn < 200 + 20 * blocks.size; turn++) await Promise.resolve();
      return answer;
    },
    process,
  };
};
