import { schemeOf } from '@zhtp/crypto';
import { LedgerApplication } from '@zhtp/ledger';
import { bytesToHex, encodeUtf8, type StateChange } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  ALGORITHM,
  alice,
  blockOf,
  bob,
  decide,
  failure,
  identityOfPair,
  memoryStore,
  openLedger,
  run,
  type CountingVerifier,
  type MemoryStore,
} from './support/chain.ts';
import { accountOf, bytesOf, FUNDS, GENESIS, signed, startLedger } from './support/transfer-ledger.ts';

let store: MemoryStore;
let verifier: CountingVerifier;
let ledger: LedgerApplication;

beforeEach(async () => {
  ({ store, verifier, ledger } = await startLedger());
});

describe('the first start', () => {
  test('makes the genesis state durable: a second start finds it', async () => {
    const here = await run(ledger.info());
    const again = await openLedger(memoryStore(store.rows));
    expect(await run(again.info())).toEqual(here);
    expect(here.height).toBe(0n);
    expect((await accountOf(again, bob))?.balance).toBe(FUNDS);
  });

  test('before genesis there is nothing, and every question about blocks is an error', async () => {
    const fresh = await openLedger(memoryStore());
    expect((await run(fresh.info())).height).toBe(0n);
    expect(await failure(fresh.checkTx(new Uint8Array(1)))).toMatch(/before initChain/);
    expect(await failure(fresh.finalizeBlock(blockOf(1n, [])))).toMatch(/before initChain/);
    expect(await failure(fresh.commit())).toMatch(/without a finalized block/);
  });

  test('stands one below the initial height, wherever that is', async () => {
    const later = await openLedger(memoryStore());
    await run(later.initChain({ ...GENESIS, initialHeight: 100n }));
    expect((await run(later.info())).height).toBe(99n);
    expect(await failure(later.finalizeBlock(blockOf(1n, [])))).toMatch(/height 1.*next one is 100/);
    await decide(later, 100n, []);
    expect((await run(later.info())).height).toBe(100n);
  });

  test('may be repeated with the same genesis until the first block, with no other and not later', async () => {
    const first = await run(ledger.initChain(GENESIS));
    expect(await run(ledger.initChain(GENESIS))).toEqual(first);
    expect(first.difficultyBits).toBe(0x1d00_ffff);
    expect(await failure(ledger.initChain({ ...GENESIS, chainId: 'other' }))).toMatch(
      /belongs to genesis .* own folder/,
    );
    await decide(ledger, 1n, []);
    expect(await failure(ledger.initChain(GENESIS))).toMatch(/after block 1/);
  });

  test('refuses a wrong application state by the path of the field', async () => {
    const fresh = await openLedger(memoryStore());
    const appState = {
      accounts: [{ identity: identityOfPair(alice), balance: '-1' }],
      treasury: '0',
      parameters: { minFeePerByte: '1', newAccountFee: '1' },
    };
    expect(await failure(fresh.initChain({ ...GENESIS, appState }))).toMatch(/genesis appState.accounts.0.balance/);
    expect(await failure(fresh.initChain({ ...GENESIS, initialHeight: 0n }))).toMatch(/initialHeight is 0/);
  });
});

describe('a decided block', () => {
  test('has the outcome it had when it was judged, whichever others were judged too', async () => {
    const blocks = [7n, 8n, 9n].map((amount) => blockOf(1n, [bytesOf({ from: alice, to: bob, amount })]));
    for (const [i, block] of blocks.entries()) {
      const fresh = await openLedger(memoryStore());
      await run(fresh.initChain(GENESIS));
      for (const each of blocks) await run(fresh.processProposal(each));
      const judged = await run(fresh.finalizeBlock(block));
      expect(judged).toEqual(await run(ledger.finalizeBlock(block)));
      await run(fresh.commit());
      expect((await accountOf(fresh, bob))?.balance).toBe(FUNDS + 7n + BigInt(i));
    }
  });

  test('is executed for what it holds, whatever was judged under the same header', async () => {
    const judged = blockOf(1n, [bytesOf({ from: alice, to: bob, amount: 7n })]);
    await run(ledger.processProposal(judged));
    await run(ledger.finalizeBlock({ ...judged, transactions: [bytesOf({ from: alice, to: bob, amount: 9n })] }));
    await run(ledger.commit());
    expect((await accountOf(ledger, bob))?.balance).toBe(FUNDS + 9n);
    expect(await failure(ledger.finalizeBlock(judged))).toMatch(/the next one is 2/);
  });

  test('takes effect with commit, not before', async () => {
    const { appHash } = await run(ledger.finalizeBlock(blockOf(1n, [bytesOf({ from: alice, to: bob, amount: 7n })])));
    expect((await accountOf(ledger, bob))?.balance).toBe(FUNDS);
    await run(ledger.commit());
    expect((await accountOf(ledger, bob))?.balance).toBe(FUNDS + 7n);
    expect(await run(ledger.info())).toEqual({ height: 1n, appHash });
  });

  test('answers with one result per transaction', async () => {
    const [one, two] = [signed({ from: alice, to: bob }), signed({ from: bob, to: alice, amount: 2n * FUNDS })];
    const result = await run(ledger.finalizeBlock(blockOf(1n, [one.bytes, two.bytes])));
    expect(result.results).toEqual([
      { transaction: one.id, ok: true, message: '' },
      {
        transaction: two.id,
        ok: false,
        message: expect.stringMatching(/message 0: balance is .* needs 20/) as string,
      },
    ]);
    expect(result).toMatchObject({
      nextValidators: O.none,
      parameters: O.none,
      difficultyBits: 0x1d00_ffff,
    });
  });

  test('may be finalized again before commit; the last one counts', async () => {
    await run(ledger.finalizeBlock(blockOf(1n, [bytesOf({ from: alice, to: bob, amount: 7n })])));
    await run(ledger.finalizeBlock(blockOf(1n, [bytesOf({ from: alice, to: bob, amount: 9n })])));
    await run(ledger.commit());
    expect((await accountOf(ledger, bob))?.balance).toBe(FUNDS + 9n);
    expect(await failure(ledger.commit())).toMatch(/without a finalized block/);
  });

  test('that is invalid, or of another height, stops the node with a reason', async () => {
    expect(await failure(ledger.finalizeBlock(blockOf(1n, [Uint8Array.of(1)])))).toMatch(
      /decided block 1 is invalid: transaction 0/,
    );
    for (const height of [0n, 2n])
      expect(await failure(ledger.finalizeBlock(blockOf(height, [])))).toMatch(/the next one is 1/);
  });

  test('that cannot be stored is not taken for committed, and can be committed later', async () => {
    await run(ledger.finalizeBlock(blockOf(1n, [bytesOf({ from: alice, to: bob, amount: 7n })])));
    store.broken = true;
    expect(await failure(ledger.commit())).toMatch(/block 1 could not be stored: disk full/);
    expect((await run(ledger.info())).height).toBe(0n);
    store.broken = false;
    await run(ledger.commit());
    expect((await accountOf(ledger, bob))?.balance).toBe(FUNDS + 7n);
  });

  test('is written as one batch of what changed', async () => {
    const { publicKeyBytes } = schemeOf(ALGORITHM);
    await decide(ledger, 1n, [bytesOf({ from: alice, to: bob })]);
    // Two accounts, the sender's key, the transaction's place, the way back, the kept range, the meta row.
    expect(ownRows(store.batches[1])).toBe(7);
    expect(store.batches[1]?.some((change) => change._tag === 'Put' && change.value.length === publicKeyBytes)).toBe(
      true,
    );
    await decide(ledger, 2n, [bytesOf({ from: alice, to: bob, nonce: 1n })]);
    expect(ownRows(store.batches[2])).toBe(6);
  });

  /** Rows outside the maps of the domains, some of which every block changes. */
  const ownRows = (batch: readonly StateChange[] = []): number =>
    batch.filter(({ key }) => !bytesToHex(key).startsWith(bytesToHex(encodeUtf8('ledger/map/')))).length;
});

describe('a broken store', () => {
  test('is an error with its message, never an exception', async () => {
    const broken = { ...memoryStore(), get: () => () => Promise.reject(new Error('the disk is gone')) };
    const opened = await LedgerApplication.open({ store: broken, verifier })();
    expect(E.isLeft(opened) ? opened.left : opened).toEqual({
      _tag: 'ApplicationError',
      message: 'ledger: the disk is gone',
    });
  });
});
