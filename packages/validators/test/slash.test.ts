import { describeVectors } from '@zhtp/testing';
import { MICRO_PER_ZHTP, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { countBlock, FRESH_WINDOW, type ValidatorManager } from '@zhtp/validators';
import { bondedAt } from '../src/validator-account.ts';
import { id, identityNamed, left, managerWith, memberIds, range, recordOf, right, runTo } from './support.ts';
import { poolLoss } from '../src/slash.ts';

const ZHTP = MICRO_PER_ZHTP;
const alice = identityNamed('alice');
const bob = identityNamed('bob');
const EPOCH = { epochLengthBlocks: 10n, unbondingSeconds: 100n, evidenceBlocks: 100n } as const;
const running = (stakes: readonly number[]): ValidatorManager => {
  const manager = managerWith(stakes, EPOCH);
  runTo(manager, 1n);
  return manager;
};
const leftOf = (manager: ValidatorManager, delegator: IdentityId): readonly bigint[] =>
  [...manager.state.unbondings.values()].filter((entry) => entry.delegator === delegator).map((entry) => entry.left);

test('ValidatorManager refuses to take back more than there is in micro-ZHTP, the unit of its amounts', () => {
  const manager = managerWith([100, 100, 100, 100, 100]);
  right(manager.delegate({ validator: id(1), delegator: alice, amount: 300n * ZHTP }));
  expect(left(manager.undelegate({ validator: id(1), delegator: alice, amount: 301n * ZHTP })).message).toBe(
    'Insufficient stake: 301000000 micro-ZHTP is more than the 300000000 that can move; redelegated stake is held until matured',
  );
  expect(left(manager.unbondStake(id(1), 101n * ZHTP)).message).toBe(
    'Insufficient stake: 101000000 micro-ZHTP is more than the 100000000 bonded',
  );
});

describe('ValidatorManager.slashValidator', () => {
  test('is an infraction now: the floor of the percentage of what is bonded, own and delegated', () => {
    const manager = managerWith([100, 100, 100, 100]);
    right(manager.delegate({ validator: id(1), delegator: alice, amount: 300n * ZHTP }));
    expect(manager.slashValidator(id(1), 'InvalidVote', 5)).toEqual(E.right(20n * ZHTP));
    expect(recordOf(manager, 1)).toMatchObject({ stake: 95n * ZHTP, delegatedStake: 285n * ZHTP });
    expect(manager.delegatedBy(id(1), alice)).toBe(285n * ZHTP);
    expect(manager.state.delegations.get(`${id(1)}/${alice}`)?.shares).toBe(300n * ZHTP);
  });
  test('tombstones for a double sign, once for ever, with every key and the identity', () => {
    const manager = managerWith([100, 100]);
    right(manager.slashValidator(id(1), 'DoubleSign', 5));
    expect(recordOf(manager, 1)).toMatchObject({ status: 'Slashed', stake: 95n * ZHTP, reputation: 80 });
    expect(left(manager.slashValidator(id(1), 'DoubleSign', 5)).message).toContain('tombstoned');
    expect(E.isLeft(manager.reactivateValidator(id(1)))).toBe(true);
    expect(right(manager.tryReleaseFromJail(id(1)))).toBe(false);
    expect(left(manager.bondStake(id(1), ZHTP)).message).toContain('tombstoned');
    expect(left(manager.delegate({ validator: id(1), delegator: alice, amount: ZHTP })).message).toContain(
      'tombstoned',
    );
    expect(E.isRight(manager.unbondStake(id(1), 95n * ZHTP))).toBe(true);
    expect(recordOf(manager, 1)).toMatchObject({ status: 'Slashed', stake: 0n });
  });
  test('refuses strangers and percentages out of range', () => {
    const manager = managerWith([100]);
    expect(left(manager.slashValidator(id(9), 'Liveness', 1)).message).toMatch(/^Validator not found/);
    for (const percentage of [0, 101, 1.5, Number.NaN, -1])
      expect(left(manager.slashValidator(id(1), 'Liveness', percentage)).message).toContain('slashPercentage');
  });
});

describe('a slash for an earlier height', () => {
  test('is due on what that height’s set counted, not on what came later', () => {
    const manager = running([100, 100, 100, 100]);
    right(manager.bondStake(id(1), 900n * ZHTP));
    runTo(manager, 5n);
    expect(
      right(
        manager.slashStake({ identity: id(1), slashType: 'InvalidVote', fractionPpm: 100_000n, infractionHeight: 3n }),
      ),
    ).toEqual({ total: 10n * ZHTP, own: 10n * ZHTP });
  });

  test('reaches entries that backed it first; the rest comes off the pool, pro rata', () => {
    const manager = managerWith([100, 100, 100, 100], EPOCH);
    right(manager.delegate({ validator: id(1), delegator: alice, amount: 300n * ZHTP }));
    runTo(manager, 3n);
    right(manager.undelegate({ validator: id(1), delegator: alice, amount: 100n * ZHTP }));
    const taken = right(
      manager.slashStake({ identity: id(1), slashType: 'InvalidVote', fractionPpm: 100_000n, infractionHeight: 2n }),
    );
    // due 40 of 400; the entry bears 10, the pool of 100 own and 200 delegated 30
    expect(taken).toEqual({ total: 40n * ZHTP, own: 10n * ZHTP });
    expect(leftOf(manager, alice)).toEqual([90n * ZHTP]);
    expect(recordOf(manager, 1)).toMatchObject({ stake: 90n * ZHTP, delegatedStake: 180n * ZHTP });
  });

  test('does not reach an entry beyond the last height that counted it, nor a matured one', () => {
    const manager = running([100, 100, 100, 100]);
    right(manager.unbondStake(id(1), 50n * ZHTP));
    expect([...manager.state.unbondings.values()].map((entry) => entry.backedUntil)).toEqual([11n]);
    runTo(manager, 12n);
    expect(bondedAt(manager.state.accounts.get(id(1)) ?? expect.fail(), 11n)).toBe(100n * ZHTP);
    expect(bondedAt(manager.state.accounts.get(id(1)) ?? expect.fail(), 12n)).toBe(50n * ZHTP);
    const at = (infractionHeight: bigint) =>
      ({ identity: id(1), slashType: 'InvalidVote', fractionPpm: 500_000n, infractionHeight }) as const;
    expect(right(manager.slashStake(at(12n))).total).toBe(25n * ZHTP);
    expect(leftOf(manager, id(1))).toEqual([50n * ZHTP]);
    expect(right(manager.slashStake(at(11n))).total).toBe(50n * ZHTP);
    expect(leftOf(manager, id(1))).toEqual([25n * ZHTP]);
    runTo(manager, 111n);
    expect(leftOf(manager, id(1))).toEqual([]);
    expect(right(manager.slashStake(at(11n))).total).toBe(0n);
  });

  test('follows redelegated stake to its new validator', () => {
    const manager = managerWith([100, 100, 100, 100], EPOCH);
    right(manager.delegate({ validator: id(1), delegator: alice, amount: 100n * ZHTP }));
    right(manager.delegate({ validator: id(2), delegator: bob, amount: 50n * ZHTP }));
    runTo(manager, 3n);
    right(manager.redelegate({ source: id(1), destination: id(2), delegator: alice, amount: 100n * ZHTP }));
    const again = { source: id(2), destination: id(3), delegator: alice, amount: ZHTP };
    expect(left(manager.redelegate(again)).message).toContain('held until matured');
    expect(E.isLeft(manager.undelegate({ validator: id(2), delegator: alice, amount: 1n }))).toBe(true);
    const order = { identity: id(1), slashType: 'InvalidVote', fractionPpm: 100_000n, infractionHeight: 3n } as const;
    expect(right(manager.slashStake(order))).toEqual({ total: 20n * ZHTP, own: 10n * ZHTP });
    expect([manager.delegatedBy(id(2), alice), manager.delegatedBy(id(2), bob)]).toEqual([90n * ZHTP, 50n * ZHTP]);
    expect(recordOf(manager, 2).delegatedStake).toBe(140n * ZHTP);
    runTo(manager, 120n);
    expect(right(manager.redelegate(again))).toBe(ZHTP);
  });

  test('in the future, or at a height without the validator, is an error', () => {
    const manager = running([100, 100, 100, 100]);
    const at = (infractionHeight: bigint) =>
      ({ identity: id(1), slashType: 'InvalidVote', fractionPpm: 1n, infractionHeight }) as const;
    expect(left(manager.slashStake(at(2n))).message).toContain('future');
    expect(left(manager.slashStake(at(0n))).message).toContain('in no set');
    for (const fractionPpm of [0n, 1_000_001n])
      expect(left(manager.slashStake({ ...at(1n), fractionPpm })).message).toContain('fractionPpm');
  });
});

test('the odd unit of a pool’s loss is the validator’s', () => {
  expect(poolLoss(1n, 2n, 2n)).toEqual({ own: 1n, delegated: 1n });
  expect(poolLoss(1n, 2n, 100n)).toEqual({ own: 1n, delegated: 2n });
  expect(poolLoss(0n, 0n, 5n)).toEqual({ own: 0n, delegated: 0n });
});

describe('ValidatorManager.convict', () => {
  const proven = (n: number, power: bigint, atSeconds = 2n) =>
    ({ identity: id(n), infractionHeight: 2n, power, totalPower: 1_000n, atSeconds }) as const;

  test('takes the least from a lone mistake, and everything from a coordinated third', () => {
    const manager = running(range(10).map(() => 100));
    runTo(manager, 3n);
    expect(right(manager.convict(proven(1, 100n))).total).toBe(5n * ZHTP);
    expect(right(manager.convict(proven(2, 100n))).total).toBe(60n * ZHTP);
    expect(recordOf(manager, 1).stake).toBe(40n * ZHTP);
    expect(right(manager.convict(proven(3, 100n))).total).toBe(90n * ZHTP);
    expect(right(manager.convict(proven(4, 100n))).total).toBe(100n * ZHTP);
    expect(range(4).map((i) => recordOf(manager, i + 1).stake)).toEqual([0n, 0n, 0n, 0n]);
    expect(manager.state.totals.taken).toBe(400n * ZHTP);
  });

  test('raises earlier ones from what is left, entries included, which stay locked from conviction', () => {
    const manager = running(range(10).map(() => 100));
    runTo(manager, 3n);
    right(manager.unbondStake(id(1), 50n * ZHTP));
    runTo(manager, 60n);
    right(manager.convict(proven(1, 100n)));
    right(manager.unbondStake(id(1), recordOf(manager, 1).stake));
    runTo(manager, 115n);
    expect(manager.state.totals.unbonding).toBe(95n * ZHTP);
    right(manager.convict(proven(2, 300n)));
    // 40 % together: 3 · 400 / 1000 is above one, everything goes
    expect(manager.state.totals.unbonding).toBe(0n);
  });

  test('locks nothing that was out of the set before the infraction', () => {
    const manager = running(range(10).map(() => 100));
    right(manager.unbondStake(id(1), 50n * ZHTP));
    runTo(manager, 60n);
    right(manager.convict({ ...proven(1, 100n, 50n), infractionHeight: 50n }));
    runTo(manager, 111n);
    expect(manager.state.totals.unbonding).toBe(0n);
  });

  test('is once per identity and needs the height’s power', () => {
    const manager = running([100, 100, 100, 100]);
    runTo(manager, 3n);
    right(manager.convict(proven(1, 1n)));
    expect(left(manager.convict(proven(1, 1n))).message).toContain('tombstoned');
    expect(left(manager.convict(proven(2, 1_001n))).message).toContain('power');
    expect(left(manager.convict(proven(2, 0n))).message).toContain('power');
    right(manager.endBlock());
    expect(memberIds(manager)).not.toContain(id(1));
  });
});

interface SlashingVectors {
  readonly liveness: readonly {
    readonly name: string;
    readonly window: number;
    readonly minSigned: string;
    readonly signed: number;
    readonly missed: number;
    readonly jailed: boolean;
  }[];
  readonly stake: readonly {
    readonly name: string;
    readonly power?: number;
    readonly fraction: string;
    readonly powerAfter?: number;
    readonly burned?: number;
    readonly error?: boolean;
    readonly entry?: number;
    readonly startedHeight?: number;
    readonly infractionHeight?: number;
    readonly matured?: boolean;
    readonly slashed?: number;
  }[];
}

describeVectors<SlashingVectors>('slashing of the Cosmos SDK', 'economics/slashing.json', ({ liveness, stake }) => {
  test.each(liveness)('liveness: $name', ({ window, minSigned, signed, missed, jailed }) => {
    const rule = { signedBlocksWindow: window, minSignedPercent: Number(minSigned) * 100 };
    const blocks = [...range(signed).map(() => true), ...range(missed).map(() => false)];
    let at = FRESH_WINDOW;
    const faults = blocks.filter((block) => {
      const counted = countBlock(rule, at, block);
      at = counted.window;
      return counted.fault;
    });
    expect(faults.length > 0).toBe(jailed);
  });

  const ppmOf = (fraction: string): bigint => BigInt(Math.round(Number(fraction) * 1e6));
  test.each(stake.filter(({ name, power }) => power !== undefined && !name.startsWith('negative')))(
    'stake: $name',
    ({ power = 0, fraction, powerAfter, burned, error }) => {
      const manager = running([power, power, power, power]);
      const infractionHeight = error === true ? 2n : 1n;
      const result = manager.slashStake({
        identity: id(1),
        slashType: 'InvalidVote',
        fractionPpm: ppmOf(fraction),
        infractionHeight,
      });
      if (error === true) {
        expect(E.isLeft(result)).toBe(true);
        return;
      }
      expect(right(result).total).toBe(BigInt(burned ?? -1) * ZHTP);
      expect(recordOf(manager, 1).stake).toBe(BigInt(powerAfter ?? -1) * ZHTP);
    },
  );
  test.each(stake.filter(({ entry }) => entry !== undefined))(
    'entry: $name',
    ({ entry = 0, fraction, startedHeight = 0, infractionHeight = 0, matured, slashed = -1 }) => {
      const manager = managerWith([20, 20, 20, 20], {
        epochLengthBlocks: 1n,
        unbondingSeconds: 100n,
        minStorage: 0n,
        developmentMode: true,
      });
      runTo(manager, 1n);
      right(manager.unbondStake(id(1), BigInt(entry) * ZHTP));
      // There an entry backs up to the height where it started, here up to the last set that counted it.
      const [open] = [...manager.state.unbondings.values()];
      const start = open?.backedUntil ?? expect.fail('no entry');
      runTo(manager, matured === true ? 120n : start + 1n);
      const before = manager.state.totals.unbonding;
      right(
        manager.slashStake({
          identity: id(1),
          slashType: 'InvalidVote',
          fractionPpm: ppmOf(fraction),
          infractionHeight: start + BigInt(infractionHeight - startedHeight),
        }),
      );
      expect(before - manager.state.totals.unbonding).toBe(BigInt(slashed) * ZHTP);
    },
  );
});
