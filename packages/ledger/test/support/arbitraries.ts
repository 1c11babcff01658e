import { U64_MAX } from '@zhtp/types';
import * as fc from 'fast-check';
import { option as O } from 'fp-ts';
import { MESSAGES_MAX, type Transaction } from '@zhtp/ledger';
import { personOf, transferTo } from './executor.ts';

const u64 = fc.oneof(fc.constantFrom(0n, 1n, U64_MAX - 1n, U64_MAX), fc.bigInt({ min: 0n, max: U64_MAX }));
const person = fc.nat({ max: 100 }).map(personOf);
const transfer = fc.tuple(person, fc.bigInt({ min: 1n, max: U64_MAX })).map(([to, amount]) => transferTo(to, amount));
const optionOf = <A>(inner: fc.Arbitrary<A>): fc.Arbitrary<O.Option<A>> => fc.option(inner).map(O.fromNullable);

export const anyTransaction: fc.Arbitrary<Transaction> = fc.record({
  chainId: fc.string({ maxLength: 20 }),
  sender: person,
  nonce: u64,
  fee: u64,
  expiryHeight: u64,
  memo: fc.string({ maxLength: 60, unit: 'grapheme' }).map((s) => s.slice(0, 10).toWellFormed()),
  publicKey: optionOf(fc.uint8Array({ maxLength: 40 })),
  messages: fc.array(transfer, { minLength: 1, maxLength: MESSAGES_MAX }),
  signature: fc.record({
    algorithm: fc.constantFrom('ML-DSA-44' as const, 'ML-DSA-65' as const, 'ML-DSA-87' as const),
    signature: fc.uint8Array({ maxLength: 40 }),
    publicKey: fc.constant(O.none),
  }),
});
