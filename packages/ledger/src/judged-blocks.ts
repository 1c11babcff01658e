import type { Block } from '@zhtp/types';
import type { BlockOutcome } from './execute.ts';

/** Blocks of the next height that were executed to judge them: one of them is mostly the one that is decided. */
const JUDGED_MAX = 2;

interface Judged {
  readonly block: Block;
  readonly outcome: BlockOutcome;
}

/** What blocks on the committed state came to when they were judged, so that the decided one is not executed again. */
export interface JudgedBlocks {
  /** Of the very same block: what an equal one holds would have to be compared byte by byte. */
  outcomeOf(block: Block): BlockOutcome | undefined;
  keep(block: Block, outcome: BlockOutcome): void;
  /** Another state is committed. */
  forget(): void;
}

export const createJudgedBlocks = (): JudgedBlocks => {
  /** The latest last. */
  let judged: readonly Judged[] = [];
  return {
    outcomeOf: (block) => judged.find((each) => each.block === block)?.outcome,
    keep: (block, outcome) => {
      judged = [...judged, { block, outcome }].slice(-JUDGED_MAX);
    },
    forget: () => {
      judged = [];
    },
  };
};
