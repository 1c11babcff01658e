import { genesisHashOf } from '@zhtp/chain';
import { signTransaction, type LedgerApplication } from '@zhtp/ledger';
import { bytesToHex, type PrepareProposalRequest } from '@zhtp/types';
import * as fc from 'fast-check';
import { option as O } from 'fp-ts';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  alice,
  blockOf,
  bob,
  carol,
  dave,
  decide,
  failure,
  memoryStore,
  openLedger,
  reasonOf,
  run,
  type CountingVerifier,
  type MemoryStore,
} from './support/chain.ts';
import {
  accountOf,
  bytesOf,
  FUNDS,
  GENESIS,
  GENESIS_HASH,
  proposalOf,
  signed,
  startLedger,
} from './support/transfer-ledger.ts';
import { pay, type Payment } from './support/wallet.ts';

let store: MemoryStore;
let verifier: CountingVerifier;
let ledger: LedgerApplication;

beforeEach(async () => {
  ({ store, verifier, ledger } = await startLedger());
});

const verdictOn = async (...transactions: readonly Uint8Array[]): Promise<string> =>
  reasonOf(await run(ledger.processProposal(blockOf(1n, transactions))));

describe('prepareProposal', () => {
  test('takes valid transactions in the given order and leaves out the rest', async () => {
    const [a0, a1, b0] = [
      bytesOf({ from: alice, to: bob }),
      bytesOf({ from: alice, to: bob, nonce: 1n }),
      bytesOf({ from: bob, to: alice }),
    ];
    const forged = bytesOf({ from: carol, to: bob, signedBy: bob });
    const chosen = await run(
      ledger.prepareProposal(proposalOf([forged, b0, Uint8Array.of(1), a0, a0, a1, bytesOf({ from: dave, to: bob })])),
    );
    expect(chosen.map(bytesToHex)).toEqual([b0, a0, a1].map(bytesToHex));
    expect(await verdictOn(...chosen)).toBe('accepted');
  });

  test('leaves out what depended on a forged transaction', async () => {
    const forged = bytesOf({ from: alice, to: bob, signedBy: bob });
    const next = bytesOf({ from: alice, to: bob, nonce: 1n });
    expect(await run(ledger.prepareProposal(proposalOf([forged, next])))).toEqual([]);
  });

  test("a stranger's key in front does not displace the sender's own transactions", async () => {
    const first = signed({ from: alice, to: bob });
    const usurper = signTransaction({ ...first.transaction, publicKey: O.some(bob.publicKey) }, bob, GENESIS_HASH);
    const next = bytesOf({ from: alice, to: bob, nonce: 1n });
    const chosen = await run(ledger.prepareProposal(proposalOf([usurper.bytes, first.bytes, next])));
    expect(chosen.map(bytesToHex)).toEqual([first.bytes, next].map(bytesToHex));
  });

  test('keeps to the room for bytes and for transactions', async () => {
    const all = [bytesOf({ from: alice, to: bob }), bytesOf({ from: bob, to: bob }), bytesOf({ from: carol, to: bob })];
    const room = all.reduce((sum, bytes) => sum + 4 + bytes.length, 0);
    const count = async (more: Partial<PrepareProposalRequest>) =>
      (await run(ledger.prepareProposal(proposalOf(all, more)))).length;
    expect(await count({ maxBytes: room })).toBe(3);
    expect(await count({ maxBytes: room - 1 })).toBe(2);
    expect(await count({ maxBytes: 0 })).toBe(0);
    expect(await count({ maxTransactions: 2 })).toBe(2);
    expect(await count({ maxTransactions: 0 })).toBe(0);
  });

  test('is an error for a height that is not the next', async () => {
    expect(await failure(ledger.prepareProposal(proposalOf([], { height: 2n })))).toMatch(
      /height 2, the next one is 1/,
    );
  });

  test('whatever it answers, another instance with the same state accepts', async () => {
    const pairs = [alice, bob, carol, dave];
    const payment = fc.record({
      from: fc.constantFrom(...pairs),
      to: fc.constantFrom(...pairs),
      nonce: fc.bigInt({ min: 0n, max: 2n }),
      amount: fc.constantFrom(1n, 5_000_000n, FUNDS),
      keyKnown: fc.boolean(),
      signedBy: fc.constantFrom(undefined, undefined, undefined, bob),
    });
    const other = await openLedger(memoryStore(store.rows));
    await fc.assert(
      fc.asyncProperty(fc.array(payment, { maxLength: 8 }), async (payments) => {
        const waiting = payments.map(({ signedBy, from, ...rest }) =>
          bytesOf({ ...rest, from, signedBy: signedBy ?? from }),
        );
        const chosen = await run(ledger.prepareProposal(proposalOf(waiting)));
        expect(await run(other.processProposal(blockOf(1n, chosen)))).toEqual({ _tag: 'Accept' });
      }),
      { numRuns: 25 },
    );
  });
});

describe('processProposal', () => {
  test('rejects a block by its first wrong transaction and says why', async () => {
    const good = bytesOf({ from: bob, to: alice });
    expect(await verdictOn(good, bytesOf({ from: alice, to: bob, nonce: 1n, keyKnown: false }))).toMatch(
      /^transaction 1: NonceTooHigh/,
    );
    expect(await verdictOn(good, bytesOf({ from: alice, to: bob, signedBy: bob }))).toMatch(
      /^transaction 1: BadSignature/,
    );
    expect(await verdictOn(Uint8Array.of(7))).toMatch(/^transaction 0: Undecodable/);
    expect(await verdictOn(good, good)).toMatch(/^transaction 1: NonceTooLow/);
  });

  test('accepts a block with a transfer that fails: it pays its fee', async () => {
    expect(await verdictOn(bytesOf({ from: alice, to: bob, amount: FUNDS }))).toBe('accepted');
  });

  test('refuses transactions of a re-created network of the same name', async () => {
    const recreated = genesisHashOf({ ...GENESIS, genesisTime: GENESIS.genesisTime + 1n });
    expect(await verdictOn(pay(recreated, { from: alice, to: bob }).bytes)).toMatch(/BadSignature/);
  });

  test('does not verify again what checkTx verified', async () => {
    const payments: readonly Payment[] = [
      { from: alice, to: bob },
      { from: bob, to: alice },
      { from: alice, to: bob, nonce: 1n },
    ];
    const transactions = payments.map(bytesOf);
    for (const bytes of transactions) await run(ledger.checkTx(bytes));
    expect(verifier.counts.verified).toBe(3);
    expect(await verdictOn(...transactions)).toBe('accepted');
    await run(ledger.prepareProposal(proposalOf(transactions)));
    await decide(ledger, 1n, transactions);
    expect(verifier.counts.verified).toBe(3);
  });

  test('changes nothing', async () => {
    const before = await run(ledger.info());
    await verdictOn(bytesOf({ from: alice, to: bob }));
    expect(await run(ledger.info())).toEqual(before);
    expect((await accountOf(ledger, alice))?.balance).toBe(FUNDS);
    expect(store.batches.length).toBe(1);
  });
});
