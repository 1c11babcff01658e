import { either as E } from 'fp-ts';
import { DEFAULT_CHAIN_PARAMETERS, type ChainParameters, type ChainStateRow } from '@zhtp/types';
import { parametersHashOf } from '@zhtp/chain';
import { describe, expect, test } from 'vitest';
import { createKeptParameters, PARAMETERS_KEPT, PARAMETERS_PREFIX } from '../../src/height/kept-parameters.ts';
import { chainStatesIn } from '../support/chain-states.ts';

const withBytes = (maxBlockBytes: number): ChainParameters => ({ ...DEFAULT_CHAIN_PARAMETERS, maxBlockBytes });

const keeping = () => {
  const rows = new Map<string, ChainStateRow>();
  const store = chainStatesIn(new Map(), rows);
  const kept = createKeptParameters();
  return {
    kept,
    rows,
    state: (height: bigint, parameters: ChainParameters) => {
      store.writeRows(kept.changesWith(height, parameters), () => undefined);
    },
    restarted: () => {
      const again = createKeptParameters();
      store.rows(PARAMETERS_PREFIX, (found) => {
        if (E.isRight(found)) expect(again.load(found.right)).toEqual(E.right(undefined));
      });
      return again;
    },
  };
};

describe('parameters that were in force', () => {
  test('are found by the hash that headers name, also after a restart', () => {
    const { kept, state, restarted } = keeping();
    state(0n, withBytes(2_000));
    state(1n, withBytes(3_000));
    for (const each of [kept, restarted()])
      for (const bytes of [2_000, 3_000])
        expect(each.get(parametersHashOf(withBytes(bytes)))).toEqual(withBytes(bytes));
    expect(kept.get(parametersHashOf(withBytes(4_000)))).toBeUndefined();
  });

  test('are written when they change and not again while they last', () => {
    const { kept, restarted, state } = keeping();
    const parameters = withBytes(2_000);
    state(0n, parameters);
    expect(kept.changesWith(1n, parameters)).toEqual([]);
    expect(kept.changesWith(2n, withBytes(2_000))).toEqual([]);
    expect(restarted().changesWith(3n, withBytes(2_000))).toEqual([]);
  });

  test.each([
    [PARAMETERS_KEPT - 1, true],
    [PARAMETERS_KEPT, false],
  ])('after %i others the first ones are kept: %s', (others, areKept) => {
    const { kept, rows, state } = keeping();
    for (let i = 0; i <= others; i++) state(BigInt(i), withBytes(2_000 + i));
    expect(kept.get(parametersHashOf(withBytes(2_000))) !== undefined).toBe(areKept);
    expect(rows.size).toBe(PARAMETERS_KEPT);
  });

  test('that come back count as new', () => {
    const { kept, state } = keeping();
    state(0n, withBytes(2_000));
    state(1n, withBytes(2_001));
    state(2n, withBytes(2_000));
    for (let i = 2; i <= PARAMETERS_KEPT; i++) state(BigInt(i + 1), withBytes(2_000 + i));
    expect(kept.get(parametersHashOf(withBytes(2_000)))).toBeDefined();
    expect(kept.get(parametersHashOf(withBytes(2_001)))).toBeUndefined();
  });

  test('a damaged row is named', () => {
    const { rows, state } = keeping();
    state(0n, withBytes(2_000));
    const damaged = [...rows.values()].map((row) => ({ ...row, value: row.value.subarray(1) }));
    expect(createKeptParameters().load(damaged)).toMatchObject(
      E.left(expect.stringContaining('stored chain parameters are damaged')),
    );
  });
});
