import {
  makeCertificate,
  sealVote,
  verifyCommitFull,
  verifyCommitLight,
  verifyCommitTrusting,
  verifyNow,
  voteSignBytes,
} from '@zhtp/chain';
import { identityOf, signMessage, taggedHash } from '@zhtp/crypto';
import { bytesToHex, commitCertificateCodec, decode, encode, hexToBytes, type KeyPair } from '@zhtp/types';
import { makeValidatorSet, type ValidatorSet } from '@zhtp/validators';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { testKeyPair } from './signatures.ts';

const HEIGHT = 7n;
const ROUND = 1;
const VALIDATORS = 4;

const genesisHash = taggedHash('browser/genesis');
const blockId = taggedHash('browser/block');
const algorithm = 'ML-DSA-65';

const orThrow = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const keyPairs = (): readonly KeyPair[] =>
  Array.from({ length: VALIDATORS }, (_, i) => testKeyPair(algorithm, 100 + i));

const setOf = (keys: readonly KeyPair[]): ValidatorSet =>
  orThrow(
    makeValidatorSet(
      keys.map(({ publicKey }) => ({
        identity: identityOf(algorithm, publicKey),
        consensusKey: publicKey,
        votingPower: 1n,
      })),
    ),
  );

/** A certificate with hedged signatures of three of four validators, as canonical bytes in hex. */
export const sealedCertificate = (): string => {
  const keys = keyPairs();
  const votes = keys.slice(1).map((keyPair) => {
    const content = {
      voteType: 'PreCommit',
      height: HEIGHT,
      round: ROUND,
      proposalId: O.some(blockId),
      polRound: O.none,
      appHash: O.none,
      voter: identityOf(algorithm, keyPair.publicKey),
    } as const;
    const signature = signMessage(keyPair, 'zhtp/vote/v1', voteSignBytes(genesisHash, content));
    return sealVote(content, { algorithm, signature, publicKey: O.none });
  });
  return bytesToHex(encode(commitCertificateCodec)(orThrow(makeCertificate(setOf(keys), votes))));
};

/** What each of the three verifications says: 'accepted', or the tag of the refusal. */
export const certificateVerdicts = (certificateHex: string, chain: 'own' | 'other') => {
  const certificate = orThrow(decode(commitCertificateCodec)(orThrow(hexToBytes(certificateHex))));
  const set = setOf(keyPairs());
  const context = { genesisHash: chain === 'own' ? genesisHash : taggedHash('browser/other'), algorithm } as const;
  const claim = { context, set, certificate, decision: { height: HEIGHT, blockId, validatorsHash: set.hash } };
  const verdict = (result: Either<{ readonly _tag: string }, unknown>): string =>
    E.isLeft(result) ? result.left._tag : 'accepted';
  return {
    full: verdict(verifyCommitFull(claim, verifyNow)),
    light: verdict(verifyCommitLight(claim, verifyNow)),
    trusting: verdict(verifyCommitTrusting(claim, set, verifyNow)),
  };
};
