import * as C from './codec.ts';
import { hashCodec, identityCodec } from './codec.ts';
import { evidenceCodec } from './evidence.ts';
import { consensusProofCodec } from './proofs.ts';
import { SIGNATURE_BYTES_MAX } from './signature.ts';

/** Largest validator set (economics.md, Governance: MaxValidators). */
export const VALIDATORS_MAX = 1_000;
export const CHAIN_ID_BYTES_MAX = 64;
/** Most transactions of one block (economics.md: MaxTransactionsPerBlock) and the longest one. */
export const BLOCK_TRANSACTIONS_MAX = 100_000;
export const TRANSACTION_BYTES_MAX = 1024 * 1024;
/** Most pieces of evidence of one block; their bytes are bounded to 1 MiB beside it (protocol.md, Evidence). */
export const BLOCK_EVIDENCE_MAX = 256;

/** What a block's id is over (protocol.md, Blocks). */
export const headerCodec = C.struct('Header', {
  version: C.struct('HeaderVersion', { protocol: C.u32, app: C.u32 }),
  chainId: C.text(CHAIN_ID_BYTES_MAX),
  height: C.u64,
  /** Unix milliseconds, strictly greater than the parent's. */
  time: C.u64,
  lastBlockId: hashCodec,
  lastCommitHash: hashCodec,
  dataHash: hashCodec,
  evidenceHash: hashCodec,
  proofHash: hashCodec,
  validatorsHash: hashCodec,
  nextValidatorsHash: hashCodec,
  parametersHash: hashCodec,
  /** Compact difficulty target in force at this height (economics.md, Difficulty). */
  difficultyBits: C.u32,
  /** Application hash after the previous block. */
  appHash: hashCodec,
  /** Merkle root of the previous block's receipts. */
  resultsHash: hashCodec,
  /** Who first built the block. */
  proposer: identityCodec,
});
export type Header = C.TypeOf<typeof headerCodec>;

const bitmapWidth = (setSize: number): number => (setSize + 7) >> 3;

/**
 * Precommits of one round for one block: a bitmap exactly as wide as the set, in identity order, bit i of byte i >> 3
 * from the least significant end, and the signatures in that order (protocol.md, Blocks).
 */
export const commitCertificateCodec = C.refine(
  C.struct('CommitCertificate', {
    height: C.u64,
    round: C.u32,
    blockId: hashCodec,
    setSize: C.u16,
    signers: C.bytes(bitmapWidth(VALIDATORS_MAX)),
    signatures: C.array(C.bytes(SIGNATURE_BYTES_MAX), VALIDATORS_MAX),
  }),
  'CommitCertificate',
  (c) =>
    c.setSize > VALIDATORS_MAX
      ? `setSize ${String(c.setSize)} is over ${String(VALIDATORS_MAX)}`
      : malformedCertificate(c),
);
export type CommitCertificate = C.TypeOf<typeof commitCertificateCodec>;

/** Why bitmap and signatures of a certificate do not fit its set or each other; undefined when they do. Decoding asks it too. */
export const malformedCertificate = ({
  setSize,
  signers,
  signatures,
}: {
  readonly setSize: number;
  readonly signers: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}): string | undefined => {
  if (signers.length !== bitmapWidth(setSize))
    return `signers must be ${String(bitmapWidth(setSize))} bytes for a set of ${String(setSize)}, got ${String(signers.length)}`;
  const spare = setSize & 7;
  if (spare !== 0 && (signers[signers.length - 1] ?? 0) >> spare !== 0) return 'signers has a bit set beyond the set';
  const count = signerCount(signers);
  return count === signatures.length
    ? undefined
    : `${String(count)} signers but ${String(signatures.length)} signatures`;
};

/** How many bits of a signer bitmap are set. */
export const signerCount = (signers: Uint8Array): number => {
  let count = 0;
  for (const byte of signers) for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
};

/** True when the validator at `index` of the set signed. */
export const hasSigner = (signers: Uint8Array, index: number): boolean =>
  (((signers[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;

/** A header with the body that its hashes name. */
export const blockCodec = C.struct('Block', {
  header: headerCodec,
  transactions: C.array(C.bytes(TRANSACTION_BYTES_MAX), BLOCK_TRANSACTIONS_MAX),
  /** The parent's certificate; all zero and empty in the first block. */
  lastCommit: commitCertificateCodec,
  evidence: C.array(evidenceCodec, BLOCK_EVIDENCE_MAX),
  proof: consensusProofCodec,
});
export type Block = C.TypeOf<typeof blockCodec>;

/** A decided block with the certificate that decided it: what is stored, synced and verified. */
export const committedBlockCodec = C.struct('CommittedBlock', {
  block: blockCodec,
  certificate: commitCertificateCodec,
});
export type CommittedBlock = C.TypeOf<typeof committedBlockCodec>;
