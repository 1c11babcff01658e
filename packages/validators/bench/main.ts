// Ratios of one run: what ten times the validators cost. Linear work costs 10 x, work in n log n about 12 to 13 x.
import { taggedHash } from '@zhtp/crypto';
import { encodeUtf8, identityId, MICRO_PER_ZHTP, type IdentityId } from '@zhtp/types';
import {
  convict,
  countBlock,
  FRESH_WINDOW,
  nextRotation,
  roundRobinProposer,
  slashStake,
  startRotation,
  DEFAULT_RULES,
  delegate,
  endBlock,
  type Registration,
  type StakingState,
  type Transition,
  ValidatorManager,
} from '@zhtp/validators';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { planSet } from '../src/set-plan.ts';
import { validatorsHashOf } from '../src/validator-set.ts';

const must = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(String(JSON.stringify(result.left)));
  return result.right;
};

/** Milliseconds of processor time per call, of the least of several runs: other work on the machine hardly counts. */
const millisPerCall = (calls: number, call: () => unknown): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const started = process.cpuUsage();
    for (let i = 0; i < calls; i++) call();
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, (user + system) / 1_000 / calls);
  }
  return best;
};

const SIZES = [100, 1_000, 10_000] as const;
const identityAt = (i: number): IdentityId => must(identityId(taggedHash('bench/identity', encodeUtf8(String(i)))));

/** A registration with the i-th lowest stake. */
const candidate = (i: number): Registration => ({
  identity: identityAt(i),
  stake: BigInt(i + 1) * MICRO_PER_ZHTP,
  storageProvided: 0n,
  consensusKey: new Uint8Array(1_312).map((_, at) => ((i + 1) >> (8 * (at % 3))) & 255),
  commissionRate: 0,
});

const frozenOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    identity: identityAt(i),
    consensusKey: new Uint8Array(1_952).fill(i + 1),
    votingPower: BigInt(1_000 + ((i * 7_919) % 5_000)),
  })).toSorted((a, b) => (a.identity < b.identity ? -1 : 1));

const works: readonly (readonly [string, number, (count: number) => () => unknown])[] = [
  [
    'round-robin proposer',
    20_000,
    (count) => {
      const ids = frozenOf(count).map(({ identity }) => identity);
      let height = 0n;
      return () => roundRobinProposer(ids, height++, 3);
    },
  ],
  [
    'weighted rotation, next height',
    5,
    (count) => {
      const members = frozenOf(count);
      let rotation = startRotation(members);
      return () => {
        if (rotation !== undefined) rotation = nextRotation(rotation, members);
      };
    },
  ],
  [
    'set change: plan a third of the members out and in',
    20,
    (count) => {
      const members = frozenOf(count).map(({ identity }) => identity);
      const eligible = [
        ...members.slice(members.length >> 2),
        ...Array.from({ length: count }, (_, i) => identityAt(-1 - i)),
      ];
      return () => planSet({ members, eligible, maxValidators: count });
    },
  ],
  [
    'set change: hash of the next set',
    2,
    (count) => {
      const members = frozenOf(count);
      return () => validatorsHashOf(members);
    },
  ],
  [
    'liveness window of every member',
    5,
    (count) => {
      const windows = Array.from({ length: count }, () => FRESH_WINDOW);
      return () => windows.map((window) => countBlock(DEFAULT_RULES, window, true));
    },
  ],
  [
    'epoch boundary: everybody registered, at most 1,000 active',
    2,
    (count) => {
      const manager = must(
        ValidatorManager.create(Math.min(count, 1_000), 0n, {
          consensusType: 'ProofOfStake',
          algorithm: 'ML-DSA-44',
          epochLengthBlocks: 1n,
        }),
      );
      // Each newcomer has more stake than the weakest before it, so that all of them have been active once.
      for (let i = 0; i < count; i++) must(manager.registerValidator(candidate(i)));
      must(manager.beginBlock({ height: 1n, atSeconds: 1n }));
      const { state } = manager;
      return () => endBlock(state);
    },
  ],
];

for (const [name, calls, prepare] of works) {
  const millis = SIZES.map((count) => millisPerCall(calls, prepare(count)));
  const [small = 0, middle = 0, large = 0] = millis;
  console.log(
    `${name}: 1,000 / 100 validators ${(middle / small).toFixed(1)} x, 10,000 / 1,000 ${(large / middle).toFixed(1)} x  (${millis.map((each) => each.toFixed(4)).join(' / ')} ms)`,
  );
}

const VALIDATOR = identityAt(1);
/** One validator with so many delegators. */
const delegated = (delegators: number): StakingState => {
  const manager = must(
    ValidatorManager.create(4, MICRO_PER_ZHTP, { consensusType: 'ProofOfStake', algorithm: 'ML-DSA-44' }),
  );
  must(
    manager.registerValidator({
      identity: VALIDATOR,
      stake: 1_000n * MICRO_PER_ZHTP,
      storageProvided: 0n,
      consensusKey: new Uint8Array(1_312).fill(1),
      commissionRate: 0,
    }),
  );
  let { state } = manager;
  for (let i = 0; i < delegators; i++) {
    const next: Transition = must(
      delegate(state, { validator: VALIDATOR, delegator: identityAt(1_000_000 + i), amount: 5n * MICRO_PER_ZHTP }),
    );
    ({ state } = next);
  }
  return state;
};

const [few, many] = [delegated(1_000), delegated(100_000)];
const slashMillis = (state: StakingState): number =>
  millisPerCall(2_000, () =>
    slashStake(state, { identity: VALIDATOR, slashType: 'InvalidVote', fractionPpm: 10_000n }),
  );
const delegateMillis = (state: StakingState): number =>
  millisPerCall(2_000, () =>
    delegate(state, { validator: VALIDATOR, delegator: identityAt(-7), amount: 5n * MICRO_PER_ZHTP }),
  );
const compare = (name: string, of: string, slow: number, fast: number): void =>
  console.log(`${name}: ${of} ${(slow / fast).toFixed(1)} x  (${slow.toFixed(4)} / ${fast.toFixed(4)} ms)`);
const DELEGATORS = '100,000 / 1,000 delegators';
compare('slash of a validator (1 x is independent of them)', DELEGATORS, slashMillis(many), slashMillis(few));
compare('one more delegation (logarithmic: about 1.7 x)', DELEGATORS, delegateMillis(many), delegateMillis(few));

/** A manager of `seats` validators, all taken, in its first epoch. */
const full = (seats: number): ValidatorManager => {
  const manager = must(
    ValidatorManager.create(seats, 0n, {
      consensusType: 'ProofOfStake',
      algorithm: 'ML-DSA-44',
      epochLengthBlocks: 1n,
    }),
  );
  for (let i = 0; i < seats; i++) must(manager.registerValidator(candidate(i)));
  must(manager.beginBlock({ height: 1n, atSeconds: 1n }));
  return manager;
};

/** A set whose every seat is wanted by somebody stronger: the boundary displaces all of it. */
const besieged = (seats: number): number => {
  const manager = full(seats);
  for (let i = 0; i < seats; i++) must(manager.registerValidator(candidate(seats + i)));
  const { state } = manager;
  return millisPerCall(2, () => endBlock(state));
};
compare('epoch boundary that displaces everybody', '1,000 / 100 validators', besieged(1_000), besieged(100));

/** So many double signs of one moment, and one more: all of them rise. */
const convicted = (count: number): number => {
  const manager = full(count + 1);
  const totalPower = 4n * BigInt(count);
  const proven = (i: number) => ({ ...candidate(i), infractionHeight: 1n, power: 1n, totalPower, atSeconds: 1n });
  for (let i = 0; i < count; i++) must(manager.convict(proven(i)));
  const { state } = manager;
  return millisPerCall(2, () => convict(state, proven(count)));
};
compare('one more double sign, near all others', '900 / 90 convicts', convicted(900), convicted(90));
