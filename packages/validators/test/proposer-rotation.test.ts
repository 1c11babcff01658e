import { describeVectors } from '@zhtp/testing';
import { U64_MAX } from '@zhtp/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  increment,
  nextRotation,
  roundRobinProposer,
  startRotation,
  WEIGHTED_ROUNDS,
  weightedProposers,
  type Prioritized,
  type WeightedRotation,
} from '@zhtp/validators';
import { identityNamed, range } from './support.ts';
import { carryOver, centre, rescale } from '../src/proposer-priority.ts';

const known = <A>(value: A | undefined): A => {
  if (value === undefined) throw new Error('expected a value');
  return value;
};

const weighted = (members: readonly (readonly [string, bigint])[]) =>
  members.map(([name, votingPower]) => ({ identity: identityNamed(name), votingPower }));

/** Proposers of successive heights of an unchanged set. */
const proposers = (members: readonly (readonly [string, bigint])[], heights: number): readonly string[] => {
  const named = new Map(members.map(([name]) => [identityNamed(name), name]));
  let rotation: WeightedRotation = known(startRotation(weighted(members)));
  return range(heights).map(() => {
    const name = named.get(rotation.proposer) ?? '';
    rotation = known(nextRotation(rotation, weighted(members)));
    return name;
  });
};

describe('round robin', () => {
  const ids = ['a', 'b', 'c'].map((name) => identityNamed(name));

  test('is index (height + round) mod n', () => {
    expect(range(4).map((round) => roundRobinProposer(ids, 7n, round))).toEqual([ids[1], ids[2], ids[0], ids[1]]);
  });
  test('is exact for every height and round', () => {
    expect(roundRobinProposer(ids, U64_MAX, 2 ** 32 - 1)).toBe(ids[Number((U64_MAX + 2n ** 32n - 1n) % 3n)]);
  });
  test('knows nobody among nobody', () => {
    expect(roundRobinProposer([], 1n, 0)).toBeUndefined();
  });
  test('gives everyone one turn in any n successive rounds, and in any n successive heights', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.bigInt(0n, U64_MAX - 20n),
        fc.nat(2 ** 31),
        (n, height, round) => {
          const names = range(n).map((i) => identityNamed(String(i)));
          expect(new Set(range(n).map((i) => roundRobinProposer(names, height, round + i))).size).toBe(n);
          expect(new Set(range(n).map((i) => roundRobinProposer(names, height + BigInt(i), round))).size).toBe(n);
        },
      ),
    );
  });
});

interface RotationVectors {
  readonly selection: readonly {
    readonly name: string;
    readonly validators: readonly (readonly [string, number])[];
    readonly proposers?: readonly string[];
    readonly rounds?: number;
    readonly counts?: readonly number[];
  }[];
  readonly priorityAfterSteps: {
    readonly validators: readonly (readonly [string, number])[];
    readonly startPriorities: readonly number[];
    readonly rows: readonly {
      readonly times: number;
      readonly priorities: readonly number[];
      readonly proposer: number;
    }[];
  };
  readonly centering_zeroPower: readonly {
    readonly start: readonly number[];
    readonly times: number;
    readonly subtract: number;
  }[];
}

describeVectors<RotationVectors>('weighted rotation of CometBFT', 'consensus/proposer_priority.json', (vectors) => {
  const ordered = (members: readonly (readonly [string, number])[]) =>
    members.map(([name, power]) => [name, BigInt(power)] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));

  test.each(
    vectors.selection.flatMap((row) => (row.proposers === undefined ? [] : [{ ...row, expected: row.proposers }])),
  )('$name', ({ validators, expected }) => {
    expect(proposers(ordered(validators), expected.length)).toEqual(expected);
  });
  test.each(vectors.selection.flatMap((row) => (row.counts === undefined ? [] : [{ ...row, expected: row.counts }])))(
    '$name',
    ({ validators, rounds, expected }) => {
      const turns = proposers(ordered(validators), rounds ?? 0);
      expect(validators.map(([name]) => turns.filter((turn) => turn === name).length)).toEqual(expected);
    },
  );
  const { validators, startPriorities, rows } = vectors.priorityAfterSteps;
  test.each(rows)('priorities after $times steps', ({ times, priorities, proposer }) => {
    const start: readonly Prioritized[] = validators.map(([name, power], i) => ({
      identity: identityNamed(name),
      votingPower: BigInt(power),
      priority: BigInt(startPriorities[i] ?? 0),
    }));
    const after = known(increment(start, times));
    expect(after.validators.map(({ priority }) => Number(priority))).toEqual(priorities);
    expect(after.proposer).toBe(start[proposer]?.identity);
  });
  test.each(vectors.centering_zeroPower)('centring $start floors', ({ start, times, subtract }) => {
    const powerless = start.map((priority, i) => ({
      identity: identityNamed(String(i)),
      votingPower: 0n,
      priority: BigInt(priority),
    }));
    const after = known(increment(powerless, times));
    expect(after.validators.map(({ priority }) => Number(priority))).toEqual(
      start.map((priority) => priority - subtract),
    );
  });
});

describe('weighted rotation', () => {
  const anyMembers = fc
    .array(fc.bigInt(1n, 50n), { minLength: 1, maxLength: 8 })
    .map((powers) => powers.map((power, i) => [String(i), power] as const));

  test('over as many heights as there is power everyone proposes exactly as often as it has power', () => {
    fc.assert(
      fc.property(anyMembers, (members) => {
        const total = members.reduce((sum, [, power]) => sum + power, 0n);
        const turns = proposers(members, Number(total));
        expect(members.map(([name]) => BigInt(turns.filter((turn) => turn === name).length))).toEqual(
          members.map(([, power]) => power),
        );
      }),
      { numRuns: 30 },
    );
  });

  test('keeps priorities centred and within twice the total, whatever sets follow each other', () => {
    fc.assert(
      fc.property(fc.array(anyMembers, { minLength: 2, maxLength: 12 }), (sets) => {
        let rotation = known(startRotation(weighted(known(sets[0]))));
        for (const members of sets) {
          const next = weighted(members);
          const total = next.reduce((sum, { votingPower }) => sum + votingPower, 0n);
          const carried = carryOver(rotation.validators, next);
          const priorities = carried.map(({ priority }) => priority).toSorted((a, b) => (a < b ? -1 : 1));
          const spread = known(priorities.at(-1)) - known(priorities[0]);
          const sum = priorities.reduce((a, b) => a + b, 0n);
          expect(spread <= 2n * total).toBe(true);
          expect(sum >= 0n && sum < BigInt(members.length)).toBe(true);
          rotation = known(nextRotation(rotation, next));
        }
      }),
    );
  });

  test('floors when centring and truncates when rescaling, below zero too', () => {
    const at = (...priorities: readonly bigint[]) =>
      priorities.map((priority, i) => ({ identity: identityNamed(String(i)), votingPower: 1n, priority }));
    expect(centre(at(-1n, 0n)).map(({ priority }) => priority)).toEqual([0n, 1n]);
    expect(centre(at(1n, 0n)).map(({ priority }) => priority)).toEqual([1n, 0n]);
    expect(rescale(at(-7n, 0n)).map(({ priority }) => priority)).toEqual([-3n, 0n]);
    expect(rescale(at(-4n, 0n)).map(({ priority }) => priority)).toEqual([-4n, 0n]);
  });

  test('a newcomer starts at −1.125 of the total, counting those who leave', () => {
    const before = [
      { identity: identityNamed('a'), votingPower: 40n, priority: 0n },
      { identity: identityNamed('b'), votingPower: 40n, priority: 0n },
    ];
    const after = carryOver(
      before,
      weighted([
        ['a', 40n],
        ['c', 80n],
      ]),
    );
    const [a, c] = after.map(({ priority }) => priority);
    expect(known(a) - known(c)).toBe(160n + 20n);
  });

  test('leaving and coming back never brings a turn forward', () => {
    const full = weighted([
      ['a', 10n],
      ['b', 10n],
      ['c', 10n],
    ]);
    const without = weighted([
      ['a', 10n],
      ['b', 10n],
    ]);
    let rotation = known(startRotation(full));
    rotation = known(nextRotation(rotation, without));
    rotation = known(nextRotation(rotation, full));
    const turns = range(3).map(() => {
      const { proposer } = rotation;
      rotation = known(nextRotation(rotation, full));
      return proposer;
    });
    expect(turns.slice(0, 2)).not.toContain(identityNamed('c'));
  });

  test('rounds of a height go on from it and leave no trace', () => {
    const members = weighted([
      ['a', 1n],
      ['b', 2n],
      ['c', 4n],
    ]);
    const rotation = known(startRotation(members));
    const proposerOf = weightedProposers(rotation);
    const expected = range(20).map((round) =>
      round === 0 ? rotation.proposer : known(increment(rotation.validators, round)).proposer,
    );
    expect(
      range(20)
        .toReversed()
        .map((round) => proposerOf(round))
        .toReversed(),
    ).toEqual(expected);
    expect(known(nextRotation(rotation, members)).proposer).toBe(expected[1]);
  });

  test('any round that a peer may claim is answered, by starting over', () => {
    const proposerOf = weightedProposers(
      known(
        startRotation(
          weighted([
            ['a', 1n],
            ['b', 5n],
          ]),
        ),
      ),
    );
    for (const round of [WEIGHTED_ROUNDS - 1, WEIGHTED_ROUNDS, WEIGHTED_ROUNDS + 1, 2 ** 32 - 1])
      expect(proposerOf(round)).toBe(proposerOf(round % WEIGHTED_ROUNDS));
  });

  test('does not depend on the order in which a set is given', () => {
    const equals = weighted(range(5).map((i) => [String(i), 7n] as const));
    const [straight, reversed] = [equals, equals.toReversed()].map((members) => {
      const proposerOf = weightedProposers(known(startRotation(members)));
      return range(12).map((round) => proposerOf(round));
    });
    expect(reversed).toEqual(straight);
  });

  test('knows nobody among nobody', () => {
    expect(startRotation([])).toBeUndefined();
    expect(increment([], 5)).toBeUndefined();
    expect(centre([])).toEqual([]);
  });
});
