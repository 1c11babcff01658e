import { genesisHashOf } from '@zhtp/chain';
import { bytesToHex, encode, encodeUtf8, equalBytes, type StateChange } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { taggedHash } from '@zhtp/crypto';
import { describe, expect, test } from 'vitest';
import { accountRecordCodec, appHashOf, LedgerApplication, updateMap, type StoredLedger } from '@zhtp/ledger';
import { SnapshotKeeper } from '../src/state/snapshot-keeper.ts';
import {
  alice,
  bob,
  countingVerifier,
  decide,
  funded,
  genesisWith,
  memoryStore,
  right,
  run,
  type MemoryStore,
} from './support/chain.ts';
import { eventfulLedger } from './support/eventful-ledger.ts';
import { snapshotOf } from './support/snapshots.ts';
import { pay } from './support/wallet.ts';

const GENESIS = genesisWith([alice, bob].map((pair) => funded(pair, 10_000_000n)));
const verifier = countingVerifier();

const open = (store: MemoryStore, lines: string[] = []): Promise<LedgerApplication> =>
  run(
    LedgerApplication.open({
      store,
      verifier,
      snapshots: { every: 2n, kept: 2 },
      report: (line) => void lines.push(line),
    }),
  );

const grown = async (blocks: number): Promise<MemoryStore> => {
  const store = memoryStore();
  const ledger = await open(store);
  await run(ledger.initChain(GENESIS));
  for (let i = 0; i < blocks; i++)
    await decide(ledger, BigInt(i) + 1n, [
      pay(genesisHashOf(GENESIS), { from: alice, to: bob, nonce: BigInt(i) }).bytes,
    ]);
  return store;
};

const heightsOf = async (ledger: LedgerApplication): Promise<readonly bigint[]> =>
  (await run(ledger.listSnapshots())).map(({ height }) => height);

const rowsUnder = ({ rows }: MemoryStore, prefix: string): readonly string[] =>
  [...rows.keys()].filter((key) => key.startsWith(bytesToHex(encodeUtf8(prefix)))).toSorted();

describe('after a restart', () => {
  test('the newest snapshots are there, with the same chunks', async () => {
    const store = await grown(7);
    const again = await open(memoryStore(store.rows));
    const before = await open(store);
    expect(await heightsOf(again)).toEqual([6n, 4n]);
    expect(await run(again.listSnapshots())).toEqual(await run(before.listSnapshots()));
    for (const height of [6n, 4n]) expect(O.isSome(await run(again.loadSnapshotChunk(height, 0)))).toBe(true);
    for (const [height, chunk] of [
      [2n, 0],
      [5n, 0],
      [6n, 1],
      [6n, -1],
      [6n, 0.5],
    ] as const)
      expect(await run(again.loadSnapshotChunk(height, chunk))).toEqual(O.none);
  });

  test('older ones leave nothing behind', async () => {
    const store = await grown(9);
    expect(rowsUnder(store, 'ledger/snapshot-index/').length).toBe(2);
    expect(rowsUnder(store, 'ledger/snapshot-body/').length).toBe(2);
    expect(rowsUnder(store, 'ledger/snapshot-begun')).toEqual([]);
  });

  test('a damaged chunk is named when it is asked for, its snapshot put aside and taken away with the next block', async () => {
    const { rows } = await grown(7);
    const [oldest = ''] = rowsUnder(memoryStore(rows), 'ledger/snapshot-body/');
    const body = rows.get(oldest) ?? expect.fail('no body');
    for (const damaged of [undefined, body.slice(1), body.with(3, (body[3] ?? 0) ^ 1), new Uint8Array(0)]) {
      const store = memoryStore(new Map(rows));
      if (damaged === undefined) store.rows.delete(oldest);
      else store.rows.set(oldest, damaged);
      const lines: string[] = [];
      const ledger = await open(store, lines);
      expect(await heightsOf(ledger)).toEqual([6n, 4n]);
      expect(await run(ledger.loadSnapshotChunk(4n, 0))).toEqual(O.none);
      expect(await run(ledger.loadSnapshotChunk(4n, 0))).toEqual(O.none);
      expect(lines).toEqual(['chunk 0 of the snapshot of height 4 is damaged or missing: the snapshot is put aside']);
      expect(await heightsOf(ledger)).toEqual([6n]);
      await decide(ledger, 8n, []);
      expect(await heightsOf(ledger)).toEqual([8n, 6n]);
      expect(await heightsOf(await open(memoryStore(store.rows)))).toEqual([8n, 6n]);
      expect(rowsUnder(store, 'ledger/snapshot-body/').length).toBe(2);
    }
  });

  test('a damaged index is named and its snapshot not offered', async () => {
    const { rows } = await grown(7);
    const [first = '', second = ''] = rowsUnder(memoryStore(rows), 'ledger/snapshot-index/');
    const index = rows.get(first) ?? expect.fail('no index');
    const other = rows.get(second) ?? expect.fail('no index');
    for (const damaged of [index.slice(1), index.with(40, (index[40] ?? 0) ^ 1), new Uint8Array(0), other]) {
      const store = memoryStore(new Map(rows).set(first, damaged));
      const lines: string[] = [];
      const ledger = await open(store, lines);
      expect(await heightsOf(ledger)).toEqual([6n]);
      expect(lines).toEqual(['a row ledger/snapshot-index is damaged: its snapshot is put aside']);
      await decide(ledger, 8n, []);
      expect(rowsUnder(store, 'ledger/snapshot-index/').length).toBe(2);
    }
  });
});

/** Enough accounts without money for several blocks' share of chunks. */
const large = (): StoredLedger => {
  const { meta, state } = eventfulLedger();
  const record = O.some(encode(accountRecordCodec)({ balance: 0n, nonce: 1n }));
  const extra = Array.from({ length: 90_000 }, (_, i) => {
    const identity = taggedHash('test/many', Uint8Array.of(i & 255, i >> 8, i >> 16));
    return [identity, record] as const;
  });
  const next = { ...state, accounts: updateMap(state.accounts, new Map(extra)) };
  return { meta: { ...meta, appHash: appHashOf(next) }, state: next };
};

const LARGE = large();
const at = (height: bigint): StoredLedger => ({ ...LARGE, meta: { ...LARGE.meta, height } });
const SCHEDULE = { every: 10n, kept: 2 };

interface Kept {
  readonly keeper: SnapshotKeeper;
  readonly step: (height: bigint) => Promise<number>;
}

/** A keeper on a store, whose blocks have nothing but its rows. */
const keeperOn = async (store: MemoryStore, known: (height: bigint) => boolean = () => true): Promise<Kept> => {
  const opened = await SnapshotKeeper.open(
    store,
    SCHEDULE,
    () => undefined,
    async (height) => (known(height) ? E.right(at(height)) : E.left('not kept')),
  );
  const keeper = right(opened);
  return {
    keeper,
    step: async (height) => {
      const rows = keeper.rows(at(height));
      expect(keeper.rows(at(height))).toBe(rows); // asked again, since a write failed
      await run(store.write(rows));
      keeper.committed();
      return rows.filter(({ _tag, key }) => _tag === 'Put' && isBody(key)).length;
    },
  };
};
const isBody = (key: StateChange['key']): boolean =>
  bytesToHex(key).startsWith(bytesToHex(encodeUtf8('ledger/snapshot-body/')));
const offered = ({ keeper }: Kept): readonly bigint[] => keeper.descriptions().map(({ height }) => height);

describe('the snapshot of a large state', () => {
  const whole = snapshotOf(at(10n));

  test('is written four chunks with a block, and offered when all are', async () => {
    expect(whole.description.chunks).toBeGreaterThan(8);
    const store = memoryStore();
    const kept = await keeperOn(store);
    const written: number[] = [];
    for (let height = 9n; offered(kept).length === 0; height++) written.push(await kept.step(height));
    expect(written.slice(0, 3)).toEqual([0, 4, 4]);
    expect(written.reduce((sum, each) => sum + each, 0)).toBe(whole.description.chunks);
    expect(kept.keeper.descriptions()).toEqual([whole.description]);
    for (let i = 0; i < whole.description.chunks; i++) {
      const chunk = right(await kept.keeper.chunk(10n, i));
      // Compared as a whole: byte by byte, expectations take seconds for a mebibyte.
      expect(O.isSome(chunk) && equalBytes(chunk.value, whole.chunk(i) ?? new Uint8Array(0))).toBe(true);
    }
    expect(await kept.step(19n)).toBe(0);
  });

  test.each([1, 2])('goes on after a start in its midst, %i blocks in, while its state is kept', async (blocks) => {
    const store = memoryStore();
    const first = await keeperOn(store);
    for (let i = 0; i < blocks; i++) await first.step(10n + BigInt(i));
    const second = await keeperOn(store, (height) => height === 10n);
    expect(offered(second)).toEqual([]);
    for (let height = 20n; offered(second).length === 0; height++) await second.step(height);
    expect(second.keeper.descriptions()).toEqual([whole.description]);
    expect(rowsUnder(store, 'ledger/snapshot-body/').length).toBe(whole.description.chunks);
    expect(rowsUnder(store, 'ledger/snapshot-begun')).toEqual([]);
  });

  test('is given up where its state is kept no more, and leaves nothing behind', async () => {
    const store = memoryStore();
    const first = await keeperOn(store);
    await first.step(10n);
    await first.step(11n);
    const second = await keeperOn(store, () => false);
    await second.step(13n);
    expect(store.rows.size).toBe(0);
    expect(offered(second)).toEqual([]);
  });

  test('comes before one that is due meanwhile', async () => {
    const store = memoryStore();
    const kept = await keeperOn(store);
    await kept.step(10n);
    for (let height = 20n; offered(kept).length === 0; height += 10n) await kept.step(height);
    expect(offered(kept)).toEqual([10n]);
  });
});
