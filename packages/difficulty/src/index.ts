export { adjusted, isAdjustmentHeight, type Adjustment } from './adjustment.ts';
export { withGovernanceUpdate, type DifficultyUpdate } from './config-changes.ts';
export {
  decodeCompact,
  encodeCompact,
  isCanonicalCompact,
  targetFromCompact,
  type CompactTarget,
} from './compact-target.ts';
export { DifficultyConfig, type DifficultyBounds, type DifficultyConfigInput } from './difficulty-config.ts';
export { DifficultyManager, type DifficultyEvent } from './difficulty-manager.ts';
export { retarget } from './retarget.ts';
export type { DifficultyError, DifficultyResult } from '@zhtp/types';
