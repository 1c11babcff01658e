import { MICRO_PER_ZHTP, type IdentityId, type SlashType, type Validator as ValidatorRecord } from '@zhtp/types';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValidatorManager, type ValidatorEvent } from '@zhtp/validators';
import { id, identityNamed, managerWith, range, recordOf, registration, right, runTo } from './support.ts';

const ZHTP = MICRO_PER_ZHTP;
const VALIDATORS = 5;
const RULES = { epochLengthBlocks: 3n, unbondingSeconds: 10n, evidenceBlocks: 10n, developmentMode: true } as const;
const delegators = ['alice', 'bob', 'carol'].map((name) => identityNamed(name));

const validator = fc.integer({ min: 1, max: VALIDATORS });
const delegator = fc.constantFrom(...delegators);
const amount = fc.oneof(fc.bigInt(1n, 200n * ZHTP), fc.constantFrom(1n, ZHTP - 1n, ZHTP, ZHTP + 1n, 100n * ZHTP));
const slashType = fc.constantFrom<SlashType>('Liveness', 'InvalidProposal', 'InvalidVote', 'InvalidVote');
const fractionPpm = fc.oneof(fc.bigInt(1n, 300_000n), fc.constantFrom(1n, 333_333n, 999_999n, 1_000_000n));

/** Something that somebody may do, refused or not. */
type Act = (manager: ValidatorManager) => void;

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(validator, amount).map(
    ([n, x]): Act =>
      (m) =>
        m.bondStake(id(n), x),
  ),
  fc.tuple(validator, amount).map(
    ([n, x]): Act =>
      (m) =>
        m.unbondStake(id(n), x),
  ),
  fc.tuple(validator, delegator, amount).map(
    ([n, d, x]): Act =>
      (m) =>
        m.delegate({ validator: id(n), delegator: d, amount: x }),
  ),
  fc.tuple(validator, delegator, amount).map(
    ([n, d, x]): Act =>
      (m) =>
        m.undelegate({ validator: id(n), delegator: d, amount: x }),
  ),
  fc.tuple(validator, validator, delegator, amount).map(
    ([a, b, d, x]): Act =>
      (m) =>
        m.redelegate({ source: id(a), destination: id(b), delegator: d, amount: x }),
  ),
  fc.tuple(validator, slashType, fractionPpm, fc.option(fc.bigInt(0n, 9n))).map(([n, type, ppm, back]): Act => (m) => {
    const height = m.state.now?.height ?? 0n;
    m.slashStake({
      identity: id(n),
      slashType: type,
      fractionPpm: ppm,
      ...(back === null || back > height ? {} : { infractionHeight: height - back }),
    });
  }),
  fc.tuple(validator, fc.bigInt(1n, 12n)).map(
    ([n, power]): Act =>
      (m) =>
        m.convict({
          identity: id(n),
          infractionHeight: m.state.now?.height ?? 0n,
          power,
          totalPower: 100n,
          atSeconds: m.state.now?.atSeconds ?? 0n,
        }),
  ),
  fc.tuple(validator).map(
    ([n]): Act =>
      (m) =>
        m.reactivateValidator(id(n)),
  ),
  fc.tuple(validator).map(
    ([n]): Act =>
      (m) =>
        m.tryReleaseFromJail(id(n)),
  ),
  fc.tuple(validator).map(
    ([n]): Act =>
      (m) =>
        m.removeValidator(id(n)),
  ),
  fc.bigInt(1n, 6n).map((blocks): Act => (m) => {
    runTo(m, (m.state.now?.height ?? 0n) + blocks);
  }),
);

/** What entered and left staking, by its events alone. */
interface Flow {
  readonly entered: bigint;
  readonly left: bigint;
  readonly taken: bigint;
}

const flowOf = (events: readonly ValidatorEvent[]): Flow => {
  let flow: Flow = { entered: 0n, left: 0n, taken: 0n };
  for (const event of events)
    switch (event._tag) {
      case 'StakeBonded':
      case 'Delegated':
        flow = { ...flow, entered: flow.entered + event.amount };
        break;
      case 'UnbondingCompleted':
        flow = { ...flow, left: flow.left + event.amount };
        break;
      case 'ValidatorSlashed':
        flow = { ...flow, taken: flow.taken + event.taken };
        break;
      default:
    }
  return flow;
};

const sum = (amounts: Iterable<bigint>): bigint => {
  let total = 0n;
  for (const each of amounts) total += each;
  return total;
};

const records = (manager: ValidatorManager): readonly ValidatorRecord[] =>
  [...manager.state.accounts.values()].map(({ validator: record }) => record);

/** Validators to whom everybody has delegated. */
const delegatedTo = (): ValidatorManager => {
  const manager = managerWith(
    range(VALIDATORS).map((n) => 50 + n),
    RULES,
  );
  for (const n of range(VALIDATORS))
    for (const who of delegators) right(manager.delegate({ validator: id(n + 1), delegator: who, amount: 70n * ZHTP }));
  return manager;
};

test('every amount that enters is bonded, on its way out, taken or liquid, after whatever anybody does', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 20, maxLength: 80, size: 'max' }), fc.boolean(), (acts, started) => {
      const manager = delegatedTo();
      const events: ValidatorEvent[] = [];
      const subscription = manager.events$.subscribe((event) => events.push(event));
      const genesis = manager.state.totals.own + manager.state.totals.delegated;
      if (started) runTo(manager, 1n);
      const tombstoned = new Set<IdentityId>();
      for (const each of acts) {
        each(manager);
        const { totals, accounts, unbondings, redelegations, delegations } = manager.state;
        const { entered, left, taken } = flowOf(events);
        expect(totals.own + totals.delegated + totals.unbonding + totals.taken + left).toBe(genesis + entered);
        expect(totals.taken).toBe(taken);
        expect(totals.own).toBe(sum(records(manager).map(({ stake }) => stake)));
        expect(totals.delegated).toBe(sum(records(manager).map(({ delegatedStake }) => delegatedStake)));
        expect(totals.unbonding).toBe(sum([...unbondings.values()].map((entry) => entry.left)));
        for (const account of accounts.values()) {
          const { identity, stake, delegatedStake, status } = account.validator;
          const held = [...delegations.startingWith(`${identity}/`)].map(([, delegation]) => delegation);
          const worth = sum(delegators.map((who) => manager.delegatedBy(identity, who)));
          const locked = [...redelegations.values()].filter(({ destination }) => destination === identity);
          expect(sum(held.map(({ shares }) => shares))).toBe(account.shares);
          expect(sum(held.map((delegation) => delegation.locked))).toBe(sum(locked.map(({ shares }) => shares)));
          expect(held.every((delegation) => delegation.locked >= 0n && delegation.locked <= delegation.shares)).toBe(
            true,
          );
          expect(worth <= delegatedStake && stake >= 0n).toBe(true);
          if (tombstoned.has(identity)) expect(status).toBe('Slashed');
          if (status === 'Slashed') tombstoned.add(identity);
        }
        expect(manager.getValidatorStats().totalStake).toBe(
          sum(
            records(manager)
              .filter(({ status }) => status === 'Active')
              .map(({ stake }) => stake),
          ),
        );
        expect(manager.state.queue.size).toBe(unbondings.size + redelegations.size);
      }
      subscription.unsubscribe();
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('a slash takes no more than there is, and no more than its fraction of what backed the height', () => {
  fc.assert(
    fc.property(
      fc.array(act, { minLength: 10, maxLength: 30, size: 'max' }),
      fractionPpm,
      fc.bigInt(0n, 9n),
      (acts, ppm, back) => {
        const manager = delegatedTo();
        runTo(manager, 1n);
        for (const each of acts) each(manager);
        const { totals, now } = manager.state;
        const infractionHeight = (now?.height ?? 0n) - back;
        const result = manager.slashStake({
          identity: id(1),
          slashType: 'InvalidVote',
          fractionPpm: ppm,
          infractionHeight: infractionHeight < 0n ? 0n : infractionHeight,
        });
        const taken = E.isRight(result) ? result.right.total : 0n;
        expect(taken <= totals.own + totals.delegated + totals.unbonding).toBe(true);
        expect(manager.state.totals.taken - totals.taken).toBe(taken);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

test('splitting one stake over several validators gains no power', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt(ZHTP, 1_000n * ZHTP), { minLength: 2, maxLength: 5 }), (parts) => {
      const total = (stakes: readonly bigint[]): bigint => {
        const manager = right(ValidatorManager.create(10, ZHTP, { consensusType: 'Hybrid', minStorage: 0n }));
        for (const [i, stake] of stakes.entries()) right(manager.registerValidator(registration(i + 1, { stake })));
        return manager.getValidatorStats().totalVotingPower;
      };
      expect(total(parts) <= total([sum(parts)])).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('a rest below 1 ZHTP leaves whole, and at most seven entries are open per pair', () => {
  const manager = managerWith([100, 100, 100, 100], { ...RULES, developmentMode: false });
  const [alice] = delegators;
  const request = { validator: id(1), delegator: alice ?? expect.fail(), amount: 3n * ZHTP };
  expect(E.isLeft(manager.delegate({ ...request, amount: ZHTP - 1n }))).toBe(true);
  right(manager.delegate(request));
  runTo(manager, 1n);
  expect(right(manager.undelegate({ ...request, amount: 2n * ZHTP + 1n }))).toBe(3n * ZHTP);
  expect([manager.delegatedBy(id(1), request.delegator), manager.state.delegations.size]).toEqual([0n, 0]);
  for (const _ of range(7)) right(manager.unbondStake(id(2), 1n));
  expect(E.isLeft(manager.unbondStake(id(2), 1n))).toBe(true);
  runTo(manager, 30n);
  expect(manager.state.unbondings.size).toBe(0);
  expect(E.isRight(manager.unbondStake(id(2), 1n))).toBe(true);
});

test('a pool slashed to nothing takes nobody in, and its shares are void', () => {
  const manager = managerWith([100, 100, 100, 100], RULES);
  const [alice, bob] = delegators;
  right(manager.delegate({ validator: id(1), delegator: alice ?? expect.fail(), amount: 3n * ZHTP }));
  right(manager.slashValidator(id(1), 'InvalidVote', 100));
  expect(recordOf(manager, 1)).toMatchObject({ stake: 0n, delegatedStake: 0n, status: 'Jailed' });
  expect(E.isLeft(manager.delegate({ validator: id(1), delegator: bob ?? expect.fail(), amount: ZHTP }))).toBe(true);
  expect(E.isLeft(manager.undelegate({ validator: id(1), delegator: alice ?? expect.fail(), amount: 1n }))).toBe(true);
});
