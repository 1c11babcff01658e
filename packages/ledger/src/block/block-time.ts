import { floorDiv } from '@zhtp/types';
import type { BlockPoint } from '@zhtp/validators';
import type { BlockOpening } from './block-input.ts';

const MS_PER_SECOND = 1_000n;

/** Block time in whole seconds, ⌊ms / 1000⌋ (decisions.md §1). */
export const secondsOf = ({ timeMs }: Pick<BlockOpening, 'timeMs'>): bigint => floorDiv(timeMs, MS_PER_SECOND);

export const pointOf = (block: Pick<BlockOpening, 'height' | 'timeMs'>): BlockPoint => ({
  height: block.height,
  atSeconds: secondsOf(block),
});
