import { blockIdOf, emptyCertificate, makeBlock, noProof } from '@zhtp/chain';
import { identityId, ZERO_HASH, type CommitCertificate, type CommittedBlock, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';

const NOBODY: IdentityId = (() => {
  const id = identityId(ZERO_HASH);
  if (E.isLeft(id)) throw new Error(id.left);
  return id.right;
})();

/** A block of one transaction with a certificate of its height and id, signed by nobody: stores do not verify. @param lastCommit its parent's */
export const sampleBlock = (
  height: bigint,
  transaction: Uint8Array,
  lastCommit: CommitCertificate = emptyCertificate(),
): CommittedBlock => {
  const block = makeBlock({
    version: { protocol: 1, app: 1 },
    chainId: 'compliance',
    height,
    time: height,
    lastBlockId: ZERO_HASH,
    validatorsHash: ZERO_HASH,
    nextValidatorsHash: ZERO_HASH,
    parametersHash: ZERO_HASH,
    difficultyBits: 0,
    appHash: ZERO_HASH,
    resultsHash: ZERO_HASH,
    proposer: NOBODY,
    transactions: [transaction],
    lastCommit,
    evidence: [],
    proof: noProof('ByzantineFaultTolerance', 0n),
  });
  return { block, certificate: { ...emptyCertificate(), height, blockId: blockIdOf(block.header) } };
};
