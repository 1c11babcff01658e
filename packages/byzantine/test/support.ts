import { ByzantineFaultDetector, type DetectorEvent } from '@zhtp/byzantine';
import { sealVote, voteSignBytes, type SignerSet, type SigningContext, type VoteContent } from '@zhtp/chain';
import { identityOf, keyPairFromSeed, signMessage, taggedHash } from '@zhtp/crypto';
import { encodeUtf8, type ConsensusVote, type Hash, type IdentityId, type KeyPair } from '@zhtp/types';
import { makeValidatorSet } from '@zhtp/validators';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';

export const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(`unexpected Left: ${JSON.stringify(result.left)}`);
  return result.right;
};

export const left = <L>(result: Either<L, unknown>): L => {
  if (E.isRight(result)) throw new Error('unexpected Right');
  return result.left;
};

export const hashNamed = (name: string): Hash => taggedHash('test/hash', encodeUtf8(name));

export const GENESIS_HASH = hashNamed('genesis');
export const CONTEXT: SigningContext = { genesisHash: GENESIS_HASH, algorithm: 'ML-DSA-65' };

const keys = new Map<string, KeyPair>();

/** A key of its own for each name, the same in every run. */
export const keyOf = (name: string): KeyPair => {
  const known = keys.get(name);
  if (known !== undefined) return known;
  const seed = Uint8Array.from(hashNamed(name).slice(0, 32), (digit) => digit.charCodeAt(0));
  const made = keyPairFromSeed('ML-DSA-65', seed);
  keys.set(name, made);
  return made;
};

export const identityNamed = (name: string): IdentityId => identityOf('ML-DSA-65', keyOf(name).publicKey);

export const setOf = (...names: readonly string[]): SignerSet =>
  right(
    makeValidatorSet(
      names.map((name) => ({
        identity: identityNamed(name),
        consensusKey: keyOf(name).publicKey,
        votingPower: 1n,
      })),
    ),
  );

const contentOf = (fields: Partial<VoteContent>): VoteContent => ({
  voteType: 'PreVote',
  height: 5n,
  round: 0,
  proposalId: O.some(hashNamed('block')),
  polRound: O.none,
  appHash: O.none,
  voter: identityNamed('v0'),
  ...fields,
});

/** A vote whose signature is nothing but a mark, for what never looks at signatures. */
export const vote = (fields: Partial<VoteContent> = {}, mark = 0): ConsensusVote =>
  sealVote(contentOf(fields), {
    algorithm: 'ML-DSA-65',
    signature: new Uint8Array(3_309).fill(mark),
    publicKey: O.none,
  });

/** A vote that `signer` really signed, whoever it names as its voter. */
export const signedVote = (signer: string, fields: Partial<VoteContent> = {}): ConsensusVote => {
  const content = contentOf({ voter: identityNamed(signer), ...fields });
  const signature = signMessage(keyOf(signer), 'zhtp/vote/v1', voteSignBytes(GENESIS_HASH, content));
  return sealVote(content, { algorithm: 'ML-DSA-65', signature, publicKey: O.none });
};

/** A detector and what it has told so far. */
export const watched = (detector = new ByzantineFaultDetector()) => {
  const events: DetectorEvent[] = [];
  detector.events$.subscribe((event) => events.push(event));
  return { detector, events, tags: () => events.map(({ _tag }) => _tag) };
};
