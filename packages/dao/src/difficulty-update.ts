/** New values of the mining difficulty policy; fields left out stay as they are. */
export interface DifficultyUpdate {
  /** Compact. */
  readonly initialDifficulty?: number;
  /** Blocks. */
  readonly adjustmentInterval?: bigint;
  /** Seconds. */
  readonly targetTimespan?: bigint;
}

export const isEmptyDifficultyUpdate = (update: DifficultyUpdate): boolean =>
  Object.values(update).every((value) => value === undefined);
