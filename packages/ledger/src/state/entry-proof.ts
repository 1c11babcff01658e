import type { Delegation } from '@zhtp/validators';
import { bytes, decode, option, struct, type Codec, type Hash, type IdentityId, type TypeOf } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { accountRecordCodec, type AccountRecord } from '../account.ts';
import { appHashOfRoots, stateRoots, stateRootsCodec, type LedgerState } from '../ledger-state.ts';
import { mapProofCodec, proveInMap, verifyMapProof } from '../map-proof.ts';
import { proposalEntryCodec, type ProposalEntry } from './governance-codec.ts';
import { placeOf } from './named-map.ts';
import { MEMBERS_KEY, memberRow } from './member-map.ts';
import {
  delegationCodec,
  signingRecordCodec,
  validatorEntryCodec,
  type SigningRecord,
  type ValidatorEntry,
} from './staking-codec.ts';
import { stateMap, trieOf } from './state-maps.ts';

/** Longest value of an entry that a proof carries. */
const VALUE_BYTES_MAX = 32 * 1024 * 1024;
// Written out: an inferred Option would be declared under a module name that no importer can resolve.
const optionalValue: Codec<Option<Uint8Array>> = option(bytes(VALUE_BYTES_MAX));

/** Shows against an app hash what a map of the state holds under a key, or that it holds nothing there. */
export const entryProofCodec = struct('EntryProof', {
  roots: stateRootsCodec,
  value: optionalValue,
  proof: mapProofCodec,
});
export type EntryProof = TypeOf<typeof entryProofCodec>;

/** A proof about an entry of a map by its name (see the README); none: the state has no such map. */
export const proveEntry = (state: LedgerState, name: string, key: string): Option<EntryProof> => {
  const map = stateMap(name);
  if (map === undefined) return O.none;
  return O.some({
    roots: stateRoots(state),
    value: map.get(state, key),
    proof: proveInMap(trieOf(state, map), map.place(key)),
  });
};

/**
 * Whether the state with this app hash holds in this map, under this key, what the proof says: a value or nothing. The app
 * hash after block h stands in header h + 1: take it from a verified one. Never throws on a decoded proof.
 */
export const verifyEntryProof = (appHash: Hash, name: string, key: string, claim: EntryProof): 'valid' | 'invalid' => {
  const { roots, value, proof } = claim;
  // Two maps of one name cannot be: roots that say so are of no state, whatever they hash to.
  const [map, ...twins] = roots.maps.filter((each) => each.name === name);
  if (map === undefined || twins.length > 0 || appHashOfRoots(roots) !== appHash) return 'invalid';
  return verifyMapProof({ root: map.root, key: placeOf(key), value, proof });
};

/** What a verified proof shows of an entry; Left: it shows nothing. */
const proven =
  <V>(name: string, codec: Codec<V>) =>
  (appHash: Hash, key: string, claim: EntryProof): Either<string, Option<V>> => {
    if (verifyEntryProof(appHash, name, key, claim) === 'invalid')
      return E.left(`the proof of ${name}/${key.slice(0, 140)} does not hold against app hash ${appHash}`);
    if (O.isNone(claim.value)) return E.right(O.none);
    const value = decode(codec)(claim.value.value);
    return E.isRight(value) ? E.right(O.some(value.right)) : E.left(value.left.message);
  };

const provenRecord = proven('accounts', accountRecordCodec);
const provenEntry = proven('validators', validatorEntryCodec);
const provenRow = proven('signing-records', memberRow(signingRecordCodec));
const provenShares = proven('delegations', delegationCodec);
const provenRecordOf = proven('proposals', proposalEntryCodec);

/** What an account holds, by a proof of `accounts`; none: it does not exist. Left: the proof does not hold. */
export const provenAccount = (
  appHash: Hash,
  identity: IdentityId,
  claim: EntryProof,
): Either<string, Option<AccountRecord>> => provenRecord(appHash, identity, claim);

/**
 * A validator's record, by a proof of `validators`; none: it never registered. Left: the proof does not hold. Its reputation
 * and what it signed lately show {@link provenSigning}.
 */
export const provenValidator = (
  appHash: Hash,
  identity: IdentityId,
  claim: EntryProof,
): Either<string, Option<ValidatorEntry>> => provenEntry(appHash, identity, claim);

/**
 * Reputation, last activity and liveness counts of a validator, by a proof of `signing-records`: of the key `members` for a
 * validator of the last decided set, else of its identity. None: there is nothing of it under that key. Left: the proof
 * holds for neither.
 */
export const provenSigning = (
  appHash: Hash,
  identity: IdentityId,
  claim: EntryProof,
): Either<string, Option<SigningRecord>> => {
  const together = provenRow(appHash, MEMBERS_KEY, claim);
  const shown = E.isRight(together) ? together : provenRow(appHash, identity, claim);
  return E.map(
    O.chain((row: readonly SigningRecord[]) => O.fromNullable(row.find((each) => each.identity === identity))),
  )(shown);
};

/** Shares of a validator's pool, by a proof of `delegations`; none: nothing delegated. Left: the proof does not hold. */
export const provenDelegation = (
  appHash: Hash,
  { validator, delegator }: { readonly validator: IdentityId; readonly delegator: IdentityId },
  claim: EntryProof,
): Either<string, Option<Delegation>> => provenShares(appHash, `${validator}/${delegator}`, claim);

/** A proposal with its tally, by a proof of `proposals`; none: unknown or no longer kept. Left: the proof does not hold. */
export const provenProposal = (appHash: Hash, id: Hash, claim: EntryProof): Either<string, Option<ProposalEntry>> =>
  provenRecordOf(appHash, id, claim);
