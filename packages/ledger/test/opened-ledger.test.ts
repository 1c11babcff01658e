import { conservationFault, type LedgerApplication } from '@zhtp/ledger';
import { causeText, bytesToHex, encodeUtf8, type Hash } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  alice,
  blockOf,
  bob,
  carol,
  dave,
  decide,
  memoryStore,
  openLedger,
  run,
  type MemoryStore,
} from './support/chain.ts';
import { personOf } from './support/executor.ts';
import { bytesOf, FUNDS, GENESIS, startLedger } from './support/transfer-ledger.ts';
import { type Payment } from './support/wallet.ts';

let store: MemoryStore;
let ledger: LedgerApplication;

beforeEach(async () => {
  ({ store, ledger } = await startLedger());
});

describe('a restart', () => {
  const blocks: readonly (readonly Payment[])[] = [
    [
      { from: alice, to: bob, amount: 5n },
      { from: bob, to: dave, amount: 500_000n },
    ],
    [],
    [
      { from: dave, to: carol, amount: 3n },
      { from: alice, to: alice, nonce: 1n },
    ],
    [
      { from: carol, to: personOf(9), amount: FUNDS },
      { from: dave, to: personOf(9), nonce: 1n },
    ],
  ];

  const runAll = async (restartAfter: (height: bigint) => boolean): Promise<readonly Hash[]> => {
    const rows = memoryStore();
    let app = await openLedger(rows);
    await run(app.initChain(GENESIS));
    const hashes: Hash[] = [];
    for (const [i, payments] of blocks.entries()) {
      const height = BigInt(i + 1);
      hashes.push(await decide(app, height, payments.map(bytesOf)));
      if (restartAfter(height)) app = await openLedger(memoryStore(rows.rows));
      const state = app.committedState();
      expect(O.isSome(state) ? conservationFault(state.value, 'full') : 'no state').toBeUndefined();
      expect((await run(app.info())).height).toBe(height);
    }
    return hashes;
  };

  test('at any height leads to the same hashes as none', async () => {
    const straight = await runAll(() => false);
    expect(await runAll(() => true)).toEqual(straight);
    expect(await runAll((height) => height === 2n)).toEqual(straight);
    expect(new Set(straight).size).toBe(straight.length);
  });

  test('between finalize and commit forgets the block, which is then executed again', async () => {
    const transactions = [bytesOf({ from: alice, to: bob })];
    const first = await run(ledger.finalizeBlock(blockOf(1n, transactions)));
    const again = await openLedger(memoryStore(store.rows));
    expect((await run(again.info())).height).toBe(0n);
    expect((await run(again.finalizeBlock(blockOf(1n, transactions)))).appHash).toBe(first.appHash);
  });

  test('finds damage in every row of the state and names it', async () => {
    await decide(ledger, 1n, [bytesOf({ from: alice, to: bob })]);
    const beside = ['ledger/transaction/', 'ledger/undo/'].map((prefix) => bytesToHex(encodeUtf8(prefix)));
    const state = [...store.rows].filter(([key]) => !beside.some((prefix) => key.startsWith(prefix)));
    expect(state.length).toBeGreaterThan(10);
    for (const [key, value] of state) {
      for (const damaged of [undefined, value.with(value.length - 1, (value.at(-1) ?? 0) ^ 1), value.slice(1)]) {
        const rows = new Map(store.rows);
        if (damaged === undefined) rows.delete(key);
        else rows.set(key, damaged);
        expect(await openMessage(rows)).toMatch(/damaged|missing|does not decode|format/);
      }
    }
    const meta = bytesToHex(encodeUtf8('ledger/meta'));
    const intact = store.rows.get(meta) ?? new Uint8Array(0);
    for (let i = 0; i < intact.length; i++) {
      const rows = new Map(store.rows);
      rows.set(meta, intact.with(i, (intact[i] ?? 0) ^ 1));
      expect(await openMessage(rows)).toMatch(/damaged|format/);
    }
  });

  const openMessage = async (rows: Map<string, Uint8Array>): Promise<string> => {
    try {
      await openLedger(memoryStore(rows));
      return 'opened';
    } catch (cause) {
      return causeText(cause);
    }
  };

  test('refuses a format it does not know by its number', async () => {
    const meta = bytesToHex(encodeUtf8('ledger/meta'));
    const rows = new Map(store.rows);
    rows.set(meta, (rows.get(meta) ?? new Uint8Array(4)).with(3, 9));
    expect(await openMessage(rows)).toMatch(/format 9, this release reads 3: use the release that wrote it/);
  });
});
