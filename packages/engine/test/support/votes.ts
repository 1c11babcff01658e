import { option as O } from 'fp-ts';
import { sealVote, type VoteContent } from '@zhtp/chain';
import { taggedHash } from '@zhtp/crypto';
import { encodeUtf8, type ConsensusVote, type Hash, type IdentityId } from '@zhtp/types';

export const hashNamed = (name: string): Hash => taggedHash('test/hash', encodeUtf8(name));
export const identityNamed = (name: string): IdentityId =>
  taggedHash('test/identity', encodeUtf8(name)) as string as IdentityId;

/** A vote of `v0` for `block` at height 5, round 0, with these changes; its signature is one byte. */
export const vote = (change: Partial<VoteContent> = {}, signature = 0): ConsensusVote =>
  sealVote(
    {
      voteType: 'PreVote',
      height: 5n,
      round: 0,
      proposalId: O.some(hashNamed('block')),
      polRound: O.none,
      appHash: O.none,
      voter: identityNamed('v0'),
      ...change,
    },
    { algorithm: 'ML-DSA-65', signature: Uint8Array.of(signature), publicKey: O.none },
  );
