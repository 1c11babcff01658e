import { identityCodec, option, struct, u64, type Codec, type TypeOf } from '@zhtp/types';
import type { Option } from 'fp-ts/lib/Option.js';
import { accountKeyCodec } from './account-key.ts';
import { assertInvariant } from './invariant.ts';

/**
 * What the accounts map holds under an identity: 16 bytes. Amounts in micro-ZHTP. `nonce` is the number of included
 * transactions of the account, which is the nonce its next one must carry. Accounts are never deleted: a nonce that
 * started again would let old transactions in a second time.
 */
export const accountRecordCodec = struct('AccountRecord', { balance: u64, nonce: u64 });
export type AccountRecord = TypeOf<typeof accountRecordCodec>;

const RECORD_BYTES = 16;
const NONCE_AT = 8;
const record = new DataView(new ArrayBuffer(RECORD_BYTES));
const recordBytes = new Uint8Array(record.buffer);

/** The canonical bytes of a record: a block of transfers writes two for each, and reads as many. Throws on a value outside its type. */
export const writeAccountRecord = ({ balance, nonce }: AccountRecord): Uint8Array => {
  assertInvariant(u64.json.is(balance) && u64.json.is(nonce), 'balance and nonce of an account are 64-bit numbers');
  record.setBigUint64(0, balance);
  record.setBigUint64(NONCE_AT, nonce);
  return recordBytes.slice();
};

/** Reads what {@link writeAccountRecord} has written. */
export const readAccountRecord = (bytes: Uint8Array): AccountRecord => {
  assertInvariant(bytes.length === RECORD_BYTES, 'an account record in the state does not decode');
  recordBytes.set(bytes);
  return { balance: record.getBigUint64(0), nonce: record.getBigUint64(NONCE_AT) };
};

// Written out: an inferred Option would be declared under a module name that no importer can resolve.
const optionalKeyCodec: Codec<Option<Uint8Array>> = option(accountKeyCodec);

/** An account as queries show it: the record and, from its first transaction on, its key. */
export const accountCodec = struct('Account', {
  identity: identityCodec,
  /** micro-ZHTP. */
  balance: u64,
  nonce: u64,
  /** A key of the scheme, or a policy ({@link accountKeyCodec}). */
  publicKey: optionalKeyCodec,
});
export type Account = TypeOf<typeof accountCodec>;
