import { decode, encode, U64_MAX } from '@zhtp/types';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { accountRecordCodec } from '@zhtp/ledger';
import { readAccountRecord, writeAccountRecord } from '../src/account.ts';

const u64 = fc.oneof(fc.bigInt({ min: 0n, max: U64_MAX }), fc.constantFrom(0n, 1n, U64_MAX - 1n, U64_MAX));
const record = fc.record({ balance: u64, nonce: u64 });

test('a record is written as its codec writes it, and read back, each in bytes of its own', () => {
  fc.assert(
    fc.property(record, record, (one, other) => {
      const [first, second] = [writeAccountRecord(one), writeAccountRecord(other)];
      expect([first, second]).toEqual([one, other].map(encode(accountRecordCodec)));
      expect([readAccountRecord(first), readAccountRecord(second)]).toEqual([one, other]);
      expect(decode(accountRecordCodec)(first)).toMatchObject({ right: one });
    }),
  );
});

test('what is no record is neither written nor read', () => {
  expect(() => writeAccountRecord({ balance: -1n, nonce: 0n })).toThrow('64-bit');
  expect(() => writeAccountRecord({ balance: 0n, nonce: U64_MAX + 1n })).toThrow('64-bit');
  for (const length of [0, 15, 17]) expect(() => readAccountRecord(new Uint8Array(length))).toThrow('does not decode');
});
