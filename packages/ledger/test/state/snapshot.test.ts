import { taggedHash } from '@zhtp/crypto';
import { encode, type Hash, type SnapshotDescription } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { accountRecordCodec, appHashOf, conservationFault, updateMap } from '@zhtp/ledger';
import { SNAPSHOT_CHUNK_BYTES_MAX } from '../../src/state/snapshot.ts';
import {
  refusedSnapshot,
  restoreSnapshot,
  type Applied,
  type SnapshotRestore,
} from '../../src/state/snapshot-restore.ts';
import { STATE_MAPS } from '../../src/state/state-maps.ts';
import type { StoredLedger } from '../../src/stored-ledger.ts';
import { hashOf } from '../support/chain.ts';
import { eventfulLedger } from '../support/eventful-ledger.ts';
import { snapshotOf } from '../support/snapshots.ts';

/** Enough accounts without money for several chunks. */
const withMany = ({ meta, state }: StoredLedger): StoredLedger => {
  const record = O.some(encode(accountRecordCodec)({ balance: 0n, nonce: 1n }));
  const extra = Array.from({ length: 20_000 }, (_, i) => {
    const identity = taggedHash('test/many', new Uint8Array(4).fill(i & 255).with(1, i >> 8));
    return [identity, record] as const;
  });
  const next = { ...state, accounts: updateMap(state.accounts, new Map(extra)) };
  return { meta: { ...meta, appHash: appHashOf(next) }, state: next };
};

const source = withMany(eventfulLedger());
const { meta } = source;
const snapshot = snapshotOf(source);
const chunks = Array.from(
  { length: snapshot.description.chunks },
  (_, i) => snapshot.chunk(i) ?? expect.fail('no chunk'),
);

const begin = (change: Partial<SnapshotDescription> = {}, appHash: Hash = meta.appHash): SnapshotRestore =>
  restoreSnapshot({ ...snapshot.description, ...change }, appHash, meta);

const reasonOf = (applied: Applied): string =>
  applied._tag === 'Refused' || applied._tag === 'Abandoned' ? `${applied._tag}: ${applied.reason}` : applied._tag;

const applyAll = (restore: SnapshotRestore): Applied =>
  chunks.map((chunk, i) => restore.apply(i, chunk)).at(-1) ?? expect.fail('no chunks');

describe('a snapshot', () => {
  test('is made of several chunks, none longer than a mebibyte', () => {
    expect(chunks.length).toBeGreaterThan(2);
    for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(SNAPSHOT_CHUNK_BYTES_MAX);
  });

  test('gives the same chunks on every node', () => {
    const other = snapshotOf({ meta, state: { ...source.state } });
    expect(other.description).toEqual(snapshot.description);
    for (const index of [2, 0, 1, 1, 2]) expect(other.chunk(index)).toEqual(chunks[index]);
  });

  test('restored is the state it was taken of', () => {
    const applied = applyAll(begin());
    if (applied._tag !== 'Complete') expect.fail(reasonOf(applied));
    expect(applied.stored.meta).toStrictEqual(meta);
    expect(appHashOf(applied.stored.state)).toBe(meta.appHash);
    expect(conservationFault(applied.stored.state, 'full')).toBeUndefined();
    for (const map of STATE_MAPS)
      expect([...map.entries(applied.stored.state)]).toEqual([...map.entries(source.state)]);
  });
});

describe('a wrong chunk', () => {
  test('is refused and named, and the right one goes on from there', () => {
    const restore = begin();
    const [first, second, third] = chunks;
    if (first === undefined || second === undefined || third === undefined) expect.fail('too few chunks');
    expect(reasonOf(restore.apply(1, second))).toBe('Refused: chunk 1 came, the next one is 0');
    expect(reasonOf(restore.apply(0, second))).toBe('Refused: chunk 1 came as chunk 0');
    expect(reasonOf(restore.apply(0, new Uint8Array(9)))).toMatch(/^Refused: chunk 0 (does not decode|is no part)/);
    expect(reasonOf(restore.apply(0, first.with(5_000, (first[5_000] ?? 0) ^ 1)))).toMatch(
      /^Refused: chunk 0 is no part of snapshot/,
    );
    expect(reasonOf(restore.apply(0, new Uint8Array(SNAPSHOT_CHUNK_BYTES_MAX + 1)))).toMatch(/^Refused: chunk 0 has/);
    expect(reasonOf(restore.apply(0, first))).toBe('More');
    expect(reasonOf(restore.apply(0, first))).toBe('Refused: chunk 0 came, the next one is 1');
    expect(reasonOf(restore.apply(1, second))).toBe('More');
  });

  test('of another snapshot is no part of this one', () => {
    const other = snapshotOf(eventfulLedger());
    expect(reasonOf(begin().apply(0, other.chunk(0) ?? expect.fail('no chunk')))).toMatch(/is no part of snapshot/);
  });
});

describe('a snapshot that is genuine and wrong', () => {
  test('is of another app hash than the header', () => {
    expect(reasonOf(applyAll(begin({}, hashOf(3))))).toMatch(/^Abandoned: .* the header 0303/);
  });

  test('is of another chain or height', () => {
    const [first] = chunks;
    if (first === undefined) expect.fail('no chunk');
    expect(reasonOf(begin({ height: 3n }).apply(0, first))).toMatch(/holds height \d+, 3 was offered/);
    const elsewhere = restoreSnapshot(snapshot.description, meta.appHash, { ...meta, genesisHash: hashOf(4) });
    expect(reasonOf(elsewhere.apply(0, first))).toMatch(/not of ledger-test with 0404/);
    const scheme = restoreSnapshot(snapshot.description, meta.appHash, { ...meta, algorithm: 'ML-DSA-87' });
    expect(reasonOf(scheme.apply(0, first))).toMatch(/algorithm or initial height/);
  });

  test('holds entries that are not the state of its app hash', () => {
    const forged = snapshotOf({ meta, state: { ...source.state, keys: { top: undefined } } });
    const restore = restoreSnapshot(forged.description, meta.appHash, meta);
    let last: Applied = { _tag: 'More' };
    for (let i = 0; i < forged.description.chunks; i++) last = restore.apply(i, forged.chunk(i) ?? expect.fail(''));
    expect(reasonOf(last)).toMatch(/^Abandoned: .* its entries give app hash/);
  });
});

test.each([
  [{ format: 2 }, 'format 2, this release reads 1'],
  [{ chunks: 0 }, 'has 0 chunks, it must be from 1'],
  [{ chunks: 1e9 }, 'has 1000000000 chunks'],
  [{ height: 0n }, 'not of height 0'],
])('an offer with %o is refused', (change, message) => {
  expect(refusedSnapshot({ ...snapshot.description, ...change })).toContain(message);
  expect(refusedSnapshot(snapshot.description)).toBeUndefined();
});
