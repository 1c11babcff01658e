import { schemeOf, taggedHash } from '@zhtp/crypto';
import { accountIdentity, multisigKey, readAccountKey, type LedgerState } from '@zhtp/ledger';
import { encodeUtf8, type Hash, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { SeededRandom } from '../seeded-random.ts';
import { NULL_SIGNATURE_BYTES, nullScheme } from '../signature-scheme.ts';

const SCHEME = nullScheme();
const { algorithm } = SCHEME;
const { publicKeyBytes, signatureBytes } = schemeOf(algorithm);

/** Somebody with an account, or who may come to have one. */
export interface Person {
  readonly identity: IdentityId;
  /** The key or policy that founds the account; it may have been changed since. */
  readonly foundingKey: Uint8Array;
}

/** Everybody a run is about. It grows: people arrive, keys are made. */
export interface Cast {
  /** With stake from the start. */
  readonly founders: readonly Person[];
  /** Rich enough to become validators and to decide votes. */
  readonly principals: readonly Person[];
  /** All, the founders and principals first. */
  readonly everybody: readonly Person[];
  personOf(identity: IdentityId): Person | undefined;
  /** A stranger without an account. */
  arrive(): Person;
  /** A key that nobody has yet. */
  freshKey(): Uint8Array;
  /** A policy over new keys: m of n, both drawn. */
  freshPolicy(random: SeededRandom): Uint8Array;
}

const POLICY_KEYS_MAX = 4;

/** Hashes that stand for something nobody looks into. */
export const drawnHash = (random: SeededRandom): Hash =>
  taggedHash('zhtp/simulation-key/v1', encodeUtf8(`hash ${String(random.int(0, 0x7fff_ffff))}`));

const partOf = (publicKey: Uint8Array): Uint8Array => {
  const signature = new Uint8Array(signatureBytes);
  signature.set(publicKey.subarray(0, NULL_SIGNATURE_BYTES));
  return signature;
};

/** The test-only null signature of a key; of a policy, by the first of its holders (two bytes that say whose, the parts). */
export const nullSignatureOf = (accountKey: Uint8Array): Uint8Array => {
  const key = readAccountKey(algorithm, accountKey);
  if (E.isLeft(key) || key.right._tag === 'Single') return partOf(accountKey);
  const { threshold, keys } = key.right;
  const signers = (1 << threshold) - 1;
  const joined = new Uint8Array(2 + threshold * signatureBytes);
  joined.set([signers & 0xff, signers >> 8]);
  for (const [i, each] of keys.slice(0, threshold).entries()) joined.set(partOf(each), 2 + i * signatureBytes);
  return joined;
};

export interface CastSize {
  readonly founders: number;
  readonly principals: number;
  /** Poor accounts, besides. */
  readonly crowd: number;
}

export const createCast = ({ founders, principals, crowd }: CastSize): Cast => {
  let nextKey = 0;
  const everybody: Person[] = [];
  const byIdentity = new Map<IdentityId, Person>();
  const freshKey = (): Uint8Array => SCHEME.keyPair(nextKey++).publicKey;
  const enter = (foundingKey: Uint8Array): Person => {
    const person = { identity: accountIdentity({ algorithm, publicKey: foundingKey }), foundingKey };
    everybody.push(person);
    byIdentity.set(person.identity, person);
    return person;
  };
  const freshPolicy = (random: SeededRandom): Uint8Array => {
    const keys = Array.from({ length: random.int(1, POLICY_KEYS_MAX) }, freshKey);
    const policy = multisigKey(algorithm, { threshold: random.int(1, keys.length), keys });
    if (E.isLeft(policy)) throw new Error(policy.left);
    return policy.right;
  };
  for (let i = 0; i < founders + principals + crowd; i++) enter(freshKey());
  return {
    founders: everybody.slice(0, founders),
    principals: everybody.slice(founders, founders + principals),
    everybody,
    personOf: (identity) => byIdentity.get(identity),
    arrive: () => enter(freshKey()),
    freshKey,
    freshPolicy,
  };
};

/** A key of the right length that belongs to nobody. */
export const strangeKey = (random: SeededRandom): Uint8Array =>
  new Uint8Array(publicKeyBytes).fill(random.int(1, 255), 0, NULL_SIGNATURE_BYTES);

/** Validators and delegations, proposals and treasury as they are before a block: what messages are drawn from. */
export interface Scene {
  readonly random: SeededRandom;
  readonly chainId: string;
  readonly state: LedgerState;
  /** Of the block that is being made. */
  readonly height: bigint;
  readonly cast: Cast;
}
