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
  const verified = createVerifiedTransactions(3 * (1312 + 2420) + beside);
  const four = [0n, 1n, 2n, 3n].map((nonce) => signedWith(nonce, signatureOf(7)));
  for (const each of four) verified.remember(each, KEY);
  expect(four.map((each) => verified.has(each, KEY))).toEqual([false, beside >= 0, true, true]);
});

test('a signature inside a block is kept without the block, one in its own transaction is not copied', () => {
  const verified = createVerifiedTransactions(1_000_000);
  const block = new Uint8Array(100_000).fill(7);
  verified.remember(signedWith(0n, block.subarray(50, 50 + 2420)), KEY);
  const transaction = new Uint8Array(2_600).fill(7);
  verified.remember(signedWith(1n, transaction.subarray(100, 100 + 2420)), KEY);
  block.fill(9);
  transaction.fill(9);
  expect(verified.has(signedWith(0n, signatureOf(7)), KEY)).toBe(true);
  expect(verified.has(signedWith(1n, signatureOf(9)), KEY)).toBe(true);
});
