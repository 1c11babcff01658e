import { type LedgerApplication } from '@zhtp/ledger';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  alice,
  bob,
  carol,
  dave,
  decide,
  identityOfPair,
  PARAMETERS,
  run,
  type CountingVerifier,
} from './support/chain.ts';
import { bytesOf, FUNDS, signed, startLedger } from './support/transfer-ledger.ts';
import { type Payment } from './support/wallet.ts';

let verifier: CountingVerifier;
let ledger: LedgerApplication;

beforeEach(async () => {
  ({ verifier, ledger } = await startLedger());
});

const checked = async (...payments: readonly Payment[]): Promise<readonly string[]> => {
  const results = await Promise.all(payments.map((payment) => run(ledger.checkTx(bytesOf(payment)))));
  return results.map((result) => (result._tag === 'Accepted' ? 'Accepted' : result.code));
};

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
    for (const nonce of [0n, 1n, 2n]) expect(await checked({ from: bob, to: alice, nonce })).toEqual(['Accepted']);
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
