import { emptyCertificate, genesisHashOf } from '@zhtp/chain';
import { schemeOf } from '@zhtp/crypto';
import {
  bytesToHex,
  decode,
  encodeUtf8,
  hashToBytes,
  type Hash,
  type IdentityId,
  type KeyPair,
  type PrepareProposalRequest,
  type StateChange,
} from '@zhtp/types';
import * as fc from 'fast-check';
import { either as E, option as O } from 'fp-ts';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  accountCodec,
  accountProofCodec,
  conservationFault,
  ledgerParametersCodec,
  signTransaction,
  supplyCodec,
  transactionLocationCodec,
  verifyAccountProof,
  type Account,
  type LedgerApplication,
} from '@zhtp/ledger';
import {
  ALGORITHM,
  alice,
  blockOf,
  bob,
  carol,
  countingVerifier,
  dave,
  decide,
  failure,
  funded,
  genesisWith,
  identityOfPair,
  memoryStore,
  openLedger,
  PARAMETERS,
  reasonOf,
  right,
  run,
  type CountingVerifier,
  type MemoryStore,
} from './support/chain.ts';
import { personOf } from './support/executor.ts';
import { pay, type Payment } from './support/wallet.ts';

const FUNDS = 10_000_000n;
const GENESIS = genesisWith([alice, bob, carol].map((pair) => funded(pair, FUNDS)));
const GENESIS_HASH = genesisHashOf(GENESIS);
const signed = (payment: Payment) => pay(GENESIS_HASH, payment);
const bytesOf = (payment: Payment): Uint8Array => signed(payment).bytes;

let store: MemoryStore;
let verifier: CountingVerifier;
let ledger: LedgerApplication;

beforeEach(async () => {
  store = memoryStore();
  verifier = countingVerifier();
  ledger = await openLedger(store, verifier);
  await run(ledger.initChain(GENESIS));
});

const accountOf = async (who: KeyPair | IdentityId, app = ledger): Promise<Account | undefined> => {
  const identity = typeof who === 'string' ? who : identityOfPair(who);
  const answer = await run(app.query({ path: 'account', data: hashToBytes(identity) }));
  return O.isSome(answer) ? right(decode(accountCodec)(answer.value)) : undefined;
};
const checked = async (...payments: readonly Payment[]): Promise<readonly string[]> => {
  const results = await Promise.all(payments.map((payment) => run(ledger.checkTx(bytesOf(payment)))));
  return results.map((result) => (result._tag === 'Accepted' ? 'Accepted' : result.code));
};
const request = (
  transactions: readonly Uint8Array[],
  more: Partial<PrepareProposalRequest> = {},
): PrepareProposalRequest => ({
  height: 1n,
  time: 1_700_000_010_000n,
  proposer: identityOfPair(alice),
  transactions,
  maxBytes: 1_000_000,
  maxTransactions: 1_000,
  voteExtensions: [],
  lastCommit: emptyCertificate(),
  evidence: [],
  ...more,
});
const verdictOn = async (...transactions: readonly Uint8Array[]): Promise<string> =>
  reasonOf(await run(ledger.processProposal(blockOf(1n, transactions))));

describe('the first start', () => {
  test('makes the genesis state durable: a second start finds it', async () => {
    const here = await run(ledger.info());
    const again = await openLedger(memoryStore(store.rows));
    expect(await run(again.info())).toEqual(here);
    expect(here.height).toBe(0n);
    expect((await accountOf(bob, again))?.balance).toBe(FUNDS);
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

describe('checkTx', () => {
  test('accepts what the next block could hold and orders it by sender, nonce and fee per byte', async () => {
    const one = signed({ from: alice, to: bob });
    const result = await run(ledger.checkTx(one.bytes));
    expect(result).toEqual({
      _tag: 'Accepted',
      sender: identityOfPair(alice),
      sequence: 0n,
      priority: PARAMETERS.minFeePerByte * 1_000_000n,
    });
    const generous = await run(ledger.checkTx(bytesOf({ from: bob, to: alice, fee: 50_000n })));
    expect(generous._tag === 'Accepted' && result._tag === 'Accepted' && generous.priority > result.priority).toBe(
      true,
    );
  });

  test("accepts a sender's transactions one after the other, also when they are checked at the same time", async () => {
    expect(await checked(...[0n, 1n, 2n, 3n].map((nonce): Payment => ({ from: alice, to: bob, nonce })))).toEqual(
      Array(4).fill('Accepted'),
    );
  });

  test('knows what waits: a new account can spend what it was sent', async () => {
    expect(await checked({ from: alice, to: dave, amount: 100_000n }, { from: bob, to: alice })).toEqual([
      'Accepted',
      'Accepted',
    ]);
    expect(await checked({ from: dave, to: alice })).toEqual(['Accepted']);
  });

  test('refuses a gap in the nonces and a nonce that is used', async () => {
    expect(await checked({ from: alice, to: bob, nonce: 1n, keyKnown: false })).toEqual(['NonceTooHigh']);
    await decide(ledger, 1n, [bytesOf({ from: alice, to: bob })]);
    expect(await checked({ from: alice, to: bob, keyKnown: true })).toEqual(['NonceTooLow']);
    expect(await checked({ from: alice, to: bob, nonce: 2n })).toEqual(['NonceTooHigh']);
  });

  test('lets a waiting transaction be replaced, its first one with the key and later ones without', async () => {
    await checked({ from: alice, to: bob }, { from: alice, to: bob, nonce: 1n });
    expect(await checked({ from: alice, to: carol, fee: 60_000n })).toEqual(['Accepted']);
    expect(await checked({ from: alice, to: carol, fee: 60_000n, nonce: 1n })).toEqual(['Accepted']);
    expect(await checked({ from: alice, to: carol, fee: 60_000n, keyKnown: true })).toEqual(['KeyMissing']);
    expect(await checked({ from: alice, to: carol, fee: 60_000n, signedBy: bob })).toEqual(['BadSignature']);
    expect(await checked({ from: alice, to: carol, fee: 60_000n, nonce: 1n, signedBy: bob })).toEqual(['BadSignature']);
  });

  test('names what is wrong', async () => {
    expect(
      await checked(
        { from: alice, to: bob, chainId: 'elsewhere' },
        { from: dave, to: bob },
        { from: alice, to: bob, fee: 1n },
        { from: alice, to: bob, fee: FUNDS + 1n },
        { from: alice, to: bob, keyKnown: true },
        { from: alice, to: bob, signedBy: bob },
      ),
    ).toEqual(['WrongChain', 'UnknownSender', 'FeeTooLow', 'CannotPayFee', 'KeyMissing', 'BadSignature']);
    expect(await run(ledger.checkTx(Uint8Array.of(1)))).toMatchObject({ _tag: 'Rejected', code: 'Undecodable' });
  });

  test('says what no state of this chain would accept, and leaves open what another state might', async () => {
    const provable = async (payment: Payment): Promise<boolean> => {
      const result = await run(ledger.checkTx(bytesOf(payment)));
      expect(result._tag).toBe('Rejected');
      return result._tag === 'Rejected' && result.provable === true;
    };
    const never: readonly Payment[] = [
      { from: alice, to: bob, chainId: 'elsewhere' },
      { from: alice, to: bob, signedBy: bob },
    ];
    const notNow: readonly Payment[] = [
      { from: dave, to: bob },
      { from: alice, to: bob, fee: 1n },
      { from: alice, to: bob, fee: FUNDS + 1n },
      { from: alice, to: bob, keyKnown: true },
      { from: alice, to: bob, nonce: 9n },
    ];
    expect(await Promise.all(never.map(provable))).toEqual([true, true]);
    expect(await Promise.all(notNow.map(provable))).toEqual(notNow.map(() => false));
    expect(await run(ledger.checkTx(Uint8Array.of(1)))).toMatchObject({ provable: true });
  });

  test('judges expiry by the next height', async () => {
    await decide(ledger, 1n, []);
    expect(
      await checked({ from: alice, to: bob, expiryHeight: 1n }, { from: bob, to: alice, expiryHeight: 2n }),
    ).toEqual(['Expired', 'Accepted']);
  });

  test('verifies nothing that can be refused without', async () => {
    await checked(
      { from: dave, to: bob },
      { from: alice, to: bob, fee: 1n },
      { from: alice, to: bob, nonce: 9n },
      { from: alice, to: bob, nonce: 0n, keyKnown: true },
    );
    expect(verifier.counts.verified).toBe(0);
  });

  test('verifies as many at once as the verifier can, and no more', async () => {
    await checked(
      { from: alice, to: bob },
      { from: bob, to: bob },
      { from: carol, to: bob },
      { from: alice, to: bob, nonce: 1n },
      { from: bob, to: bob, nonce: 1n },
    );
    expect(verifier.counts).toMatchObject({ verified: 5, inFlight: 0, inFlightMax: 2 });
  });

  test("a forged transaction does not make way for the sender's next one", async () => {
    expect(await checked({ from: alice, to: bob, signedBy: bob }, { from: alice, to: bob, nonce: 1n })).toEqual([
      'BadSignature',
      'NonceTooHigh',
    ]);
    expect(await checked({ from: alice, to: bob })).toEqual(['Accepted']);
  });

  test('starts anew after a block: what waited is shown again', async () => {
    await checked({ from: alice, to: bob }, { from: alice, to: bob, nonce: 1n });
    await decide(ledger, 1n, []);
    expect(await checked({ from: alice, to: bob, nonce: 1n })).toEqual(['NonceTooHigh']);
    expect(await checked({ from: alice, to: bob }, { from: alice, to: bob, nonce: 1n })).toEqual([
      'Accepted',
      'Accepted',
    ]);
  });
});

describe('prepareProposal', () => {
  test('takes valid transactions in the given order and leaves out the rest', async () => {
    const [a0, a1, b0] = [
      bytesOf({ from: alice, to: bob }),
      bytesOf({ from: alice, to: bob, nonce: 1n }),
      bytesOf({ from: bob, to: alice }),
    ];
    const forged = bytesOf({ from: carol, to: bob, signedBy: bob });
    const chosen = await run(
      ledger.prepareProposal(request([forged, b0, Uint8Array.of(1), a0, a0, a1, bytesOf({ from: dave, to: bob })])),
    );
    expect(chosen.map(bytesToHex)).toEqual([b0, a0, a1].map(bytesToHex));
    expect(await verdictOn(...chosen)).toBe('accepted');
  });

  test('leaves out what depended on a forged transaction', async () => {
    const forged = bytesOf({ from: alice, to: bob, signedBy: bob });
    const next = bytesOf({ from: alice, to: bob, nonce: 1n });
    expect(await run(ledger.prepareProposal(request([forged, next])))).toEqual([]);
  });

  test("a stranger's key in front does not displace the sender's own transactions", async () => {
    const first = signed({ from: alice, to: bob });
    const usurper = signTransaction({ ...first.transaction, publicKey: O.some(bob.publicKey) }, bob, GENESIS_HASH);
    const next = bytesOf({ from: alice, to: bob, nonce: 1n });
    const chosen = await run(ledger.prepareProposal(request([usurper.bytes, first.bytes, next])));
    expect(chosen.map(bytesToHex)).toEqual([first.bytes, next].map(bytesToHex));
  });

  test('keeps to the room for bytes and for transactions', async () => {
    const all = [bytesOf({ from: alice, to: bob }), bytesOf({ from: bob, to: bob }), bytesOf({ from: carol, to: bob })];
    const room = all.reduce((sum, bytes) => sum + 4 + bytes.length, 0);
    const count = async (more: Partial<PrepareProposalRequest>) =>
      (await run(ledger.prepareProposal(request(all, more)))).length;
    expect(await count({ maxBytes: room })).toBe(3);
    expect(await count({ maxBytes: room - 1 })).toBe(2);
    expect(await count({ maxBytes: 0 })).toBe(0);
    expect(await count({ maxTransactions: 2 })).toBe(2);
    expect(await count({ maxTransactions: 0 })).toBe(0);
  });

  test('is an error for a height that is not the next', async () => {
    expect(await failure(ledger.prepareProposal(request([], { height: 2n })))).toMatch(/height 2, the next one is 1/);
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
        const chosen = await run(ledger.prepareProposal(request(waiting)));
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
    await run(ledger.prepareProposal(request(transactions)));
    await decide(ledger, 1n, transactions);
    expect(verifier.counts.verified).toBe(3);
  });

  test('changes nothing', async () => {
    const before = await run(ledger.info());
    await verdictOn(bytesOf({ from: alice, to: bob }));
    expect(await run(ledger.info())).toEqual(before);
    expect((await accountOf(alice))?.balance).toBe(FUNDS);
    expect(store.batches.length).toBe(1);
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
      expect((await accountOf(bob, fresh))?.balance).toBe(FUNDS + 7n + BigInt(i));
    }
  });

  test('is executed for what it holds, whatever was judged under the same header', async () => {
    const judged = blockOf(1n, [bytesOf({ from: alice, to: bob, amount: 7n })]);
    await run(ledger.processProposal(judged));
    await run(ledger.finalizeBlock({ ...judged, transactions: [bytesOf({ from: alice, to: bob, amount: 9n })] }));
    await run(ledger.commit());
    expect((await accountOf(bob))?.balance).toBe(FUNDS + 9n);
    expect(await failure(ledger.finalizeBlock(judged))).toMatch(/the next one is 2/);
  });

  test('takes effect with commit, not before', async () => {
    const { appHash } = await run(ledger.finalizeBlock(blockOf(1n, [bytesOf({ from: alice, to: bob, amount: 7n })])));
    expect((await accountOf(bob))?.balance).toBe(FUNDS);
    await run(ledger.commit());
    expect((await accountOf(bob))?.balance).toBe(FUNDS + 7n);
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
        message: expect.stringMatching(/message 0: balance is .* needs 20000000/) as string,
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
    expect((await accountOf(bob))?.balance).toBe(FUNDS + 9n);
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
    expect((await accountOf(bob))?.balance).toBe(FUNDS + 7n);
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
      return cause instanceof Error ? cause.message : String(cause);
    }
  };

  test('refuses a format it does not know by its number', async () => {
    const meta = bytesToHex(encodeUtf8('ledger/meta'));
    const rows = new Map(store.rows);
    rows.set(meta, (rows.get(meta) ?? new Uint8Array(4)).with(3, 9));
    expect(await openMessage(rows)).toMatch(/format 9, this release reads 3: use the release that wrote it/);
  });
});

describe('a query', () => {
  const ask = async (path: string, data: Uint8Array = new Uint8Array(0)) => run(ledger.query({ path, data }));
  const answer = async (path: string, data?: Uint8Array): Promise<Uint8Array> => {
    const found = await ask(path, data);
    if (O.isNone(found)) throw new Error(`no answer to ${path}`);
    return found.value;
  };

  test('shows an account with its key once it has sent something', async () => {
    expect((await accountOf(alice))?.publicKey).toEqual(O.none);
    await decide(ledger, 1n, [bytesOf({ from: alice, to: bob })]);
    expect(await accountOf(alice)).toMatchObject({
      identity: identityOfPair(alice),
      nonce: 1n,
      publicKey: O.some(alice.publicKey),
    });
    expect(await accountOf(dave)).toBeUndefined();
  });

  test('shows where the money is', async () => {
    const { bytes } = signed({ from: alice, to: dave });
    await decide(ledger, 1n, [bytes]);
    const fee = PARAMETERS.minFeePerByte * BigInt(bytes.length);
    expect(right(decode(supplyCodec)(await answer('supply')))).toMatchObject({
      balances: 3n * FUNDS - fee - PARAMETERS.newAccountFee,
      feePool: fee,
      treasury: 5_000n + PARAMETERS.newAccountFee,
      supply: 3n * FUNDS + 5_000n,
      emitted: 0n,
    });
    expect(right(decode(ledgerParametersCodec)(await answer('parameters')))).toEqual(PARAMETERS);
  });

  test('finds a transaction by its id', async () => {
    const [one, two] = [signed({ from: alice, to: bob }), signed({ from: bob, to: alice, amount: FUNDS })];
    await decide(ledger, 1n, [one.bytes, two.bytes]);
    const place = right(decode(transactionLocationCodec)(await answer('transaction', hashToBytes(two.id))));
    expect(place).toMatchObject({
      height: 1n,
      index: 1,
      receipt: { transaction: two.id, failure: O.some({ message: 0, reason: 'InsufficientBalance' }) },
    });
  });

  test('proves accounts and their absence against the app hash', async () => {
    const appHash = await decide(ledger, 1n, [bytesOf({ from: alice, to: bob })]);
    for (const who of [identityOfPair(alice), identityOfPair(dave)]) {
      const proof = right(decode(accountProofCodec)(await answer('account-proof', hashToBytes(who))));
      const more = { ...proof, record: O.some({ balance: FUNDS + 1n, nonce: 0n }) };
      const richer = { ...proof, roots: { ...proof.roots, totals: { ...proof.roots.totals, supply: 0n } } };
      expect(verifyAccountProof(appHash, who, proof)).toBe('valid');
      expect(verifyAccountProof(appHash, who, more)).toBe('invalid');
      expect(verifyAccountProof(appHash, who, richer)).toBe('invalid');
      expect(verifyAccountProof(appHash, identityOfPair(bob), proof)).toBe('invalid');
    }
  });

  test('that makes no sense has no answer', async () => {
    const all = [
      await ask('account', new Uint8Array(31)),
      await ask('account', new Uint8Array(33)),
      await ask('transaction', new Uint8Array(32)),
      await ask('transaction', new Uint8Array(5)),
      await ask('validators'),
      await ask('__proto__'),
    ];
    expect(all).toEqual(all.map(() => O.none));
  });
});

describe('a broken store', () => {
  test('is an error with its message, never an exception', async () => {
    const broken = { ...memoryStore(), get: () => () => Promise.reject(new Error('the disk is gone')) };
    const { LedgerApplication } = await import('@zhtp/ledger');
    const opened = await LedgerApplication.open({ store: broken, verifier })();
    expect(E.isLeft(opened) ? opened.left : opened).toEqual({
      _tag: 'ApplicationError',
      message: 'ledger: the disk is gone',
    });
  });
});
