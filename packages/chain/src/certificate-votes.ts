import type { CommitCertificate, ConsensusVote, SignatureAlgorithm } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { signersOf } from './certificate.ts';
import type { SignerSet } from './signer-set.ts';
import { sealVote } from './vote-id.ts';

/**
 * The precommits a certificate was made of, as the votes they were, in identity order; none when it is of a set of another
 * size. Says nothing of their signatures.
 * @param set the frozen set of the certificate's height
 */
export const votesOfCertificate = (
  set: SignerSet,
  certificate: CommitCertificate,
  algorithm: SignatureAlgorithm,
): readonly ConsensusVote[] => {
  const { height, round, blockId, setSize, signatures } = certificate;
  if (setSize !== set.validators.length) return [];
  return signersOf(set, certificate).flatMap((voter, i) => {
    const signature = signatures[i];
    if (signature === undefined) return [];
    return [
      sealVote(
        { voteType: 'PreCommit', height, round, proposalId: O.some(blockId), polRound: O.none, appHash: O.none, voter },
        { algorithm, signature, publicKey: O.none },
      ),
    ];
  });
};
