import { duplicateVote, sealVote, voteSignBytes } from '@zhtp/chain';
import { signMessage } from '@zhtp/crypto';
import type { Evidence, Hash, IdentityId, KeyPair } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { ALGORITHM, CONTEXT, hashOf } from './chain.ts';
import type { Person } from './staked-chain.ts';

export interface DoubleSign {
  readonly voter: IdentityId;
  readonly height: bigint;
  readonly round?: number;
  /** First bytes of the two block ids. */
  readonly blocks?: readonly [number, number];
}

/** Two precommits of one slot, signed by whatever signs. */
const twoVotes = (
  { voter, height, round = 0, blocks = [1, 2] }: DoubleSign,
  genesisHash: Hash,
  sign: (message: Uint8Array) => Uint8Array,
): Evidence => {
  const [a, b] = blocks.map((block) => {
    const content = {
      voter,
      proposalId: O.some(hashOf(block)),
      voteType: 'PreCommit' as const,
      height,
      round,
      polRound: O.none,
      appHash: O.none,
    };
    const signature = sign(voteSignBytes(genesisHash, content));
    return sealVote(content, { algorithm: ALGORITHM, signature, publicKey: O.none });
  });
  if (a === undefined || b === undefined) throw new Error('two votes');
  return duplicateVote(a, b);
};

/** For the executor, which has it from elsewhere that the signatures hold. */
export const unsignedDoubleSign = (what: DoubleSign): Evidence =>
  twoVotes(what, CONTEXT.genesisHash, () => new Uint8Array(0));

/** Really signed under a genesis. */
export const signedDoubleSign = (what: DoubleSign, genesisHash: Hash, keyPair: KeyPair): Evidence =>
  twoVotes(what, genesisHash, (message) => signMessage(keyPair, 'zhtp/vote/v1', message));

/** Of one person at one height. */
export const doubleSignOf = ({ who }: Person, height: bigint): Evidence => unsignedDoubleSign({ voter: who, height });
