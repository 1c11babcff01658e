import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { EMPTY_MAP, getFromMap, mapSize, updateMap, type MapKey } from '@zhtp/ledger';
import { pathOf, pathOfLeaving, pathsRemembered } from '../src/trie-path.ts';
import { personOf } from './support/executor.ts';

describe('the path of a key', () => {
  test('is the same when it is computed, remembered, forgotten, and computed again', () => {
    const key = personOf(70_000);
    const first = pathOf(key);
    expect([pathOf(key), pathOfLeaving(key), pathOfLeaving(key), pathOf(key)]).toEqual([first, first, first, first]);
  });

  test('is forgotten when the key leaves its map: what takes in a key and lets one go with each block grows nothing', () => {
    const window = 100;
    let map = EMPTY_MAP;
    let keysOfBlock: Map<MapKey, O.Option<Uint8Array>>;
    let full = 0;
    for (let height = 0; height < 5 * window; height++) {
      keysOfBlock = new Map([[personOf(80_000 + height), O.some(Uint8Array.of(1))]]);
      if (height >= window) keysOfBlock.set(personOf(80_000 + height - window), O.none);
      map = updateMap(map, keysOfBlock);
      if (height === window) full = pathsRemembered();
    }
    expect(mapSize(map)).toBe(window);
    expect(pathsRemembered()).toBe(full);
  });

  test('is remembered of at most two generations of 16,384 keys that were only looked for', () => {
    for (let n = 0; n < 40_000; n++) getFromMap(EMPTY_MAP, personOf(100_000 + n));
    expect(pathsRemembered()).toBeGreaterThan(16_384);
    expect(pathsRemembered()).toBeLessThanOrEqual(32_768);
  });
});
