import { encode, option, struct, type Hash, type IdentityId, type TypeOf } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { accountRecordCodec } from './account.ts';
import { appHashOfRoots, recordOf, stateRoots, stateRootsCodec, type LedgerState } from './ledger-state.ts';
import { mapProofCodec, proveInMap, verifyMapProof } from './map-proof.ts';

/** Shows against an app hash what an account holds, or that it does not exist. */
export const accountProofCodec = struct('AccountProof', {
  roots: stateRootsCodec,
  record: option(accountRecordCodec),
  proof: mapProofCodec,
});
export type AccountProof = TypeOf<typeof accountProofCodec>;

/** Proves an account's record, or that there is none, against the app hash of this state. */
export const proveAccount = (state: LedgerState, identity: IdentityId): AccountProof => ({
  roots: stateRoots(state),
  record: recordOf(state, identity),
  proof: proveInMap(state.accounts, identity),
});

const encodeRecord = encode(accountRecordCodec);

/**
 * Whether the proof's record is the account's in the state with this app hash. The app hash after block h stands in
 * header h + 1: take it from a verified one. Never throws on a decoded proof.
 */
export const verifyAccountProof = (appHash: Hash, identity: IdentityId, claim: AccountProof): 'valid' | 'invalid' => {
  const { roots, record, proof } = claim;
  const accounts = roots.maps.find(({ name }) => name === 'accounts');
  if (accounts === undefined || appHashOfRoots(roots) !== appHash) return 'invalid';
  return verifyMapProof({ root: accounts.root, key: identity, value: pipe(record, O.map(encodeRecord)), proof });
};
