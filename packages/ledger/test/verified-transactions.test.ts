import { expect, test } from 'vitest';
import type { OpenedTransaction } from '../src/opened-transaction.ts';
import { createVerifiedTransactions } from '../src/verified-transactions.ts';
import { ALGORITHM } from './support/chain.ts';
import { personOf, transactionOf, transferTo, trusted } from './support/executor.ts';
import { option as O } from 'fp-ts';

const KEY = new Uint8Array(1312).fill(1);

const signedWith = (nonce: bigint, signature: Uint8Array): OpenedTransaction =>
  trusted(
    transactionOf({
      sender: personOf(0),
      nonce,
      messages: [transferTo(personOf(1), 5n)],
      signature: { algorithm: ALGORITHM, signature, publicKey: O.none },
    }),
  );

const signatureOf = (byte: number): Uint8Array => new Uint8Array(2420).fill(byte);

test('a transaction is known by what was signed, the key and the signature, each to the last byte', () => {
  const verified = createVerifiedTransactions(1_000_000);
  const one = signedWith(0n, signatureOf(7));
  expect(verified.has(one, KEY)).toBe(false);
  verified.remember(one, KEY);
  expect(verified.has(one, KEY)).toBe(true);
  expect(verified.has(signedWith(0n, signatureOf(7)), KEY.slice())).toBe(true);
  expect(verified.has(signedWith(1n, signatureOf(7)), KEY)).toBe(false);
  const otherSignature = signatureOf(7);
  otherSignature[2419] = 8;
  expect(verified.has(signedWith(0n, otherSignature), KEY)).toBe(false);
  const otherKey = KEY.slice();
  otherKey[1311] = 2;
  expect(verified.has(one, otherKey)).toBe(false);
  expect(verified.has(one, KEY.subarray(1))).toBe(false);
});

test('a second good signature of the same transaction takes the place of the first', () => {
  const verified = createVerifiedTransactions(1_000_000);
  verified.remember(signedWith(0n, signatureOf(7)), KEY);
  verified.remember(signedWith(0n, signatureOf(8)), KEY);
  expect(verified.has(signedWith(0n, signatureOf(8)), KEY)).toBe(true);
  expect(verified.has(signedWith(0n, signatureOf(7)), KEY)).toBe(false);
});

test.each([-1, 0, 1])('with %d bytes beside those of three transactions so many are known, the latest', (beside) => {
  const verified = createVerifiedTransactions(1312 + 3 * 2420 + beside);
  const four = [0n, 1n, 2n, 3n].map((nonce) => signedWith(nonce, signatureOf(7)));
  for (const each of four) verified.remember(each, KEY);
  expect(four.map((each) => verified.has(each, KEY))).toEqual([false, beside >= 0, true, true]);
});

const BODY_BYTES = 100_000;

/** Transactions of one block: their signatures are views of its body. */
const inOneBody = (nonces: readonly bigint[]): readonly OpenedTransaction[] => {
  const body = new Uint8Array(BODY_BYTES).fill(7);
  return nonces.map((nonce, i) => signedWith(nonce, body.subarray(i * 3_000, i * 3_000 + 2420)));
};

test('a body counts whole, once for all its transactions, and until the last of them is gone', () => {
  const verified = createVerifiedTransactions(1312 + BODY_BYTES + 2420);
  const [first, second] = [inOneBody([0n, 1n, 2n]), inOneBody([3n])];
  const alone = [signedWith(4n, signatureOf(7)), signedWith(5n, signatureOf(7))];
  const known = (): readonly boolean[] => [...first, ...second, ...alone].map((each) => verified.has(each, KEY));
  for (const each of first) verified.remember(each, KEY);
  verified.remember(first[0] ?? signedWith(0n, KEY), KEY);
  for (const each of alone.slice(0, 1)) verified.remember(each, KEY);
  expect(known()).toEqual([true, true, true, false, true, false]);
  for (const each of second) verified.remember(each, KEY);
  expect(known()).toEqual([false, false, false, true, true, false]);
  for (const each of alone.slice(1)) verified.remember(each, KEY);
  expect(known()).toEqual([false, false, false, true, false, true]);
});
