import { storageNodeHash } from './storage-leaf.ts';

/**
 * The root of an RFC 6962 tree whose leaf hashes come one after the other, in memory of one node per level: `pending[l]`
 * is a full subtree of 2^l leaves that waits for its right neighbour.
 */
export class MerkleStream {
  readonly #pending: (Uint8Array | undefined)[] = [];
  #count = 0;

  push(leafHash: Uint8Array): void {
    let node = leafHash;
    let level = 0;
    for (let left = this.#pending[level]; left !== undefined; left = this.#pending[level]) {
      node = storageNodeHash(left, node);
      this.#pending[level] = undefined;
      level += 1;
    }
    this.#pending[level] = node;
    this.#count += 1;
  }

  /** Leaves since the last root. */
  get count(): number {
    return this.#count;
  }

  /** The root of what was pushed, undefined of nothing; the stream then is empty again. */
  takeRoot(): Uint8Array | undefined {
    let root: Uint8Array | undefined;
    for (const left of this.#pending) {
      if (left === undefined) continue;
      root = root === undefined ? left : storageNodeHash(left, root);
    }
    this.#pending.length = 0;
    this.#count = 0;
    return root;
  }
}
