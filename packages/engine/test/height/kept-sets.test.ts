import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { bytesToHex, CHAIN_STATES_KEPT, type ChainStateRow, type FrozenValidator, type StateChange } from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import { describe, expect, test } from 'vitest';
import { createApplicationQueue } from '../../src/application/application-queue.ts';
import { createPastHeights } from '../../src/evidence/past-heights.ts';
import { executeBlock, recover } from '../../src/recovery/executing.ts';
import { decodeChainState, type ChainState } from '../../src/height/chain-state.ts';
import { frozen } from '../../src/height/frozen-set.ts';
import { createKeptParameters } from '../../src/height/kept-parameters.ts';
import { createKeptSets, readSetRow, SET_PREFIX } from '../../src/height/kept-sets.ts';
import { blockAt, committedAt, GENESIS, VALIDATORS } from '../support/genesis.ts';
import { machine } from '../support/mortal-machine.ts';

/** Sets that differ in their powers; the first is that of genesis. */
const LISTS: readonly (readonly FrozenValidator[])[] = [1n, 2n, 3n, 4n, 5n].map((votingPower) =>
  VALIDATORS.map((validator) => ({ ...validator, votingPower })),
);
const SETS = LISTS.map(frozen);
const setNumber = (index: number): ValidatorSet => {
  const set = SETS[index];
  if (set === undefined) throw new Error('no such set');
  return set;
};
const [FIRST, SECOND] = [setNumber(0), setNumber(1)];

/** What the changes do to the rows of sets: `+` and `-` with the number of the set. */
const told = (changes: readonly StateChange[]): readonly string[] =>
  changes.map(({ _tag, key }) => {
    const index = SETS.findIndex(({ hash }) => bytesToHex(key) === `${bytesToHex(SET_PREFIX)}${hash}`);
    return `${_tag === 'Put' ? '+' : '-'}${String(index)}`;
  });

const rowsOf = (changes: readonly StateChange[]): readonly ChainStateRow[] =>
  changes.flatMap((change) => (change._tag === 'Put' ? [change] : []));

describe('a validator set is stored', () => {
  test('with the first state that names it, and not again', () => {
    const sets = createKeptSets();
    expect(told(sets.changesWith(0n, [FIRST]))).toEqual(['+0']);
    expect(told(sets.changesWith(1n, [FIRST, SECOND]))).toEqual(['+1']);
    for (let height = 2n; height < 40n; height++) expect(sets.changesWith(height, [FIRST, SECOND])).toEqual([]);
    expect(sets.get(SECOND.hash)).toBe(SECOND);
    expect(sets.get(setNumber(2).hash)).toBeUndefined();
  });

  test('until the batch that lets go of the last state that named it, and then deleted with it', () => {
    const sets = createKeptSets();
    sets.changesWith(5n, [FIRST]);
    for (let height = 6n; height < 5n + CHAIN_STATES_KEPT; height++)
      expect(told(sets.changesWith(height, [SECOND]))).toEqual(height === 6n ? ['+1'] : []);
    expect(told(sets.changesWith(5n + CHAIN_STATES_KEPT, [SECOND]))).toEqual(['-0']);
    expect(sets.get(FIRST.hash)).toBeUndefined();
  });

  test('as long as a remembered height was decided by it, each of its runs', () => {
    const sets = createKeptSets();
    sets.changesWith(0n, [FIRST]);
    sets.hold(FIRST);
    sets.hold(FIRST);
    sets.changesWith(1n, [SECOND]);
    expect(sets.changesWith(100n, [SECOND])).toEqual([]);
    sets.release(FIRST.hash);
    expect(sets.changesWith(101n, [SECOND])).toEqual([]);
    sets.release(FIRST.hash);
    expect(told(sets.changesWith(102n, [SECOND]))).toEqual(['-0']);
  });

  test('again when it comes back after it was deleted', () => {
    const sets = createKeptSets();
    sets.changesWith(0n, [FIRST]);
    expect(told(sets.changesWith(50n, [SECOND]))).toEqual(['-0', '+1']);
    expect(told(sets.changesWith(51n, [FIRST]))).toEqual(['+0']);
  });

  test('after a restart for as long as the head may name it', () => {
    const rows = rowsOf(createKeptSets().changesWith(0n, [FIRST, SECOND]));
    const sets = createKeptSets();
    expect(sets.load(rows, 30n)).toEqual(E.right(undefined));
    // Blocks executed again, from genesis: the states up to the head are still there.
    for (let height = 0n; height < 30n + CHAIN_STATES_KEPT; height++)
      expect(sets.changesWith(height, [SECOND])).toEqual([]);
    expect(told(sets.changesWith(30n + CHAIN_STATES_KEPT, [SECOND]))).toEqual(['-0']);
  });

  test('and handed out as one object, whoever brings an equal one', () => {
    const sets = createKeptSets();
    sets.changesWith(0n, [FIRST]);
    const equal = frozen(VALIDATORS.map((validator) => ({ ...validator })));
    expect(sets.hold(equal)).toBe(FIRST);
  });

  test('is released by who holds it only', () => {
    const sets = createKeptSets();
    sets.changesWith(0n, [FIRST]);
    expect(() => {
      sets.release(FIRST.hash);
    }).toThrow('is released and not held');
  });
});

describe('a damaged row of a set is refused', () => {
  const [row] = rowsOf(createKeptSets().changesWith(0n, [FIRST]));
  const [other] = rowsOf(createKeptSets().changesWith(0n, [SECOND]));
  if (row === undefined || other === undefined) throw new Error('no row');

  test('when it does not decode, is no set, or lies in the row of another', () => {
    const refusal = (damaged: ChainStateRow): string => {
      const loaded = createKeptSets().load([damaged], 0n);
      return E.isLeft(loaded) ? loaded.left : 'loaded';
    };
    expect(refusal(row)).toBe('loaded');
    expect(readSetRow(row)).toMatchObject({ right: { hash: FIRST.hash } });
    expect(refusal({ ...row, value: row.value.subarray(1) })).toContain('a stored validator set is damaged');
    expect(refusal({ ...row, value: new Uint8Array(4) })).toContain('at least one validator');
    expect(refusal({ ...row, value: other.value })).toBe(
      `a stored validator set is damaged: it is ${SECOND.hash} and lies in the row of another`,
    );
  });
});

/** Old after a few heights, so that a run forgets sets. */
const FORGETFUL = {
  ...GENESIS,
  parameters: {
    ...GENESIS.parameters,
    consensus: { ...GENESIS.parameters.consensus, blockTime: 1n },
    evidenceAgeMs: 3_000n,
  },
};

type Machine = ReturnType<typeof machine>;

/** The sets that have rows. */
const stored = ({ rows }: Machine): ReadonlyMap<string, ValidatorSet> =>
  new Map(
    [...rows.values()]
      .filter(({ key }) => bytesToHex(key).startsWith(bytesToHex(SET_PREFIX)))
      .flatMap((row) => {
        const set = readSetRow(row);
        return E.isRight(set) ? [[set.right.hash, set.right] as const] : [];
      }),
  );

/** The sets that kept states name; throws when one of those states is not to be read. */
const namedByStates = (node: Machine): ReadonlySet<string> => {
  const sets = stored(node);
  return new Set(
    [...node.states].flatMap(([height, bytes]) => {
      const state = decodeChainState(bytes, (set) => sets.get(set));
      if (E.isLeft(state)) throw new Error(`state ${String(height)} of ${String(node.states.size)} ${state.left}`);
      const { lastValidators, validators, nextValidators } = state.right;
      return [lastValidators, validators, nextValidators].flatMap((list) =>
        list.length === 0 ? [] : [frozen(list).hash],
      );
    }),
  );
};

/** One life of the process: blocks are decided, it starts, and perhaps dies on the way and loses what it committed last. */
interface Life {
  readonly decided: number;
  readonly diesAt: number | undefined;
  readonly when: 'before' | 'after';
  /** Commits that the application had not made durable; all of them: it starts from genesis again. */
  readonly lost: number | 'all';
}

const lives = fc.array(
  fc.record<Life>({
    decided: fc.integer({ min: 0, max: 9 }),
    diesAt: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
    when: fc.constantFrom('before', 'after'),
    lost: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 15 }) },
      { weight: 1, arbitrary: fc.constant('all' as const) },
    ),
  }),
  { minLength: 1, maxLength: 8 },
);
/** Number of the set that each block decides; none when it decides nothing. */
const decisions = fc.array(fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined, freq: 2 }), {
  minLength: 100,
  maxLength: 100,
});

/** What a chain decides about its set, block after block, round and round. */
const scheduled =
  (numbers: readonly (number | undefined)[]) =>
  (height: bigint): readonly FrozenValidator[] | undefined => {
    const number = numbers[Number(height) % numbers.length];
    return number === undefined ? undefined : LISTS[number];
  };

test('a process stores the sets that kept states and remembered heights name, and no other', () =>
  fc.assert(
    fc.asyncProperty(decisions, async (numbers) => {
      const node = machine(scheduled(numbers));
      const queue = createApplicationQueue();
      const sets = createKeptSets();
      const past = createPastHeights(sets);
      let state: ChainState | undefined;
      recover(node.process(), queue, { sets, past, parameters: createKeptParameters() }, FORGETFUL, (recovered) => {
        if (E.isRight(recovered)) ({ state } = recovered.right);
      });
      await queue.idle();
      for (let height = 1n; height <= 60n && state !== undefined; height++) {
        executeBlock(
          node.process(),
          queue,
          { sets, past, parameters: createKeptParameters() },
          FORGETFUL,
          state,
          blockAt(height),
          (executed) => {
            state = E.isRight(executed) ? executed.right.state : undefined;
          },
        );
        await queue.idle();
        const { oldest, newest } = past.bounds() ?? { oldest: 1n, newest: 0n };
        const decided = [0n, 1n, 2n, 3n, 4n, 5n].flatMap((age) =>
          newest - age < oldest ? [] : [past.setAt(newest - age)?.hash],
        );
        expect(new Set(stored(node).keys())).toEqual(new Set([...namedByStates(node), ...decided]));
      }
      expect(state).toMatchObject({ height: 60n });
    }),
    { numRuns: 8 },
  ));

test('every kept state finds its sets after a death at any step, and a node goes on from whichever the application has', () =>
  fc.assert(
    fc.asyncProperty(decisions, lives, async (numbers, history) => {
      const node = machine(scheduled(numbers));
      let head = 0n;
      for (const { decided, diesAt, when, lost } of history) {
        for (let more = 0; more < decided; more++) node.blocks.set(++head, committedAt(head));
        node.dieAt(diesAt === undefined ? undefined : { step: diesAt, when });
        const started = await node.start(FORGETFUL);
        if (started !== undefined && E.isLeft(started)) throw new Error(started.left);
        namedByStates(node);
        const newest = [...node.states.keys()].reduce((a, b) => (a > b ? a : b), 0n);
        const left = lost === 'all' ? 0n : node.committed() - BigInt(lost);
        // It is at most as far behind as states are kept; from genesis it can always start.
        if (lost === 'all' || left > newest - CHAIN_STATES_KEPT) node.setCommitted(left > 0n ? left : 0n);
      }
      node.dieAt(undefined);
      expect(await node.start(FORGETFUL)).toMatchObject({ right: { state: { height: head } } });
      namedByStates(node);
    }),
    { numRuns: 80 },
  ));
