import { precommitSignBytes, type SignerSet, type SigningContext } from '@zhtp/chain';
import { keyPairFromSeed, signMessage, taggedHash } from '@zhtp/crypto';
import {
  bytesToHex,
  encodeUtf8,
  hashToBytes,
  identityId,
  type CommitCertificate,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import { makeValidatorSet, type ValidatorSet } from '@zhtp/validators';
import { either as E } from 'fp-ts';

/** Small keys, real signatures: the vectors say who signed, not with what. */
const ALGORITHM = 'ML-DSA-44';

type NamedKey = ReturnType<typeof keyPairFromSeed>;

const keys = new Map<string, NamedKey>();

/** The key of whoever a vector file calls so, the same in every run. */
const keyOf = (name: string): NamedKey => {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const made = keyPairFromSeed(ALGORITHM, hashToBytes(taggedHash('conformance/key', encodeUtf8(name))));
  keys.set(name, made);
  return made;
};

/** An address in hex, too long to be an identity as text. */
const LONG_ADDRESS = /^[0-9a-f]{33,64}$/i;

/** An identity that sorts like its name: text of at most 32 bytes, or a longer address in hex. */
export const identityNamed = (name: string): IdentityId => {
  const digits = LONG_ADDRESS.test(name) ? name.toLowerCase() : bytesToHex(encodeUtf8(name));
  const made = identityId(digits.padEnd(64, '0'));
  if (E.isLeft(made) || name.endsWith('\0')) throw new Error(`${name} is too long to be an identity of a vector`);
  return made.right;
};

/** A frozen set of these names and powers, with keys of their own. */
export const keyedSet = (members: readonly (readonly [string, bigint])[]): E.Either<string, ValidatorSet> =>
  makeValidatorSet(
    members.map(([name, votingPower]) => ({
      identity: identityNamed(name),
      consensusKey: keyOf(name).publicKey,
      votingPower,
    })),
  );

/** Where the signatures of one chain belong. */
export const signingContext = (chain: string): SigningContext => ({
  genesisHash: hashNamed(chain),
  algorithm: ALGORITHM,
});

/** The block that a vector calls so. */
export const hashNamed = (name: string): Hash => taggedHash('conformance/hash', encodeUtf8(name));

/** What a commit is about. */
export interface Slot {
  readonly height: bigint;
  readonly round: number;
  readonly blockId: Hash;
}

/**
 * A commit certificate with the signatures of exactly these, however few. Whoever is not in the set, or named twice, has
 * no bit in a certificate: such a signature is one too many.
 */
export const certificateSignedBy = (
  context: SigningContext,
  set: SignerSet,
  slot: Slot,
  names: readonly string[],
): CommitCertificate => {
  const messageOf = precommitSignBytes(context.genesisHash, slot);
  const sign = (name: string): Uint8Array =>
    signMessage(keyOf(name), 'zhtp/vote/v1', messageOf(identityNamed(name)), { deterministic: false });
  const byPosition = new Map<number, string>();
  const surplus: string[] = [];
  for (const name of names) {
    const position = set.indexOf(identityNamed(name));
    if (position < 0 || byPosition.has(position)) surplus.push(name);
    else byPosition.set(position, name);
  }
  const signers = new Uint8Array((set.validators.length + 7) >> 3);
  for (const position of byPosition.keys())
    signers[position >> 3] = (signers[position >> 3] ?? 0) | (1 << (position & 7));
  const inOrder = [...byPosition].toSorted(([a], [b]) => a - b).map(([, name]) => name);
  return { ...slot, setSize: set.validators.length, signers, signatures: [...inOrder, ...surplus].map(sign) };
};
