import type { ValidatorSet } from '@zhtp/validators';

/** Who may vote at a height, numbered in identity order: what is kept of each stands in arrays by these positions. */
export type Voters = Pick<ValidatorSet, 'ids' | 'indexOf'>;

/** Nobody: the height has no set of its own. */
export const NO_VOTERS: Voters = { ids: [], indexOf: () => -1 };
