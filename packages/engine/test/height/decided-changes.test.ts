import { either as E, option as O } from 'fp-ts';
import { schemeOf } from '@zhtp/crypto';
import type { ChainParameters, FinalizeBlockResult, FrozenValidator } from '@zhtp/types';
import { TOTAL_POWER_MAX } from '@zhtp/validators';
import { describe, expect, test } from 'vitest';
import { checkedChanges } from '../../src/height/decided-changes.ts';
import { GENESIS } from '../support/genesis.ts';
import { hashNamed, identityNamed } from '../support/votes.ts';

const { publicKeyBytes } = schemeOf('ML-DSA-65');

const validator = (name: string, votingPower = 1n, key = name): FrozenValidator => ({
  identity: identityNamed(name),
  consensusKey: new Uint8Array(publicKeyBytes).fill(key.charCodeAt(0)),
  votingPower,
});

const UNCHANGED: FinalizeBlockResult = {
  appHash: hashNamed('app'),
  resultsHash: hashNamed('results'),
  results: [],
  nextValidators: O.none,
  parameters: O.none,
  difficultyBits: 0,
};

const check = (change: Partial<FinalizeBlockResult>) => checkedChanges('ML-DSA-65', { ...UNCHANGED, ...change }, {});
const refusal = (change: Partial<FinalizeBlockResult>): string => {
  const checked = check(change);
  return E.isLeft(checked) ? checked.left : 'accepted';
};
const withSet = (...set: readonly FrozenValidator[]): string => refusal({ nextValidators: O.some(set) });
const withParameters = (change: Partial<ChainParameters>): string =>
  refusal({ parameters: O.some({ ...GENESIS.parameters, ...change }) });

describe('what an application may decide', () => {
  test('nothing at all', () => {
    expect(check({})).toEqual(E.right(UNCHANGED));
  });

  test('a set in any order: it is handed on in identity order', () => {
    const set = ['a', 'b', 'c', 'd'].map((name) => validator(name));
    const ordered = set.toSorted((x, y) => (x.identity < y.identity ? -1 : 1));
    for (const given of [set, set.toReversed()])
      expect(check({ nextValidators: O.some(given) })).toEqual(
        E.right({ ...UNCHANGED, nextValidators: O.some(ordered) }),
      );
  });

  test('power up to the limit, and not one above', () => {
    expect(withSet(validator('a', TOTAL_POWER_MAX - 1n), validator('b', 1n))).toBe('accepted');
    expect(withSet(validator('a', TOTAL_POWER_MAX), validator('b', 1n))).toContain('total voting power');
  });

  test('no set that cannot decide', () => {
    expect(withSet()).toContain('at least one validator');
    expect(withSet(validator('a'), validator('a'))).toContain('occurs twice');
    expect(withSet(validator('a'), validator('b', 1n, 'a'))).toContain('share a consensus key');
    expect(withSet(validator('a', 0n))).toContain('voting power 0');
    expect(withSet({ ...validator('a'), consensusKey: new Uint8Array(publicKeyBytes - 1) })).toContain(
      `consensus key of ${String(publicKeyBytes - 1)} bytes`,
    );
  });

  test('no parameters that would stop the chain, and none that this version does not know', () => {
    expect(withParameters({ maxBlockBytes: 2_097_152 })).toBe('accepted');
    expect(withParameters({ maxBlockBytes: 1_024 })).toContain('parameters: maxBlockBytes is 1024');
    expect(withParameters({ consensus: { ...GENESIS.parameters.consensus, consensusType: 'Hybrid' } })).toContain(
      'parameters: consensus type Hybrid',
    );
  });
});
