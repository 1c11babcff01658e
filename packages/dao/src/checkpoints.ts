/** A value since a height: what it was after that block, until the next checkpoint. */
export interface Checkpoint {
  readonly height: bigint;
  readonly value: bigint;
}

/** Rising by height; values before the first are 0. */
export type Checkpoints = readonly Checkpoint[];

/** The last index whose height is at most `height`, or −1. */
const lastAtMost = <A>(sorted: readonly A[], heightOf: (a: A) => bigint, height: bigint): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle];
    if (at !== undefined && heightOf(at) <= height) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** The value after block `height`. */
export const valueAt = (checkpoints: Checkpoints, height: bigint): bigint =>
  checkpoints[lastAtMost(checkpoints, (checkpoint) => checkpoint.height, height)]?.value ?? 0n;

export const latestValue = (checkpoints: Checkpoints): bigint => checkpoints[checkpoints.length - 1]?.value ?? 0n;

/**
 * A new value as of block `height`, the highest so far. Keeps only what somebody can still ask for: a checkpoint goes when
 * no snapshot lies between it and the next, so an account has at most one more than there are open snapshots.
 * @param snapshots rising heights that open proposals were created after; the block before `height` is always kept
 */
export const withCheckpoint = (
  checkpoints: Checkpoints,
  { height, value }: Checkpoint,
  snapshots: readonly bigint[],
): Checkpoints => {
  const before = checkpoints.filter((checkpoint) => checkpoint.height < height);
  const isNeeded = (from: bigint, until: bigint): boolean => {
    if (until === height && from < height) return true;
    const snapshot = snapshots[lastAtMost(snapshots, (at) => at, until - 1n)];
    return snapshot !== undefined && snapshot >= from;
  };
  const kept = before.filter((checkpoint, i) => isNeeded(checkpoint.height, before[i + 1]?.height ?? height));
  return [...kept, { height, value }];
};
