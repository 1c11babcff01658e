import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { LedgerState } from '@zhtp/ledger';
import {
  bytesToHex,
  equalBytes,
  type FrozenValidator,
  type IdentityId,
  type KeyPair,
  type Validator,
} from '@zhtp/types';
import type { Home } from './home.ts';
import { fail, type Failure } from './outcome.ts';

/** The keys a validator's home holds: the one it has signed with, and the next where it changes its key. */
export type ConsensusKeys = readonly [KeyPair, ...KeyPair[]];

const KEY_DIGITS_SHOWN = 16;
const shown = (key: Uint8Array): string => `${bytesToHex(key).slice(0, KEY_DIGITS_SHOWN)}…`;

/** The keys of a running node: those it started with, and the next one when it came later. */
export interface KeyRing {
  readonly keys: () => ConsensusKeys;
  readonly add: (key: KeyPair) => void;
}

export const createKeyRing = (first: ConsensusKeys): KeyRing => {
  let keys = first;
  return {
    keys: () => keys,
    add: (key) => {
      keys = [...keys, key];
    },
  };
};

/** The held key with this public key. */
export const heldKey = (keys: ConsensusKeys, publicKey: Uint8Array | undefined): KeyPair | undefined =>
  publicKey === undefined ? undefined : keys.find((key) => equalBytes(key.publicKey, publicKey));

/** The sets of the next two heights, which are decided already. */
const decidedSets = ({ sets, previous }: LedgerState): readonly (readonly FrozenValidator[])[] => {
  const last = (previous?.height ?? 0n) + 2n;
  const begun = [...sets].filter(([from]) => BigInt(from) <= last);
  // The newest acts from the second of them on, or acts already: only then has the one before it had its day.
  const [newest] = begun.slice(-1);
  return begun.slice(newest !== undefined && BigInt(newest[0]) === last ? -2 : -1).map(([, set]) => set);
};

/** Keys that act for a validator in the sets a node has before it, and the one that the chain knows it by. */
const actingKeys = (state: LedgerState, { identity, consensusKey }: Validator): readonly Uint8Array[] => [
  ...decidedSets(state).flatMap((set) =>
    set.filter((each) => each.identity === identity).map((each) => each.consensusKey),
  ),
  consensusKey,
];

/** The key that the chain acts with for a validator from the next epoch on, where it is not among these. */
export const missingKey = (state: LedgerState, identity: IdentityId, keys: ConsensusKeys): Uint8Array | undefined => {
  const account = state.staking.accounts.get(identity);
  const coming = account?.pendingKey ?? account?.validator.consensusKey;
  return coming === undefined || heldKey(keys, coming) !== undefined ? undefined : coming;
};

/** What an operator is told of it. */
export const sayMissing = ({ nextConsensusKey }: Home, identity: IdentityId, key: Uint8Array): string =>
  `from the next epoch on the chain acts with key ${shown(key)} for validator ${identity}, which is not in this home: put its file there as ${nextConsensusKey}, and this node takes it while it runs`;

/** What there is to say to an operator about the keys of a home on a chain that knows its validator. */
export type KeyStanding = Either<Failure, string | undefined>;

const givenUp = (home: Home, identity: IdentityId, acting: Uint8Array): KeyStanding =>
  fail(
    `${home.consensusKey} is a key that validator ${identity} gave up: the chain acts with key ${shown(acting)} now and takes no signature by the old one; put the new key file in its place, or move it away to run a full node`,
  );

/**
 * Holds the keys of a home against the committed state. Left: with a key that was given up nothing will ever be signed.
 * A sentence: the node runs, and something is to be done.
 */
export const keyStanding = (
  home: Home,
  { identity, keys }: { readonly identity: IdentityId; readonly keys: ConsensusKeys },
  state: LedgerState,
): KeyStanding => {
  const account = state.staking.accounts.get(identity);
  // It registers later, by a transaction.
  if (account === undefined) return E.right(undefined);
  const { validator, pendingKey } = account;
  const acting = actingKeys(state, validator);
  if (acting.some((key) => heldKey(keys, key) !== undefined)) {
    const missing = missingKey(state, identity, keys);
    return E.right(missing === undefined ? undefined : sayMissing(home, identity, missing));
  }
  if (pendingKey !== undefined && heldKey(keys, pendingKey) !== undefined)
    return E.right(
      `until the next epoch the chain acts with key ${shown(validator.consensusKey)} for validator ${identity}, which is not in this home: nothing is signed until then`,
    );
  const owner = keys
    .map(({ publicKey }) => state.staking.keys.get(bytesToHex(publicKey)))
    .find((who) => who !== undefined);
  if (owner === identity) return givenUp(home, identity, validator.consensusKey);
  if (owner !== undefined)
    return fail(
      `${home.consensusKey} is a key of validator ${owner}, and this home is that of ${identity}; use the home of this key`,
    );
  return E.right(
    `the chain, as far as this home knows it, acts with key ${shown(validator.consensusKey)} for validator ${identity}, which is not in this home: nothing is signed until the chain has changed it (zhtp tx rotate-key)`,
  );
};
