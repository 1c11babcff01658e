import {
  encode,
  hash,
  hashFromBytes,
  identityId,
  type ApplicationError,
  type IdentityId,
  type QueryRequest,
  type StateStore,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import { accountCodec } from './account.ts';
import { accountProofCodec, proveAccount } from './account-proof.ts';
import { accountOf, supplyCodec, supplyOf, type LedgerState } from './ledger-state.ts';
import { ledgerParametersCodec } from './parameters.ts';
import { answerEntry, answerEntryProof } from './state/entry-query.ts';
import { loadTransaction } from './stored-ledger.ts';

const identityIn = (data: Uint8Array): Option<IdentityId> =>
  pipe(hashFromBytes(data), E.chain(identityId), O.fromEither);

/**
 * Answers from committed state, canonical bytes of:
 * `account` (32 bytes identity) {@link accountCodec}; `account-proof` (identity) {@link accountProofCodec};
 * `entry` and `entry-proof` ({@link entryPathCodec}): the value's bytes, and an `EntryProof`;
 * `supply` {@link supplyCodec}; `parameters` {@link ledgerParametersCodec}; `transaction` (32 bytes id)
 * `transactionLocationCodec`. None: not there, no such path, or data of a wrong length.
 */
export const answerQuery = async (
  state: LedgerState,
  store: StateStore,
  { path, data }: QueryRequest,
): Promise<Either<ApplicationError, Option<Uint8Array>>> => {
  switch (path) {
    case 'account':
      return E.right(
        pipe(
          identityIn(data),
          O.chain((identity) => accountOf(state, identity)),
          O.map(encode(accountCodec)),
        ),
      );
    case 'account-proof':
      return E.right(
        pipe(
          identityIn(data),
          O.map((identity) => encode(accountProofCodec)(proveAccount(state, identity))),
        ),
      );
    case 'supply':
      return E.right(O.some(encode(supplyCodec)(supplyOf(state))));
    case 'parameters':
      return E.right(O.some(encode(ledgerParametersCodec)(state.parameters)));
    case 'transaction': {
      const id = pipe(hashFromBytes(data), E.chain(hash));
      return E.isLeft(id) ? E.right(O.none) : loadTransaction(store, id.right);
    }
    case 'entry':
      return E.right(answerEntry(state, data));
    case 'entry-proof':
      return E.right(answerEntryProof(state, data));
    default:
      return E.right(O.none);
  }
};
