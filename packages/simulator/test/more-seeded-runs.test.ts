import { describe } from 'vitest';
import { agreeInSeededRuns } from './support/agree-in-seeded-runs.ts';

describe('validators under other faults of the same kinds', () => {
  agreeInSeededRuns(1_001, 120);
});
