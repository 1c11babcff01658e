import { GIB, MICRO_PER_ZHTP, type IdentityId } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValidatorManager, type ValidatorEvent } from '@zhtp/validators';
import { id, left, managerWith, memberIds, range, recordOf, registration, right, runTo } from './support.ts';
import { BONDED_CHECKPOINTS_MAX } from '../src/epoch.ts';
import { churnLimit, planSet } from '../src/set-plan.ts';

const ZHTP = MICRO_PER_ZHTP;
const EPOCH = { epochLengthBlocks: 10n, unbondingSeconds: 100n } as const;
const ids = (...numbers: readonly number[]): readonly IdentityId[] => numbers.map((n) => id(n)).toSorted();
const eventsOf = (manager: ValidatorManager, act: () => void): readonly string[] => {
  const seen: ValidatorEvent[] = [];
  const subscription = manager.events$.subscribe((event) => seen.push(event));
  act();
  subscription.unsubscribe();
  return seen.map(({ _tag }) => _tag);
};
const stakeOf = (manager: ValidatorManager, identity: IdentityId): bigint =>
  manager.state.accounts.get(identity)?.validator.stake ?? 0n;
/** Ends the block in execution and answers the set it decides. */
const end = (manager: ValidatorManager) => right(manager.endBlock());

describe('a set', () => {
  test('begins with everybody active and changes at the boundary, for two heights later', () => {
    const manager = managerWith([100, 100, 100, 100], EPOCH);
    runTo(manager, 3n);
    right(manager.registerValidator(registration(5, { stake: 200n * ZHTP })));
    expect(manager.isValidator(id(5))).toBe(true);
    runTo(manager, 10n);
    expect(memberIds(manager)).toEqual(ids(1, 2, 3, 4));
    const decided = end(manager);
    expect(O.isSome(decided) ? [decided.value.actsAt, decided.value.validators.length] : []).toEqual([12n, 5]);
    expect(memberIds(manager)).toEqual(ids(1, 2, 3, 4, 5));
  });

  test('remembers a bounded number of amounts, the older of them by the larger one of two', () => {
    const manager = managerWith([100, 100, 100, 100], { ...EPOCH, developmentMode: true });
    runTo(manager, 1n);
    const account = manager.state.accounts.get(id(1));
    if (account === undefined) throw new Error('no account');
    const history = range(BONDED_CHECKPOINTS_MAX).map((n) => ({
      fromHeight: BigInt(n + 1),
      bonded: n === 1 ? 7n : 5n,
      atSeconds: BigInt(n),
    }));
    const full = ValidatorManager.of({
      ...manager.state,
      rules: { ...manager.state.rules, unbondingSeconds: 2n ** 40n },
      accounts: manager.state.accounts.with(id(1), { ...account, bondedHistory: history }),
    });
    runTo(full, 10n);
    end(full);
    const kept = full.state.accounts.get(id(1))?.bondedHistory ?? [];
    expect(kept).toHaveLength(BONDED_CHECKPOINTS_MAX);
    expect(kept[0]).toEqual({ fromHeight: 1n, bonded: 7n, atSeconds: 1n });
    expect(kept.at(-1)).toMatchObject({ bonded: 100n * ZHTP });
  });

  test('says nothing when nothing changes', () => {
    const manager = managerWith([100, 100, 100, 100], EPOCH);
    runTo(manager, 10n);
    expect(end(manager)).toEqual(O.none);
    expect(left(managerWith([100]).endBlock()).message).toContain('no block has begun');
  });

  test('is the same when its keys were read from a disk in between', () => {
    const manager = managerWith([100, 100, 100, 100], EPOCH);
    runTo(manager, 10n);
    const members = manager.state.members.map((member) => ({ ...member, consensusKey: member.consensusKey.slice() }));
    const restored = ValidatorManager.of({ ...manager.state, members });
    expect(end(restored)).toEqual(O.none);
  });

  test('counts power of stake that came or was slashed from the boundary', () => {
    const manager = managerWith([100, 100, 100, 100], EPOCH);
    runTo(manager, 2n);
    right(manager.bondStake(id(1), 100n * ZHTP));
    right(manager.slashValidator(id(2), 'InvalidVote', 5));
    const powers = () => manager.state.members.map(({ identity, votingPower }) => [identity, votingPower]);
    runTo(manager, 10n);
    expect(powers().every(([, power]) => power === 100n)).toBe(true);
    end(manager);
    expect(new Map(powers().map(([identity, power]) => [identity, power])).get(id(1))).toBe(200n);
    expect(new Map(powers().map(([identity, power]) => [identity, power])).get(id(2))).toBe(95n);
  });

  test('loses the jailed and the tombstoned at once, below four with an alarm, but never the last', () => {
    const manager = managerWith([100, 100, 100, 100], EPOCH);
    runTo(manager, 2n);
    right(manager.jailValidator(id(1), 5n));
    expect(eventsOf(manager, () => end(manager))).toContain('SetBelowFour');
    expect(memberIds(manager)).toEqual(ids(2, 3, 4));
    for (const n of [2, 3, 4]) right(manager.slashValidator(id(n), 'DoubleSign', 5));
    end(manager);
    expect(memberIds(manager)).toHaveLength(1);
    right(manager.beginBlock({ height: 3n, atSeconds: 50n }));
    expect(right(manager.tryReleaseFromJail(id(1)))).toBe(true);
    runTo(manager, 11n);
    end(manager);
    expect(memberIds(manager)).toEqual([id(1)]);
  });

  test('lets nobody leave below four outside development mode', () => {
    const manager = managerWith([100, 100, 100, 100, 100], EPOCH);
    runTo(manager, 2n);
    right(manager.removeValidator(id(1)));
    expect(left(manager.removeValidator(id(2))).message).toContain('4 are needed');
    expect(left(manager.unbondStake(id(2), 95n * ZHTP)).message).toContain('4 are needed');
    expect(E.isRight(manager.unbondStake(id(2), 90n * ZHTP))).toBe(true);
    const development = managerWith([100, 100], { ...EPOCH, developmentMode: true });
    runTo(development, 2n);
    expect(E.isRight(development.removeValidator(id(1)))).toBe(true);
  });
});

describe('a full set', () => {
  const full = (): ValidatorManager => {
    const manager = managerWith([100, 200, 100, 300], EPOCH, 4);
    runTo(manager, 2n);
    return manager;
  };

  test('is displaced only by more own stake than its weakest, at the boundary; among equals the older stays', () => {
    const manager = full();
    const tie = registration(5, { stake: 100n * ZHTP });
    expect(left(manager.registerValidator(tie)).message).toMatch(/^Maximum validator limit/);
    right(manager.registerValidator({ ...tie, stake: 101n * ZHTP }));
    expect([manager.isValidator(id(5)), manager.isValidator(id(3))]).toEqual([false, true]);
    runTo(manager, 11n);
    expect([1, 2, 3, 4, 5].filter((n) => manager.isValidator(id(n)))).toEqual([1, 2, 4, 5]);
    expect(recordOf(manager, 3).status).toBe('Inactive');
    // one change per boundary in a set of four: out at this one, in at the next
    expect(memberIds(manager)).toEqual(ids(1, 2, 4));
    runTo(manager, 21n);
    expect(memberIds(manager)).toEqual(ids(1, 2, 4, 5));
  });

  test('takes a newcomer at once before the first block', () => {
    const manager = managerWith([100, 200], {}, 2);
    right(manager.registerValidator(registration(3, { stake: 101n * ZHTP })));
    expect([1, 2, 3].map((n) => manager.isValidator(id(n)))).toEqual([false, true, true]);
  });

  test('holds for releases and reactivations alike', () => {
    const manager = full();
    right(manager.jailValidator(id(3), 1n));
    right(manager.registerValidator(registration(5, { stake: 150n * ZHTP })));
    runTo(manager, 5n);
    expect(left(manager.tryReleaseFromJail(id(3))).message).toMatch(/^Maximum validator limit/);
    right(manager.bondStake(id(3), 1n));
    expect(right(manager.tryReleaseFromJail(id(3)))).toBe(true);
    expect(recordOf(manager, 3).status).toBe('Jailed');
    runTo(manager, 11n);
    expect([recordOf(manager, 3).status, recordOf(manager, 1).status]).toEqual(['Active', 'Inactive']);
    expect(left(manager.reactivateValidator(id(1))).message).toMatch(/^Maximum validator limit/);
    expect(left(manager.reactivateValidator(id(2))).message).toContain('only an Inactive one');
  });

  test('is of the strongest after a boundary, however many wait for it', () => {
    const stake = fc.integer({ min: 10, max: 16 });
    fc.assert(
      fc.property(
        fc.array(stake, { minLength: 4, maxLength: 4 }),
        fc.array(stake, { maxLength: 7 }),
        (seated, asking) => {
          const manager = managerWith(seated, { ...EPOCH, developmentMode: true }, 4);
          runTo(manager, 2n);
          const newcomers = asking.map((amount, i) => registration(5 + i, { stake: BigInt(amount) * ZHTP }));
          const accepted = newcomers.filter((newcomer) => E.isRight(manager.registerValidator(newcomer)));
          const candidates = [...seated.map((_, i) => id(i + 1)), ...accepted.map(({ identity }) => identity)];
          runTo(manager, 11n);
          // Older first, and sorting is stable: among equals the older stays.
          const strongest = candidates
            .toSorted((a, b) => Number(stakeOf(manager, b) - stakeOf(manager, a)))
            .slice(0, 4);
          expect([...manager.state.active.entries()].map(([identity]) => identity)).toEqual(strongest.toSorted());
        },
      ),
      { numRuns: 60 },
    );
  });

  test('shrinks with its parameter, the weakest first', () => {
    const manager = managerWith([100, 200, 100, 300, 400, 500], EPOCH, 6);
    runTo(manager, 2n);
    right(manager.applyRules({ maxValidators: 4 }));
    runTo(manager, 11n);
    expect([1, 2, 3, 4, 5, 6].filter((n) => manager.isValidator(id(n)))).toEqual([2, 4, 5, 6]);
    expect(memberIds(manager)).toEqual(ids(2, 4, 5, 6));
  });
});

test('changes of a set stay within a third of it, removals first, and never empty it', () => {
  const names = range(30).map((n) => registration(n + 1).identity);
  fc.assert(
    fc.property(
      fc.subarray(names, { minLength: 1 }),
      fc.subarray(names),
      fc.integer({ min: 30, max: 40 }),
      (members, eligible, maxValidators) => {
        const { leaving, joining } = planSet({ members, eligible, maxValidators });
        expect(leaving.length + joining.length).toBeLessThanOrEqual(churnLimit(members.length));
        expect(members.length - leaving.length).toBeGreaterThan(0);
        expect(leaving.every((identity) => members.includes(identity) && !eligible.includes(identity))).toBe(true);
        expect(joining.every((identity) => !members.includes(identity) && eligible.includes(identity))).toBe(true);
        const unwanted = members.filter((identity) => !eligible.includes(identity)).length;
        if (joining.length > 0) expect(leaving.length).toBe(Math.min(unwanted, members.length - 1));
      },
    ),
    { numRuns: 60 },
  );
});

test('a new epoch length counts from the next boundary', () => {
  const manager = managerWith([100, 100, 100, 100], EPOCH);
  runTo(manager, 2n);
  right(manager.applyRules({ epochLengthBlocks: 3n }));
  runTo(manager, 10n);
  expect(manager.state.epoch).toEqual({ start: 0n, length: 10n });
  end(manager);
  expect(manager.state.epoch).toEqual({ start: 10n, length: 3n });
});

describe('ValidatorManager.changeCommission', () => {
  test('moves by five points a day, from the next epoch', () => {
    const manager = managerWith([100, 100, 100, 100], EPOCH);
    runTo(manager, 2n);
    for (const rate of [11, 101, -1, 5.5, Number.NaN])
      expect(E.isLeft(manager.changeCommission(id(1), rate))).toBe(true);
    right(manager.changeCommission(id(1), 10));
    expect(recordOf(manager, 1).commissionRate).toBe(5);
    expect(left(manager.changeCommission(id(1), 9)).message).toContain('a day later');
    runTo(manager, 11n);
    expect(recordOf(manager, 1).commissionRate).toBe(10);
    right(manager.endBlock());
    right(manager.beginBlock({ height: 12n, atSeconds: 86_402n }));
    expect(E.isRight(manager.changeCommission(id(1), 15))).toBe(true);
  });
  test('keeps to what was promised at registration', () => {
    const manager = managerWith([]);
    const promise = (n: number, maxRate: number, maxDailyChange: number) =>
      manager.registerValidator(registration(n, { commissionRate: 3, maxRate, maxDailyChange }));
    right(promise(1, 4, 1));
    expect(left(manager.changeCommission(id(1), 5)).message).toContain('maxRate');
    expect(left(promise(2, 2, 1)).message).toContain('maxRate');
    expect(left(promise(2, 101, 1)).message).toContain('maxRate');
    expect(left(promise(2, 4, 5)).message).toContain('maxDailyChange');
  });
});

describe('ValidatorManager.rotateKey', () => {
  test('acts from the boundary, once per unbonding period, and never takes a key that served before', () => {
    const manager = managerWith([100, 100, 100, 100], EPOCH);
    const key = (n: number) => registration(n).consensusKey;
    runTo(manager, 2n);
    expect(left(manager.rotateKey({ identity: id(1), consensusKey: key(2) })).message).toContain('already registered');
    expect(left(manager.rotateKey({ identity: id(1), consensusKey: new Uint8Array(1_952) })).message).toContain('zero');
    right(manager.rotateKey({ identity: id(1), consensusKey: key(50) }));
    expect(left(manager.rotateKey({ identity: id(1), consensusKey: key(51) })).message).toMatch(
      /changed 0 s ago, and may be once per unbonding period: again in \d+ s/,
    );
    expect(left(manager.rotateKey({ identity: id(2), consensusKey: key(50) })).message).toContain('already registered');
    runTo(manager, 11n);
    expect(manager.state.members.find(({ identity }) => identity === id(1))?.consensusKey).toBe(key(50));
    runTo(manager, 120n);
    expect(left(manager.rotateKey({ identity: id(1), consensusKey: key(1) })).message).toContain('already registered');
    expect([manager.holderOfKey(key(1)), manager.holderOfKey(key(50))]).toEqual([O.some(id(1)), O.some(id(1))]);
    expect(manager.holderOfKey(key(60))).toEqual(O.none);
  });
  test('asks for a proof of possession by the new key', () => {
    const manager = managerWith([], {
      verifyPossession: (_, key, proof) => (key[0] === proof[0] ? 'valid' : 'invalid'),
    });
    const [first, second] = [registration(1), registration(2).consensusKey];
    right(manager.registerValidator({ ...first, proofOfPossession: first.consensusKey.slice(0, 1) }));
    const rotation = { identity: id(1), consensusKey: second };
    expect(left(manager.rotateKey(rotation)).message).toContain('gives no proofOfPossession');
    expect(
      left(manager.rotateKey({ ...rotation, proofOfPossession: Uint8Array.of((second[0] ?? 0) ^ 1) })).message,
    ).toContain('not by its consensus key');
    expect(E.isRight(manager.rotateKey({ ...rotation, proofOfPossession: second.slice(0, 1) }))).toBe(true);
  });
});

describe('ValidatorManager.countSigning', () => {
  const sign = (manager: ValidatorManager, signers: readonly IdentityId[]): readonly IdentityId[] =>
    right(manager.countSigning({ height: 1n, proposer: id(1), members: memberIds(manager), signers }));

  test('gains reputation by signing and proposing, up to 1000', () => {
    const manager = managerWith([100, 100, 100, 100], EPOCH);
    runTo(manager, 1n);
    sign(manager, [id(1), id(2)]);
    expect([1, 2, 3].map((n) => recordOf(manager, n).reputation)).toEqual([102, 101, 100]);
    for (const _ of range(500)) sign(manager, [id(1)]);
    expect(recordOf(manager, 1).reputation).toBe(1_000);
  });
  test('finds who missed more than half of a full window, and starts anew', () => {
    const manager = managerWith([100, 100, 100, 100], { ...EPOCH, signedBlocksWindow: 10 });
    runTo(manager, 1n);
    const faults = range(20).map((block) => sign(manager, ids(1, 2, 3, ...(block < 4 ? [4] : []))));
    expect(faults.map((faulty) => faulty.length).join('')).toBe('00000000010000000001');
    expect(faults.at(9)).toEqual([id(4)]);
  });
  test('does not count the jailed', () => {
    const manager = managerWith([100, 100, 100, 100], { ...EPOCH, signedBlocksWindow: 10 });
    runTo(manager, 1n);
    right(manager.jailValidator(id(4), 1_000n));
    expect(range(40).flatMap(() => sign(manager, ids(1, 2, 3)))).toEqual([]);
  });
});

test('ValidatorManager.noteContribution gives the power of what was proven, in the next set', () => {
  const manager = managerWith([100, 100, 100, 100], { ...EPOCH, consensusType: 'ProofOfUsefulWork' });
  expect(recordOf(manager, 1).votingPower).toBe(1n);
  right(manager.noteContribution(id(1), { provenWork: 7n, storageProvided: GIB }));
  expect(recordOf(manager, 1)).toMatchObject({ votingPower: 7n, storageProvided: GIB });
  expect(E.isLeft(manager.noteContribution(id(1), { provenWork: -1n }))).toBe(true);
});

test('a permissioned chain registers whom its list allows', () => {
  const manager = managerWith([], { consensusType: 'ByzantineFaultTolerance', allowed: new Set([id(1)]) });
  expect(E.isRight(manager.registerValidator(registration(1)))).toBe(true);
  expect(left(manager.registerValidator(registration(2))).message).toContain('allow-list');
});

test('a genesis validator keeps its lower minimum until it lowers its stake itself', () => {
  const manager = managerWith([100, 100, 100, 100], EPOCH);
  right(manager.registerValidator(registration(5, { stake: 5n * ZHTP, isGenesis: true })));
  runTo(manager, 2n);
  expect(recordOf(manager, 5).status).toBe('Active');
  right(manager.unbondStake(id(5), 1n));
  expect(recordOf(manager, 5).status).toBe('Inactive');
  expect(left(manager.reactivateValidator(id(5))).message).toMatch(/^Insufficient stake/);
  expect(left(manager.registerValidator(registration(6, { isGenesis: true }))).message).toContain('isGenesis');
});

test('blocks come one by one, and time does not run backward', () => {
  const manager = managerWith([100, 100, 100, 100], EPOCH);
  right(manager.beginBlock({ height: 7n, atSeconds: 50n }));
  for (const block of [
    { height: 7n, atSeconds: 50n },
    { height: 9n, atSeconds: 50n },
    { height: 8n, atSeconds: 49n },
  ])
    expect(E.isLeft(manager.beginBlock(block))).toBe(true);
  expect(E.isRight(manager.beginBlock({ height: 8n, atSeconds: 50n }))).toBe(true);
});

test('who waits for a seat and is jailed meanwhile keeps waiting until the term is over', () => {
  const manager = managerWith([100, 200, 100, 300], EPOCH, 4);
  runTo(manager, 2n);
  right(manager.registerValidator(registration(5, { stake: 150n * ZHTP })));
  right(manager.jailValidator(id(5), 15n));
  runTo(manager, 11n);
  expect([recordOf(manager, 5).status, manager.isValidator(id(3))]).toEqual(['Inactive', true]);
  runTo(manager, 21n);
  expect([recordOf(manager, 5).status, manager.isValidator(id(3))]).toEqual(['Active', false]);
});

test('another minimum of storage changes the power of everybody in the next set', () => {
  const manager = managerWith([100, 100, 100, 100], { ...EPOCH, consensusType: 'Hybrid', minStorage: 0n });
  right(manager.noteContribution(id(1), { storageProvided: 10n * GIB }));
  runTo(manager, 2n);
  expect(recordOf(manager, 1).votingPower).toBe(100n);
  right(manager.applyRules({ minStorage: GIB }));
  expect(recordOf(manager, 1).votingPower).toBe(120n);
  runTo(manager, 11n);
  expect(manager.state.members.find(({ identity }) => identity === id(1))?.votingPower).toBe(120n);
});
