import { expect, test } from 'vitest';
import { nullScheme, worldGenesis, worldValidators } from '@zhtp/simulator';
import { createVoters, votersOfGenesis, type VotersAt } from '../src/safety-voters.ts';

const SCHEME = nullScheme();
const VALIDATORS = worldValidators(SCHEME, 4);
const GENESIS = worldGenesis(SCHEME, VALIDATORS);
const founders = votersOfGenesis(GENESIS);

test('who is asked about before the set of its height was decided counts by the set that was decided then', () => {
  let decided: VotersAt = founders;
  const smaller = founders(1n).slice(1);
  const [left] = founders(1n);
  if (left === undefined) throw new Error('genesis has four validators');
  const voters = createVoters({
    genesis: GENESIS,
    nodes: VALIDATORS.map(({ identity }) => identity),
    faulty: new Set([left.identity]),
    votersAt: (height) => decided(height),
  });
  const leaver = voters.numberOf(left.identity);
  // Anybody may sign for a height far ahead.
  expect(voters.powerOf(9n, leaver)).toBe(1n);
  expect(voters.isQuorum(9n, 2n)).toBe(false);

  decided = (height) => (height < 9n ? founders(height) : smaller);
  expect(voters.powerOf(8n, leaver)).toBe(1n);
  expect(voters.powerOf(9n, leaver)).toBe(0n);
  expect(voters.members(9n)).toHaveLength(3);
  expect(voters.isQuorum(9n, 2n)).toBe(false);
  expect(voters.isQuorum(9n, 3n)).toBe(true);
  expect(voters.isThird(9n, 1n)).toBe(false);
  expect(voters.isThird(9n, 2n)).toBe(true);
  expect(voters.proposerOf(9n, 0)).toBe(voters.numberOf(smaller[0]?.identity ?? left.identity));
});

test.each([
  [3, 3, 2],
  [4, 3, 2],
  [6, 5, 3],
  [7, 5, 3],
  [9, 7, 4],
])(
  'of %i equal validators a quorum begins at %i, more than a third at %i, and as many faulty are not safe',
  (n, ...least) => {
    const set = worldValidators(SCHEME, n).map(({ identity }) => ({ identity, votingPower: 1n }));
    const votersWith = (faults: number) =>
      createVoters({
        genesis: GENESIS,
        nodes: [],
        faulty: new Set(set.slice(0, faults).map(({ identity }) => identity)),
        votersAt: () => set,
      });
    const counts = Array.from({ length: n + 1 }, (_, count) => count);
    const firstOf = (holds: (count: number) => boolean): number => counts.findIndex(holds);
    const voters = votersWith(0);
    expect([
      firstOf((count) => voters.isQuorum(1n, BigInt(count))),
      firstOf((count) => voters.isThird(1n, BigInt(count))),
    ]).toEqual(least);
    // A third that is faulty can keep the others from a quorum: from there on nothing is asked of them that needs one.
    expect(firstOf((count) => !votersWith(count).isSafe(1n))).toBe(Math.ceil(n / 3));
  },
);
