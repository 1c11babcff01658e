import {
  accountProofCodec,
  ledgerParametersCodec,
  supplyCodec,
  transactionLocationCodec,
  verifyAccountProof,
  type LedgerApplication,
} from '@zhtp/ledger';
import { decode, hashToBytes } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { alice, bob, dave, decide, identityOfPair, PARAMETERS, right, run } from './support/chain.ts';
import { accountOf, bytesOf, FUNDS, signed, startLedger } from './support/transfer-ledger.ts';

let ledger: LedgerApplication;

beforeEach(async () => {
  ({ ledger } = await startLedger());
});

describe('a query', () => {
  const ask = async (path: string, data: Uint8Array = new Uint8Array(0)) => run(ledger.query({ path, data }));
  const answer = async (path: string, data?: Uint8Array): Promise<Uint8Array> => {
    const found = await ask(path, data);
    if (O.isNone(found)) throw new Error(`no answer to ${path}`);
    return found.value;
  };

  test('shows an account with its key once it has sent something', async () => {
    expect((await accountOf(ledger, alice))?.publicKey).toEqual(O.none);
    await decide(ledger, 1n, [bytesOf({ from: alice, to: bob })]);
    expect(await accountOf(ledger, alice)).toMatchObject({
      identity: identityOfPair(alice),
      nonce: 1n,
      publicKey: O.some(alice.publicKey),
    });
    expect(await accountOf(ledger, dave)).toBeUndefined();
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
