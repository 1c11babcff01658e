import { taggedHash } from '@zhtp/crypto';
import type { NodeEvent } from '@zhtp/engine';
import { encode, hashCodec, hashToBytes, u32, u64, type Hash, type IdentityId } from '@zhtp/types';

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

const encodeHash = encode(hashCodec);

/** @param keptHeights how many of the last heights it remembers; all when left out */
export const createRunRecord = (keptHeights?: bigint): RunRecord => {
  const decided = new Map<bigint, DecidedHeight>();
  const heads = new Map<number, bigint>();
  const disagreements: Disagreement[] = [];
  let digest = taggedHash('zhtp/simulation-run/v1');

  return {
    observe: (node, event, atMs) => {
      if (event._tag !== 'BlockCommitted') return;
      const { block, blockId, certificate, appHash } = event;
      const { height, proposer } = block.header;
      heads.set(node, height);
      digest = taggedHash(
        'zhtp/simulation-run/v1',
        hashToBytes(digest),
        encode(u32)(node),
        encode(u64)(height),
        encodeHash(blockId),
        encodeHash(appHash),
        encode(u64)(BigInt(Math.floor(atMs))),
      );
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
