import { taggedHash } from '@zhtp/crypto';
import { hashToBytes, type Hash } from '@zhtp/types';
import * as fc from 'fast-check';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { describe, expect, test } from 'vitest';
import {
  EMPTY_MAP,
  EMPTY_MAP_ROOT,
  getFromMap,
  mapEntries,
  mapFrom,
  mapRoot,
  mapSize,
  updateMap,
  type MapKey,
} from '@zhtp/ledger';
import { personOf } from './support/executor.ts';

const key = fc.nat({ max: 40 }).map(personOf);
const value = fc.uint8Array({ maxLength: 4 });
const change = fc.tuple(key, fc.option(value, { freq: 3 }));
const batch = fc.array(change, { maxLength: 30 });

type Batch = readonly (readonly [MapKey, Uint8Array | null])[];
const changesOf = (list: Batch): Map<MapKey, Option<Uint8Array>> =>
  new Map(list.map(([k, v]) => [k, O.fromNullable(v)]));

/** What the batches come to, by the simplest map there is. */
const modelOf = (batches: readonly Batch[]): Map<MapKey, Uint8Array> => {
  const model = new Map<MapKey, Uint8Array>();
  for (const list of batches)
    for (const [k, v] of changesOf(list))
      if (O.isSome(v)) model.set(k, v.value);
      else model.delete(k);
  return model;
};

const sorted = (entries: Iterable<readonly [MapKey, Uint8Array]>): readonly (readonly [MapKey, Uint8Array])[] =>
  [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('an authenticated map', () => {
  test('holds what a plain map holds after any batches of puts and removals', () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
        let map = EMPTY_MAP;
        for (const list of batches) map = updateMap(map, changesOf(list));
        const model = modelOf(batches);
        expect(sorted(mapEntries(map))).toEqual(sorted(model));
        expect(mapSize(map)).toBe(model.size);
        for (let n = 0; n <= 40; n++) {
          const k = personOf(n);
          expect(getFromMap(map, k)).toEqual(O.fromNullable(model.get(k)));
        }
      }),
    );
  });

  test('has one root for one contents, whatever batches led there', () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
        let map = EMPTY_MAP;
        for (const list of batches) {
          map = updateMap(map, changesOf(list));
          mapRoot(map); // hashes taken on the way must not stick to nodes that change later
        }
        expect(mapRoot(map)).toBe(mapRoot(mapFrom(modelOf(batches))));
      }),
    );
  });

  test('has different roots for different contents', () => {
    fc.assert(
      fc.property(batch, batch, (a, b) => {
        const [modelA, modelB] = [modelOf([a]), modelOf([b])];
        const same = JSON.stringify(sorted(modelA)) === JSON.stringify(sorted(modelB));
        expect(mapRoot(mapFrom(modelA)) === mapRoot(mapFrom(modelB))).toBe(same);
      }),
    );
  });

  test('an update leaves the version before as it was', () => {
    fc.assert(
      fc.property(batch, batch, (a, b) => {
        const before = updateMap(EMPTY_MAP, changesOf(a));
        const root = mapRoot(before);
        mapRoot(updateMap(before, changesOf(b)));
        expect(sorted(mapEntries(before))).toEqual(sorted(modelOf([a])));
        expect(mapRoot(mapFrom(mapEntries(before)))).toBe(root);
      }),
    );
  });

  test('a batch that changes nothing gives the same map back', () => {
    const map = mapFrom([1, 2, 3].map((n) => [personOf(n), Uint8Array.of(n)]));
    expect(updateMap(map, new Map())).toBe(map);
    expect(updateMap(map, changesOf([[personOf(2), Uint8Array.of(2)]]))).toBe(map);
    expect(updateMap(map, changesOf([[personOf(9), null]]))).toBe(map);
  });

  test('an update touches only the paths to what changed', () => {
    const map = mapFrom(Array.from({ length: 1_000 }, (_, n) => [personOf(n), Uint8Array.of(1)] as const));
    mapRoot(map);
    const next = updateMap(map, changesOf([[personOf(5), Uint8Array.of(2)]]));
    let unhashed = 0;
    const open = next.top === undefined ? [] : [next.top];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node.hash !== undefined) continue;
      unhashed += 1;
      if (node._tag === 'Branch') open.push(node.zero, node.one);
    }
    expect(unhashed).toBeGreaterThan(1);
    expect(unhashed).toBeLessThan(30);
    expect(mapRoot(next)).toBe(mapRoot(mapFrom(mapEntries(next))));
  });

  test('hashes paths, values, leaves and branches as documented', () => {
    const [a, b] = [personOf(1), personOf(2)];
    const path = (k: MapKey): Hash => taggedHash('zhtp/map/path/v1', hashToBytes(k));
    const leafOf = (k: MapKey, v: Uint8Array): Hash =>
      taggedHash('zhtp/map/leaf/v1', hashToBytes(path(k)), hashToBytes(taggedHash('zhtp/map/value/v1', v)));
    const [one, two] = [Uint8Array.of(1), Uint8Array.of(2, 2)];
    expect(mapRoot(mapFrom([[a, one]]))).toBe(leafOf(a, one));
    const bits = [a, b].map((k) =>
      BigInt(`0x${path(k)}`)
        .toString(2)
        .padStart(256, '0'),
    );
    const bit = Array.from(bits[0] ?? '').findIndex((digit, i) => digit !== bits[1]?.[i]);
    const sides = [leafOf(a, one), leafOf(b, two)].map(hashToBytes);
    const ordered = bits[0]?.[bit] === '0' ? sides : sides.toReversed();
    expect(
      mapRoot(
        mapFrom([
          [b, two],
          [a, one],
        ]),
      ),
    ).toBe(taggedHash('zhtp/map/branch/v1', Uint8Array.of(bit), ...ordered));
  });

  test('is empty at first, and again after the last removal', () => {
    const one = mapFrom([[personOf(1), Uint8Array.of(1)]]);
    expect(mapRoot(EMPTY_MAP)).toBe(EMPTY_MAP_ROOT);
    expect(mapRoot(one)).not.toBe(EMPTY_MAP_ROOT);
    expect(updateMap(one, changesOf([[personOf(1), null]]))).toEqual(EMPTY_MAP);
  });
});
