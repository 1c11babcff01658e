import { encode, type FrozenValidator } from '@zhtp/types';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainStateCodec, decodeChainState, encodeChainState, type ChainState } from '../../src/height/chain-state.ts';
import { stateAt, VALIDATORS } from '../support/genesis.ts';

const NOBODY: readonly FrozenValidator[] = [];
const OTHERS: readonly FrozenValidator[] = VALIDATORS.map((validator) => ({ ...validator, votingPower: 2n }));
const SETS: readonly (readonly FrozenValidator[])[] = [NOBODY, VALIDATORS, OTHERS, [...VALIDATORS]];
const aSet = fc.constantFrom(...SETS);
const aState = fc
  .record({ lastValidators: aSet, validators: aSet, nextValidators: aSet })
  .map((sets): ChainState => ({ ...stateAt(5n), ...sets }));

const read = (bytes: Uint8Array): ChainState => {
  const state = decodeChainState(bytes);
  if (E.isLeft(state)) throw new Error(state.left.message);
  return state.right;
};

describe('the state that is stored after each height', () => {
  test('is read back as it was, whichever of its sets are one', () => {
    fc.assert(
      fc.property(aState, (state) => {
        expect(read(encodeChainState(state))).toEqual(state);
      }),
    );
  });

  test('holds each set once, and is one array again where it was one', () => {
    const state: ChainState = { ...stateAt(5n), lastValidators: VALIDATORS, validators: VALIDATORS };
    const steady = { ...state, nextValidators: VALIDATORS };
    const changing = { ...state, nextValidators: OTHERS };
    const setBytes = encodeChainState(changing).length - encodeChainState(steady).length;
    expect(encode(chainStateCodec)(steady).length - encodeChainState(steady).length).toBeGreaterThan(setBytes);
    const { lastValidators, validators, nextValidators } = read(encodeChainState(steady));
    expect(validators).toBe(lastValidators);
    expect(nextValidators).toBe(validators);
  });

  test('names no set that it does not hold', () => {
    const bytes = encodeChainState({
      ...stateAt(5n),
      lastValidators: NOBODY,
      validators: NOBODY,
      nextValidators: NOBODY,
    });
    // The three places stand before the rotation, which is one byte when there is none.
    const at = bytes.length - 2;
    expect(bytes.slice(at - 2)).toEqual(Uint8Array.of(0, 0, 0, 0));
    for (const place of [at - 2, at - 1, at]) {
      const beyond = bytes.slice();
      beyond[place] = 1;
      expect(decodeChainState(beyond)).toEqual(
        E.left({ message: 'StoredChainState: it names a validator set beyond its 1' }),
      );
    }
  });

  test('is refused when it is cut or goes on behind its end', () => {
    const bytes = encodeChainState(stateAt(5n));
    expect(decodeChainState(bytes.slice(0, -1))).toMatchObject({ _tag: 'Left' });
    expect(decodeChainState(Uint8Array.of(...bytes, 0))).toMatchObject({ _tag: 'Left' });
  });
});
