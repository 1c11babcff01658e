import { identityCodec, option, struct, u64, type Codec, type TypeOf } from '@zhtp/types';
import type { Option } from 'fp-ts/lib/Option.js';
import { accountKeyCodec } from './account-key.ts';

/**
 * What the accounts map holds under an identity: 16 bytes. Amounts in micro-ZHTP. `nonce` is the number of included
 * transactions of the account, which is the nonce its next one must carry. Accounts are never deleted: a nonce that
 * started again would let old transactions in a second time.
 */
export const accountRecordCodec = struct('AccountRecord', { balance: u64, nonce: u64 });
export type AccountRecord = TypeOf<typeof accountRecordCodec>;

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
