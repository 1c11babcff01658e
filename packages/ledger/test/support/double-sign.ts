import type { ConsensusVote, Evidence } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { ALGORITHM, hashOf } from './chain.ts';
import type { Person } from './staked-chain.ts';

/** Two precommits for different values; who executes a block has it from consensus that the signatures hold. */
export const doubleSignOf = ({ who }: Person, height: bigint): Evidence => {
  const vote = (byte: number): ConsensusVote => ({
    id: hashOf(byte),
    voter: who,
    proposalId: O.some(hashOf(byte)),
    voteType: 'PreCommit',
    height,
    round: 0,
    polRound: O.none,
    appHash: O.none,
    extension: O.none,
    extensionSignature: O.none,
    timestamp: 0n,
    signature: { algorithm: ALGORITHM, signature: new Uint8Array(0), publicKey: O.none },
  });
  return { _tag: 'DuplicateVote', voteA: vote(1), voteB: vote(2) };
};
