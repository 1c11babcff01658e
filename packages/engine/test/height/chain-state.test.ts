import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FrozenValidator, Hash } from '@zhtp/types';
import type { ValidatorSet } from '@zhtp/validators';
import {
  afterBlock,
  decodeChainState,
  encodeChainState,
  genesisChainState,
  setsNamedBy,
  type ChainState,
} from '../../src/height/chain-state.ts';
import { frozen } from '../../src/height/frozen-set.ts';
import { blockAt, GENESIS, stateAt, VALIDATORS } from '../support/genesis.ts';
import { hashNamed } from '../support/votes.ts';

const NOBODY: readonly FrozenValidator[] = [];
const OTHERS: readonly FrozenValidator[] = VALIDATORS.map((validator) => ({ ...validator, votingPower: 2n }));
const SETS: readonly (readonly FrozenValidator[])[] = [VALIDATORS, OTHERS, [...VALIDATORS]];
const aSet = fc.constantFrom(...SETS);
const aState = fc
  .record({ lastValidators: fc.constantFrom(NOBODY, ...SETS), validators: aSet, nextValidators: aSet })
  .map((sets): ChainState => ({ ...stateAt(5n), ...sets }));

const KNOWN = new Map([VALIDATORS, OTHERS].map((set) => [frozen(set).hash, frozen(set)]));
const known = (set: Hash): ValidatorSet | undefined => KNOWN.get(set);

const read = (bytes: Uint8Array): ChainState => {
  const state = decodeChainState(bytes, known);
  if (E.isLeft(state)) throw new Error(state.left);
  return state.right;
};

describe('the state that is stored after each height', () => {
  test('is read back as it was, whichever of its sets are one', () => {
    fc.assert(
      fc.property(aState, (state) => {
        const { lastValidators, validators, nextValidators, ...rest } = read(encodeChainState(state));
        const ordered = (set: readonly FrozenValidator[]) => (set.length === 0 ? set : frozen(set).validators);
        expect([lastValidators, validators, nextValidators]).toEqual(
          [state.lastValidators, state.validators, state.nextValidators].map(ordered),
        );
        expect({ ...state, ...rest }).toEqual(state);
      }),
    );
  });

  test('names its sets and holds none: its size has nothing to do with theirs', () => {
    const many = VALIDATORS.slice(0, 1);
    const states = [VALIDATORS, many, OTHERS].map((validators) => encodeChainState({ ...stateAt(5n), validators }));
    expect(new Set(states.map(({ length }) => length)).size).toBe(1);
    expect(states[0]?.length).toBeLessThan(1_000);
  });

  test('names each set once, nobody not at all', () => {
    const names = (lastValidators: typeof VALIDATORS, nextValidators: typeof VALIDATORS) =>
      setsNamedBy({ lastValidators, validators: VALIDATORS, nextValidators }).map(({ hash }) => hash);
    const [set, other] = [frozen(VALIDATORS).hash, frozen(OTHERS).hash];
    expect(names(NOBODY, VALIDATORS)).toEqual([set]);
    expect(names(VALIDATORS, OTHERS)).toEqual([set, other]);
    expect(names(OTHERS, OTHERS)).toEqual([other, set]);
  });

  test('gives heights of one set one array again', () => {
    const steady: ChainState = { ...stateAt(5n), lastValidators: VALIDATORS };
    const { lastValidators, validators, nextValidators } = read(encodeChainState(steady));
    expect(validators).toBe(lastValidators);
    expect(nextValidators).toBe(validators);
  });

  test('is refused when one of the sets that it names is missing', () => {
    const [set, other] = [frozen(VALIDATORS).hash, frozen(OTHERS).hash];
    const bytes = encodeChainState({ ...stateAt(5n), lastValidators: VALIDATORS, nextValidators: OTHERS });
    for (const gone of [set, other])
      expect(decodeChainState(bytes, (asked) => (asked === gone ? undefined : known(asked)))).toEqual(
        E.left(`names validator set ${gone}, which is missing; restore the data folder from a backup or sync it anew`),
      );
  });

  test('is refused when it is cut or goes on behind its end', () => {
    const bytes = encodeChainState(stateAt(5n));
    for (const damaged of [bytes.slice(0, -1), Uint8Array.of(...bytes, 0), bytes.slice(0, 3), Uint8Array.of()])
      expect(JSON.stringify(decodeChainState(damaged, known))).toMatch(/Left.*is damaged \(/);
  });

  test('is refused by version when another program wrote it, the one without a version too', () => {
    const bytes = encodeChainState(stateAt(5n));
    const refusal = (...version: readonly number[]): string =>
      `has format version ${String(version.at(-1))}; this program reads version 2: ` +
      'start the data folder with the program version that wrote it, or sync it anew';
    expect(bytes.slice(0, 4)).toEqual(Uint8Array.of(0, 0, 0, 2));
    expect(decodeChainState(Uint8Array.of(0, 0, 0, 3, ...bytes.slice(4)), known)).toEqual(E.left(refusal(3)));
    // Version 1 began with the genesis hash.
    expect(decodeChainState(bytes.slice(4), known)).toEqual(E.left(refusal(1)));
  });
});

describe('the set decided in a block', () => {
  const RESULT = { appHash: hashNamed('app'), resultsHash: hashNamed('results'), difficultyBits: 0, results: [] };
  const after = (state: ChainState, nextValidators: O.Option<readonly FrozenValidator[]>): ChainState =>
    afterBlock(state, hashNamed('block'), blockAt(state.height + 1n).header, {
      ...RESULT,
      nextValidators,
      parameters: O.none,
    });

  test('acts two heights later, and the one of genesis serves the first two', () => {
    const start = genesisChainState(GENESIS, VALIDATORS, RESULT);
    const [A, B] = [OTHERS, VALIDATORS.slice(1)];
    const first = after(start, O.some(A));
    const second = after(first, O.some(B));
    const third = after(second, O.none);
    expect([start, first, second, third].map(({ validators }) => validators)).toEqual([VALIDATORS, VALIDATORS, A, B]);
    expect([start, first, second, third].map(({ nextValidators }) => nextValidators)).toEqual([VALIDATORS, A, B, B]);
    expect([start, first, second, third].map(({ lastValidators }) => lastValidators)).toEqual([
      [],
      VALIDATORS,
      VALIDATORS,
      A,
    ]);
  });
});
