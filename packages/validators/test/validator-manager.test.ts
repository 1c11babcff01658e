import { GIB, MICRO_PER_ZHTP, U64_MAX, VALIDATORS_MAX, type IdentityId } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  ValidatorManager,
  type Registration,
  type ValidatorEvent,
  type ValidatorManagerOptions,
} from '@zhtp/validators';
import { identityNamed, left, range, registration, right } from './support.ts';

const MIN_STAKE = 1_000n * MICRO_PER_ZHTP;
const managerOf = (count: number, options: ValidatorManagerOptions = {}, maxValidators = 100): ValidatorManager => {
  const manager = right(ValidatorManager.create(maxValidators, MIN_STAKE, options));
  for (const n of range(count)) right(manager.registerValidator(registration(n + 1)));
  return manager;
};
const id = (n: number): IdentityId => registration(n).identity;
const refusal = (manager: ValidatorManager, change: Parameters<typeof registration>[1], n = 50): string =>
  left(manager.registerValidator(registration(n, change))).message;

describe('ValidatorManager.registerValidator', () => {
  test('keeps the documented messages', () => {
    const manager = managerOf(2, { minStorage: 0n }, 2);
    expect(refusal(manager, { stake: MIN_STAKE - 1n })).toMatch(/^Insufficient stake/);
    expect(refusal(manager, { identity: id(1) })).toContain('already registered');
    expect(refusal(manager, { consensusKey: registration(1).consensusKey })).toContain('already registered');
    expect(refusal(manager, {})).toMatch(/^Maximum validator limit/);
    expect(left(manager.removeValidator(identityNamed('x'))).message).toMatch(/^Validator not found/);
    expect(left(manager.updateValidatorActivity(identityNamed('x'), 1n)).message).toMatch(/^Validator not found/);
    expect(refusal(managerOf(0, { minStorage: GIB }), { storageProvided: GIB - 1n })).toMatch(/^Insufficient storage/);
  });

  test('is refused whole: nothing changes and nothing is announced', () => {
    const manager = managerOf(1);
    const events: ValidatorEvent[] = [];
    const subscription = manager.events$.subscribe((event) => events.push(event));
    expect(E.isLeft(manager.registerValidator(registration(2, { commissionRate: 101 })))).toBe(true);
    subscription.unsubscribe();
    expect([events, manager.getValidatorStats().totalValidators]).toEqual([[], 1]);
  });

  test('asks for a proof of possession exactly when it can be verified', () => {
    const good = Uint8Array.of(1);
    const manager = managerOf(0, {
      verifyPossession: (identity, _, proof) => (identity === id(1) && proof[0] === 1 ? 'valid' : 'invalid'),
    });
    expect(refusal(manager, {}, 1)).toContain('gives no proofOfPossession');
    expect(refusal(manager, { proofOfPossession: Uint8Array.of(2) }, 1)).toContain('is not by its consensus key');
    expect(refusal(manager, { proofOfPossession: good }, 2)).toContain('is not by its consensus key');
    expect(E.isRight(manager.registerValidator(registration(1, { proofOfPossession: good })))).toBe(true);
  });

  test('keeps totals within 64 bits and power within 2^60', () => {
    expect(refusal(managerOf(1), { stake: U64_MAX })).toContain('total stake');
  });

  test('lets nobody keep others out by the storage it claims', () => {
    const permissioned = managerOf(0, { consensusType: 'ByzantineFaultTolerance' });
    right(permissioned.registerValidator(registration(1, { storageProvided: U64_MAX - 1n })));
    right(permissioned.registerValidator(registration(2, { storageProvided: 1n })));
    expect(permissioned.getValidatorStats().totalStorage).toBe(U64_MAX);
    right(permissioned.registerValidator(registration(3, { storageProvided: U64_MAX })));
    expect(permissioned.getValidatorStats().totalStorage).toBe(U64_MAX);
  });
});

describe('ValidatorManager.removeValidator', () => {
  test('takes no part but keeps its record, identity and key', () => {
    const manager = managerOf(3);
    expect(manager.removeValidator(id(2))).toEqual(E.right(undefined));
    expect(manager.isValidator(id(2))).toBe(false);
    expect(right(E.fromOption(() => 'gone')(manager.getValidator(id(2)))).status).toBe('Inactive');
    expect(manager.getActiveValidators().map(({ identity }) => identity)).toEqual([id(1), id(3)].toSorted());
    expect(refusal(manager, {}, 2)).toContain('already registered');
    expect(refusal(manager, { consensusKey: registration(2).consensusKey })).toContain('already registered');
    expect(E.isLeft(manager.removeValidator(id(2)))).toBe(true);
  });

  test('leaves its place to another', () => {
    const manager = managerOf(2, {}, 2);
    right(manager.removeValidator(id(1)));
    expect(E.isRight(manager.registerValidator(registration(3)))).toBe(true);
  });
});

describe('the documented accessors', () => {
  const manager = managerOf(4);
  const ordered = range(4)
    .map((n) => id(n + 1))
    .toSorted();

  test('ValidatorManager.selectProposer takes turns, in identity order', () => {
    const chosen = range(5).map((round) => manager.selectProposer(6n, round));
    expect(chosen.map((proposer) => (O.isSome(proposer) ? proposer.value.identity : ''))).toEqual(
      [2, 3, 0, 1, 2].map((i) => ordered[i]),
    );
    expect(managerOf(0).selectProposer(1n, 0)).toEqual(O.none);
  });

  test('ValidatorManager.getValidatorStats counts what is active', () => {
    expect(manager.getValidatorStats()).toEqual({
      totalValidators: 4,
      activeValidators: 4,
      totalStake: 4n * MIN_STAKE,
      totalStorage: 0n,
      totalVotingPower: 4_000n,
    });
    const smaller = managerOf(5);
    right(smaller.removeValidator(id(1)));
    expect(smaller.getValidatorStats()).toEqual({ ...manager.getValidatorStats(), totalValidators: 5 });
    expect(managerOf(0).getValidatorStats().activeValidators).toBe(0);
  });

  test('ValidatorManager.getByzantineThreshold is the least power above two thirds', () => {
    expect([4, 3, 0].map((count) => managerOf(count).getByzantineThreshold())).toEqual([2_667n, 2_001n, 1n]);
  });

  test('ValidatorManager.getValidator hands out a copy with methods, and none for strangers', () => {
    const found = right(E.fromOption(() => 'none')(manager.getValidator(id(1))));
    expect(found).toMatchObject({
      identity: id(1),
      stake: MIN_STAKE,
      commissionRate: 5,
      votingPower: 1_000n,
      status: 'Active',
    });
    right(found.removeStake(1n));
    expect(right(E.fromOption(() => 'none')(manager.getValidator(id(1)))).stake).toBe(MIN_STAKE);
    expect(manager.getValidator(identityNamed('x'))).toEqual(O.none);
  });

  test('ValidatorManager.getActiveValidators lists the active in identity order', () => {
    expect(manager.getActiveValidators().map(({ identity }) => identity)).toEqual(ordered);
    expect(managerOf(0).getActiveValidators()).toEqual([]);
  });

  test('ValidatorManager.isValidator: registered and active', () => {
    const some = managerOf(2);
    right(some.removeValidator(id(2)));
    expect([1, 2, 3].map((n) => some.isValidator(id(n)))).toEqual([true, false, false]);
  });

  test('freeze the active validators as a set', () => {
    expect(right(manager.freeze()).ids).toEqual(ordered);
    expect(E.isLeft(managerOf(0).freeze())).toBe(true);
  });

  test('ValidatorManager.updateValidatorActivity notes the block time', () => {
    expect(manager.updateValidatorActivity(id(1), 700n)).toEqual(E.right(undefined));
    expect(right(E.fromOption(() => 'gone')(manager.getValidator(id(1)))).lastActivity).toBe(700n);
  });
});

test('events tell who came and who left', () => {
  const manager = managerOf(0);
  const events: ValidatorEvent[] = [];
  const subscription = manager.events$.subscribe((event) => events.push(event));
  right(manager.registerValidator(registration(1)));
  right(manager.removeValidator(id(1)));
  subscription.unsubscribe();
  expect(events).toEqual([
    { _tag: 'ValidatorRegistered', identity: id(1) },
    { _tag: 'ValidatorLeave', identity: id(1) },
  ]);
});

test('ValidatorManager.create refuses limits that make no sense', () => {
  for (const maxValidators of [0, 1_001, 1.5, Number.NaN])
    expect(E.isLeft(ValidatorManager.create(maxValidators, 1n))).toBe(true);
  for (const minStake of [-1n, U64_MAX + 1n]) expect(E.isLeft(ValidatorManager.create(4, minStake))).toBe(true);
  for (const minStorage of [-1n, U64_MAX + 1n])
    expect(E.isLeft(ValidatorManager.create(4, 1n, { minStorage }))).toBe(true);
});

test('a thousand validators take turns and decide the same set, and one more needs more stake than the weakest', () => {
  const manager = right(
    ValidatorManager.create(VALIDATORS_MAX, MIN_STAKE, { consensusType: 'ProofOfStake', epochLengthBlocks: 1n }),
  );
  const candidate = (n: number, stake = MIN_STAKE): Registration => ({
    ...registration(1),
    identity: identityNamed(String(n).padStart(5, '0')),
    consensusKey: new Uint8Array(1_952)
      .fill(1)
      .fill(n & 255, 0, 1)
      .fill(n >> 8, 1, 2),
    stake,
  });
  for (const n of range(VALIDATORS_MAX)) right(manager.registerValidator(candidate(n + 1)));
  expect(manager.getValidatorStats()).toMatchObject({ activeValidators: 1_000, totalVotingPower: 1_000_000n });
  expect(manager.getByzantineThreshold()).toBe(666_667n);
  const proposers = range(VALIDATORS_MAX).map((round) => manager.selectProposer(5n, round));
  expect(new Set(proposers.map((proposer) => (O.isSome(proposer) ? proposer.value.identity : ''))).size).toBe(1_000);
  right(manager.beginBlock({ height: 1n, atSeconds: 1n }));
  expect(right(manager.endBlock())).toEqual(O.none);
  expect(left(manager.registerValidator(candidate(1_001))).message).toMatch(/^Maximum validator limit/);
  right(manager.registerValidator(candidate(1_001, MIN_STAKE + 1n)));
  right(manager.beginBlock({ height: 2n, atSeconds: 2n }));
  right(manager.endBlock());
  expect(manager.getValidatorStats().activeValidators).toBe(1_000);
  expect(manager.isValidator(identityNamed('01001'))).toBe(true);
});

test('limits may go to their ends', () => {
  for (const maxValidators of [1, 1_000]) expect(E.isRight(ValidatorManager.create(maxValidators, 1n))).toBe(true);
  for (const amount of [0n, U64_MAX])
    expect(E.isRight(ValidatorManager.create(4, amount, { minStorage: amount }))).toBe(true);
});
