import { createTaggedHasher, taggedHash } from '@zhtp/crypto';
import type { NodeEvent } from '@zhtp/engine';
import { putHex, type Hash, type IdentityId } from '@zhtp/types';

/** What is known of one decided height of a run. */
export interface DecidedHeight {
  readonly height: bigint;
  readonly blockId: Hash;
  readonly round: number;
  /** Validators of the height: those that left the set are not counted, down or not. */
  readonly setSize: number;
  readonly proposer: IdentityId;
  readonly appHash: Hash;
  readonly transactions: number;
  /** Virtual time of the first commit, milliseconds. */
  readonly atMs: number;
}

/** Two nodes decided differently: what must never happen. */
export interface Disagreement {
  readonly height: bigint;
  readonly node: number;
  readonly blockId: Hash;
  readonly other: Hash;
}

/** Listens to all nodes of a world: heights as they are decided, agreement, and a digest of everything that was. */
export interface RunRecord {
  observe(node: number, event: NodeEvent, atMs: number): void;
  heights(): readonly DecidedHeight[];
  disagreements(): readonly Disagreement[];
  /** Hash over every commit of every node in order: equal exactly when two runs went the same way. */
  digest(): Hash;
  committedBy(node: number): bigint;
}

/** What every commit adds to the digest: the digest before, node, height, block id, app hash, virtual time. */
interface CommitSeen {
  readonly before: Hash;
  readonly node: number;
  readonly height: bigint;
  readonly blockId: Hash;
  readonly appHash: Hash;
  readonly atMs: number;
}

const TAG = 'zhtp/simulation-run/v1';
const COMMIT_BYTES = 32 + 4 + 8 + 32 + 32 + 8;

const createCommitHasher = (): ((seen: CommitSeen) => Hash) => {
  const { input, hash } = createTaggedHasher(TAG, COMMIT_BYTES);
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  return ({ before, node, height, blockId, appHash, atMs }) => {
    putHex(input, 0, before);
    view.setUint32(32, node);
    view.setBigUint64(36, height);
    putHex(input, 44, blockId);
    putHex(input, 76, appHash);
    view.setBigUint64(108, BigInt(Math.floor(atMs)));
    return hash(COMMIT_BYTES);
  };
};

/** @param keptHeights how many of the last heights it remembers; all when left out */
export const createRunRecord = (keptHeights?: bigint): RunRecord => {
  const decided = new Map<bigint, DecidedHeight>();
  const heads = new Map<number, bigint>();
  const disagreements: Disagreement[] = [];
  const hashOf = createCommitHasher();
  let digest = taggedHash(TAG);

  return {
    observe: (node, event, atMs) => {
      if (event._tag !== 'BlockCommitted') return;
      const { block, blockId, certificate, appHash } = event;
      const { height, proposer } = block.header;
      heads.set(node, height);
      digest = hashOf({ before: digest, node, height, blockId, appHash, atMs });
      const first = decided.get(height);
      if (first === undefined && keptHeights !== undefined) decided.delete(height - keptHeights);
      if (first === undefined)
        decided.set(height, {
          height,
          blockId,
          round: certificate.round,
          setSize: certificate.setSize,
          proposer,
          appHash,
          transactions: block.transactions.length,
          atMs,
        });
      else if (first.blockId !== blockId || first.appHash !== appHash)
        disagreements.push({ height, node, blockId, other: first.blockId });
    },
    heights: () => [...decided.values()],
    disagreements: () => disagreements,
    digest: () => digest,
    committedBy: (node) => heads.get(node) ?? 0n,
  };
};
