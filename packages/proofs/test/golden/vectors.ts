import { bytesToHex, encode, stakeProofCodec, toJson, workProofCodec, type Json } from '@zhtp/types';
import { issueReceipt, receiptCodec, StakeProof, WorkProof, zkDidPresentationHeader } from '@zhtp/proofs';
import { keyPairFromSeed, sha256 } from '@zhtp/crypto';
import { attestationSignBytes } from '../../src/attestation-rules.ts';
import { receiptSignBytes } from '../../src/receipt.ts';
import { attested, CHAIN_ID, delegation, hashOf, identity, right, ZHTP } from '../support.ts';

const stake = (): Json => {
  const proof = right(
    StakeProof.create({
      validator: identity('validator'),
      stakedAmount: 2_000n * ZHTP,
      stakeTxHash: hashOf('stake'),
      stakeHeight: 10n,
      lockTime: 5n,
    }),
  );
  right(proof.addDelegation(delegation('a', 1_000n * ZHTP, 500)));
  right(proof.addDelegation(delegation('b', 500n * ZHTP, 1_000)));
  return {
    record: toJson(stakeProofCodec)(proof.toRecord()),
    bytes: bytesToHex(encode(stakeProofCodec)(proof)),
    rewards: right(proof.calculateDelegationRewards(1_000_000n)).map(([who, amount]) => [who, String(amount)]),
  };
};

const work = (): Json =>
  [
    [1_000n, 2_000n, 1_500n],
    [0n, 0n, 0n],
    [7n, 0n, 0n],
  ].map(([routingWork = 0n, storageWork = 0n, computeWork = 0n]) => {
    const origin = { nodeId: hashOf('node'), timestamp: 1_700_000_000n };
    const proof = right(WorkProof.create({ routingWork, storageWork, computeWork, ...origin }));
    return { record: toJson(workProofCodec)(proof.toRecord()), bytes: bytesToHex(encode(workProofCodec)(proof)) };
  });

const storage = async (length: number): Promise<Json> => {
  const { tree, signed } = await attested(length);
  return {
    root: tree.root,
    challenges: signed.challengeResults.map(({ challenge }) => ({
      id: challenge.id,
      nonce: challenge.nonce,
      blockIndex: String(challenge.blockIndex),
    })),
    path: signed.challengeResults[0]?.proof.path ?? [],
    signBytes: bytesToHex(attestationSignBytes(CHAIN_ID, signed)),
    signatureSha256: bytesToHex(sha256(signed.signature.signature)),
  };
};

const receipt = (): Json => {
  const content = {
    prover: identity('prover'),
    client: identity('client'),
    kind: 'Computation',
    units: 9n,
    epoch: 5n,
    sequence: 1n,
  } as const;
  const clientKey = keyPairFromSeed('ML-DSA-44', new Uint8Array(32).fill(3));
  const issued = right(issueReceipt(content, { chainId: CHAIN_ID, clientKey, deterministic: true }));
  return {
    signBytes: bytesToHex(receiptSignBytes(CHAIN_ID, content)),
    sha256: bytesToHex(sha256(encode(receiptCodec)(issued))),
  };
};

/** Encodings, hashes, roots, challenges and signed bytes of fixed proofs. */
export const goldenVectors = async (): Promise<Json> => ({
  stake: stake(),
  work: work(),
  storage: [await storage(1), await storage(20_000), await storage(300_000)],
  receipt: receipt(),
  zkDidPresentationHeader: bytesToHex(right(zkDidPresentationHeader(CHAIN_ID, identity('holder')))),
});
