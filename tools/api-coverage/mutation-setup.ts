// Runs before each test of a mutation run: wakes the mutant that the test names, and no other.
import { afterEach, beforeEach } from 'vitest';
import { mutantOf, plantedMutants } from './mutants.ts';

const mutants = plantedMutants();
const awake = globalThis as { zhtpMutant?: string | undefined };

beforeEach(({ task }) => {
  awake.zhtpMutant = mutantOf(mutants, task.fullTestName)?.name;
});

afterEach(() => {
  awake.zhtpMutant = undefined;
});
