import { beginBlock } from '@zhtp/validators';
import { expectRight } from '../invariant.ts';
import { heightKey } from '../chain-domains.ts';
import type { WorkingState } from '../working-state.ts';
import type { BlockOpening } from './block-input.ts';
import { pointOf, secondsOf } from './block-time.ts';
import { stakingStep } from './staking-step.ts';

/** A block begins: matured stake becomes liquid; the first block freezes the first set. */
export const begin = (working: WorkingState, block: BlockOpening): void => {
  const atSeconds = secondsOf(block);
  const isFirst = working.domains().staking.now === undefined;
  const begun = stakingStep(working, (staking) => beginBlock(staking, pointOf(block)));
  expectRight(begun, `the beginning of block ${String(block.height)}`);
  if (!isFirst) return;
  const { sets, staking, epochTimes } = working.domains();
  const key = heightKey(block.height);
  working.setDomains({ sets: sets.with(key, staking.members), epochTimes: epochTimes.with(key, atSeconds) });
};
