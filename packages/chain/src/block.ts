import {
  malformedCertificate,
  BLOCK_EVIDENCE_MAX,
  blockCodec,
  encode,
  evidenceCodec,
  floorDiv,
  type Block,
  type ChainParameters,
  type CommitCertificate,
  type ConsensusProof,
  type ConsensusType,
  type Evidence,
  type Hash,
  type Header,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { blockError, type BlockError } from './block-error.ts';
import { commitHashOf, dataHashOf, evidenceHashOf, proofHashOf } from './header.ts';

/** Most bytes of evidence in one block (protocol.md, Evidence). */
export const BLOCK_EVIDENCE_BYTES_MAX = 1024 * 1024;

/** The latest time of a block, unix milliseconds: beyond it times are no safe integers. */
export const BLOCK_TIME_MAX_MS = 2n ** 53n - 1n;

type BodyHash = 'lastCommitHash' | 'dataHash' | 'evidenceHash' | 'proofHash';

/** A block's body, and the header fields that do not follow from it. */
export interface BlockParts extends Omit<Header, BodyHash> {
  readonly transactions: readonly Uint8Array[];
  readonly lastCommit: CommitCertificate;
  readonly evidence: readonly Evidence[];
  readonly proof: ConsensusProof;
}

/** A block whose header fits its body. */
export const makeBlock = ({ transactions, lastCommit, evidence, proof, ...fields }: BlockParts): Block => ({
  header: {
    ...fields,
    lastCommitHash: commitHashOf(lastCommit),
    dataHash: dataHashOf(transactions),
    evidenceHash: evidenceHashOf(evidence),
    proofHash: proofHashOf(proof),
  },
  transactions,
  lastCommit,
  evidence,
  proof,
});

const writeBlock = encode(blockCodec);
const writeEvidence = encode(evidenceCodec);

/** Documented seconds of a header time: ⌊ms / 1000⌋ (decisions.md §1). */
export const secondsOf = (timeMs: bigint): bigint => floorDiv(timeMs, 1_000n);

/**
 * A consensus proof that shows nothing: what a block carries where no proof is required (decisions.md §6).
 * @param timeMs of the block's header, unix milliseconds
 */
export const noProof = (consensusType: ConsensusType, timeMs: bigint): ConsensusProof => ({
  consensusType,
  stakeProof: O.none,
  storageProof: O.none,
  workProof: O.none,
  zkDidProof: O.none,
  timestamp: secondsOf(timeMs),
});

/** Whether two proofs are the same {@link noProof}. */
export const isSameNoProof = (a: ConsensusProof, b: ConsensusProof): boolean =>
  a.timestamp === b.timestamp && a.consensusType === b.consensusType && showsNothing(a) && showsNothing(b);

const showsNothing = ({ stakeProof, storageProof, workProof, zkDidProof }: ConsensusProof): boolean =>
  O.isNone(stakeProof) && O.isNone(storageProof) && O.isNone(workProof) && O.isNone(zkDidProof);

const differs = (field: BodyHash, inHeader: Hash, ofBody: Hash): BlockError | undefined =>
  inHeader === ofBody ? undefined : blockError('WrongBodyHash', field, inHeader, ofBody);

const tooLarge = (field: string, found: number, unit: string, max: number): BlockError | undefined =>
  found <= max ? undefined : blockError('TooLarge', field, `${String(found)} ${unit}`, `at most ${String(max)}`);

const evidenceBytes = (evidence: readonly Evidence[]): number =>
  evidence.reduce((sum, item) => sum + writeEvidence(item).length, 0);

/** Counts come before lengths: what is out of bounds is never written. */
const oversized = (
  block: Block,
  { maxBlockBytes, consensus }: ChainParameters,
  encodedLength: number | undefined,
): BlockError | undefined =>
  tooLarge('transactions', block.transactions.length, 'transactions', consensus.maxTransactionsPerBlock) ??
  tooLarge('evidence', block.evidence.length, 'pieces', BLOCK_EVIDENCE_MAX) ??
  tooLarge('evidence', evidenceBytes(block.evidence), 'bytes', BLOCK_EVIDENCE_BYTES_MAX) ??
  tooLarge('size', encodedLength ?? writeBlock(block).length, 'bytes', maxBlockBytes);

const wrongCertificate = (lastCommit: CommitCertificate): BlockError | undefined => {
  const malformed = malformedCertificate(lastCommit);
  return malformed === undefined
    ? undefined
    : blockError('WrongCertificate', 'lastCommit', malformed, 'as many signatures as bits');
};

/**
 * Whether this body is the one that the header names. If not, it says nothing of the header's block: anybody can put
 * other bytes beside a header that somebody signed.
 */
export const checkBodyOfHeader = (block: Block): Either<BlockError, void> => {
  const { header, transactions, lastCommit, evidence, proof } = block;
  const wrong =
    wrongCertificate(lastCommit) ??
    differs('lastCommitHash', header.lastCommitHash, commitHashOf(lastCommit)) ??
    differs('dataHash', header.dataHash, dataHashOf(transactions)) ??
    differs('evidenceHash', header.evidenceHash, evidenceHashOf(evidence)) ??
    differs('proofHash', header.proofHash, proofHashOf(proof));
  return wrong === undefined ? E.right(undefined) : E.left(wrong);
};

/**
 * The rules that a block breaks or keeps by itself, under the parameters of its height: sizes, and the time of its proof.
 * @param encodedLength length of the block's canonical bytes, when the caller has just decoded them
 */
export const checkBlockLimits = (
  block: Block,
  parameters: ChainParameters,
  encodedLength?: number,
): Either<BlockError, void> => {
  const { header, proof, lastCommit } = block;
  const wrong =
    wrongCertificate(lastCommit) ??
    oversized(block, parameters, encodedLength) ??
    (proof.timestamp === secondsOf(header.time)
      ? undefined
      : blockError(
          'WrongTime',
          'proof.timestamp',
          String(proof.timestamp),
          `${String(secondsOf(header.time))}, the seconds of header.time`,
        ));
  return wrong === undefined ? E.right(undefined) : E.left(wrong);
};

/**
 * What can be said of a block from itself and the parameters of its height: {@link checkBlockLimits} and
 * {@link checkBodyOfHeader}.
 * @param encodedLength length of the block's canonical bytes, when the caller has just decoded them
 */
export const checkBlockBody = (
  block: Block,
  parameters: ChainParameters,
  encodedLength?: number,
): Either<BlockError, void> =>
  pipe(
    checkBlockLimits(block, parameters, encodedLength),
    E.chain(() => checkBodyOfHeader(block)),
  );
