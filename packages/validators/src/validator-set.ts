import { merkleRoot } from '@zhtp/crypto';
import {
  bytesToHex,
  encode,
  found,
  frozenValidatorCodec,
  identityCodec,
  mistypedFields,
  publicKeyCodec,
  u64,
  VALIDATORS_MAX,
  type FrozenValidator,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';

/** Most power a set may hold: 2⁶³ / 8, so that eight times it fits 63 bits (decisions.md §6). */
export const TOTAL_POWER_MAX = 1n << 60n;

/**
 * The validators of one height, frozen: membership, keys, powers and proposers of the height come from here alone
 * (protocol.md, Blocks). Ordered by identity; a position is a validator's bit in commit certificates.
 */
export interface ValidatorSet {
  /** Identities, ascending. */
  readonly ids: readonly IdentityId[];
  /** The same validators in the same order. */
  readonly validators: readonly FrozenValidator[];
  readonly totalPower: bigint;
  /** What headers call `validatorsHash`: see {@link validatorsHashOf}. */
  readonly hash: Hash;
  /** Position in `validators`, −1 for whoever is not in the set. */
  indexOf(identity: string): number;
  /** `0n` for whoever is not in the set. */
  powerOf(identity: string): bigint;
  /** Consensus key; `undefined` for whoever is not in the set. */
  keyOf(identity: string): Uint8Array | undefined;
}

const writeValidator = encode(frozenValidatorCodec);

/** Merkle root of the validators in identity order: one validator of a set can be proven against a header. */
export const validatorsHashOf = (inIdentityOrder: readonly FrozenValidator[]): Hash =>
  merkleRoot(inIdentityOrder.map((validator) => writeValidator(validator)));

const FIELDS = { identity: identityCodec, consensusKey: publicKeyCodec, votingPower: u64 };

/** Which of the validators is none, and why, or undefined. */
export const malformedValidators = (validators: readonly FrozenValidator[]): string | undefined => {
  if (!Array.isArray(validators)) return `validators are ${found(validators)}, give a list`;
  for (const [at, validator] of validators.entries()) {
    const wrong = mistypedFields(FIELDS, validator);
    if (wrong !== undefined) return `validator ${String(at)} of the list: ${wrong}`;
  }
  return undefined;
};

/** What keeps validators from forming a set, or undefined. */
const refusal = (ordered: readonly FrozenValidator[]): string | undefined => {
  if (ordered.length === 0) return 'a validator set needs at least one validator';
  if (ordered.length > VALIDATORS_MAX)
    return `a validator set has at most ${String(VALIDATORS_MAX)} validators, got ${String(ordered.length)}`;
  const holders = new Map<string, IdentityId>();
  let total = 0n;
  for (const [i, { identity, consensusKey, votingPower }] of ordered.entries()) {
    if (identity === ordered[i - 1]?.identity) return `validator ${identity} occurs twice in the set`;
    if (votingPower <= 0n)
      return `validator ${identity} has voting power ${String(votingPower)}, it must be at least 1`;
    const key = bytesToHex(consensusKey);
    const holder = holders.get(key);
    if (holder !== undefined) return `validators ${holder} and ${identity} share a consensus key`;
    holders.set(key, identity);
    total += votingPower;
  }
  return total <= TOTAL_POWER_MAX
    ? undefined
    : `total voting power is ${String(total)}, it must be at most ${String(TOTAL_POWER_MAX)}`;
};

/**
 * A set from validators in any order. Refused: none at all, one identity or key twice, power below 1, total power above
 * {@link TOTAL_POWER_MAX}.
 */
export const makeValidatorSet = (validators: readonly FrozenValidator[]): Either<string, ValidatorSet> => {
  const malformed = malformedValidators(validators);
  if (malformed !== undefined) return E.left(malformed);
  const ordered = validators.toSorted((a, b) => (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0));
  const refused = refusal(ordered);
  if (refused !== undefined) return E.left(refused);
  const positions = new Map<string, number>(ordered.map(({ identity }, position) => [identity, position]));
  /** What was asked last: half a dozen questions in a row are about the voter of one message. */
  let askedLast = '';
  let answeredLast = -1;
  const positionOf = (identity: string): number => {
    if (identity !== askedLast) {
      answeredLast = positions.get(identity) ?? -1;
      askedLast = identity;
    }
    return answeredLast;
  };
  const find = (identity: string): FrozenValidator | undefined => ordered[positionOf(identity)];
  return E.right({
    ids: ordered.map(({ identity }) => identity),
    validators: ordered,
    totalPower: ordered.reduce((sum, { votingPower }) => sum + votingPower, 0n),
    hash: validatorsHashOf(ordered),
    indexOf: positionOf,
    powerOf: (identity) => find(identity)?.votingPower ?? 0n,
    keyOf: (identity) => find(identity)?.consensusKey,
  });
};
