import { decode, encode, type Hash } from '@zhtp/types';
import * as fc from 'fast-check';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  EMPTY_MAP,
  getFromMap,
  mapFrom,
  mapProofCodec,
  mapRoot,
  proveInMap,
  verifyMapProof,
  type AuthenticatedMap,
  type MapProof,
} from '@zhtp/ledger';
import { personOf } from './support/executor.ts';

const map = fc
  .uniqueArray(fc.nat({ max: 60 }), { maxLength: 40 })
  .map((people): AuthenticatedMap => mapFrom(people.map((n) => [personOf(n), Uint8Array.of(n)])));

const verdictOn = (m: AuthenticatedMap, n: number, proof: MapProof): 'valid' | 'invalid' =>
  verifyMapProof({ root: mapRoot(m), key: personOf(n), value: getFromMap(m, personOf(n)), proof });

describe('a proof about a map', () => {
  test('shows what is there and what is not', () => {
    fc.assert(
      fc.property(map, fc.nat({ max: 60 }), (m, n) => {
        expect(verdictOn(m, n, proveInMap(m, personOf(n)))).toBe('valid');
      }),
    );
  });

  test('shows nothing else: another value, absence of what is there, presence of what is not', () => {
    fc.assert(
      fc.property(map, fc.nat({ max: 60 }), (m, n) => {
        const key = personOf(n);
        const proof = proveInMap(m, key);
        const wrong = O.isSome(getFromMap(m, key))
          ? [O.none, O.some(Uint8Array.of(n, 0))]
          : [O.some(Uint8Array.of(n)), O.some(new Uint8Array(0))];
        for (const value of wrong) expect(verifyMapProof({ root: mapRoot(m), key, value, proof })).toBe('invalid');
      }),
    );
  });

  test('of one key is no proof for another key with the same value', () => {
    const m = mapFrom([1, 2, 3, 4].map((n) => [personOf(n), Uint8Array.of(7)]));
    const proof = proveInMap(m, personOf(1));
    const claim = { root: mapRoot(m), value: O.some(Uint8Array.of(7)), proof };
    expect(verifyMapProof({ ...claim, key: personOf(1) })).toBe('valid');
    for (const n of [2, 3, 4, 5]) expect(verifyMapProof({ ...claim, key: personOf(n) })).toBe('invalid');
  });

  test('fails with any single byte of it changed', () => {
    fc.assert(
      fc.property(map, fc.nat({ max: 60 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (m, n, at, flip) => {
        const bytes = encode(mapProofCodec)(proveInMap(m, personOf(n)));
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ flip;
        const changed = decode(mapProofCodec)(bytes);
        expect(E.isRight(changed) ? verdictOn(m, n, changed.right) : 'invalid').toBe('invalid');
      }),
    );
  });

  test('cannot claim that a map with entries is empty, nor that an empty one has some', () => {
    const m = mapFrom([[personOf(1), Uint8Array.of(1)]]);
    expect(verdictOn(m, 2, { _tag: 'Empty' })).toBe('invalid');
    expect(verdictOn(EMPTY_MAP, 2, { _tag: 'Empty' })).toBe('valid');
    expect(verdictOn(EMPTY_MAP, 1, proveInMap(m, personOf(1)))).toBe('invalid');
  });

  test('with steps out of order, repeated or too many is refused', () => {
    const m = mapFrom(Array.from({ length: 50 }, (_, n) => [personOf(n), Uint8Array.of(n)] as const));
    const proof = proveInMap(m, personOf(3));
    if (proof._tag !== 'Present') throw new Error('person 3 is in the map');
    const [firstStep, ...others] = proof.steps;
    if (firstStep === undefined) throw new Error('fifty entries make at least one step');
    for (const steps of [[...others, firstStep], [firstStep, ...proof.steps], proof.steps.toReversed(), others])
      expect(verdictOn(m, 3, { _tag: 'Present', steps })).toBe('invalid');
  });

  test('verifies against its own root only', () => {
    const m = mapFrom([1, 2].map((n) => [personOf(n), Uint8Array.of(n)]));
    const other = mapFrom([1, 2, 3].map((n) => [personOf(n), Uint8Array.of(n)]));
    const root: Hash = mapRoot(other);
    const proof = proveInMap(m, personOf(1));
    expect(verifyMapProof({ root, key: personOf(1), value: O.some(Uint8Array.of(1)), proof })).toBe('invalid');
  });
});
