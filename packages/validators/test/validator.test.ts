import { MICRO_PER_ZHTP, U64_MAX, validatorCodec } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Validator, type ValidatorTerms } from '@zhtp/validators';
import { left, registration, right } from './support.ts';

const STAKE = 1_000n * MICRO_PER_ZHTP;
const DAY = 86_400n;
const create = (terms: Partial<ValidatorTerms> = {}, stake = STAKE): Validator =>
  right(Validator.create(registration(1, { stake }), { minStake: STAKE, ...terms }));

test('Validator.create makes a record with methods, and refuses what no validator can be', () => {
  const validator = create();
  expect(validatorCodec.json.is(validator)).toBe(true);
  expect(validator).toMatchObject({
    stake: STAKE,
    status: 'Active',
    reputation: 100,
    slashCount: 0,
    commissionRate: 5,
  });
  expect(left(Validator.create(registration(1, { commissionRate: 101 })))).toMatchObject({ _tag: 'ValidatorError' });
  expect(left(Validator.create(registration(1, { consensusKey: new Uint8Array(1_952) }))).message).toContain(
    'all zero',
  );
});

test('Validator.canParticipate: active and not jailed at that time', () => {
  const validator = create();
  expect(validator.canParticipate(0n)).toBe(true);
  right(validator.jail(10n, 100n));
  expect([109n, 110n].map((at) => validator.canParticipate(at))).toEqual([false, false]);
  expect(validator.tryReleaseFromJail(110n)).toBe(true);
  expect(validator.canParticipate(110n)).toBe(true);
});

describe('Validator.slash', () => {
  test('takes the floor of the percentage of own stake and answers it', () => {
    const validator = create({}, 1_000_000_019n);
    expect(validator.slash('InvalidVote', 5, 100n)).toEqual(E.right(50_000_000n));
    expect(validator).toMatchObject({ stake: 950_000_019n, slashCount: 1, reputation: 95, status: 'Inactive' });
  });
  test.each([
    ['DoubleSign', 80, 'Slashed'],
    ['InvalidProposal', 90, 'Active'],
    ['Liveness', 95, 'Jailed'],
    ['InvalidVote', 95, 'Active'],
  ] as const)('%s leaves a reputation of %d and the status %s', (slashType, reputation, status) => {
    const validator = create({ minStake: 0n });
    right(validator.slash(slashType, 1, 100n));
    expect(validator).toMatchObject({ reputation, status });
  });
  test('of a tenth or the third one jails for a day; liveness for ten minutes; the later end holds', () => {
    const harsh = create({ minStake: 0n });
    right(harsh.slash('InvalidVote', 9, 100n));
    expect(harsh.status).toBe('Active');
    right(harsh.slash('InvalidVote', 10, 100n));
    expect(harsh).toMatchObject({ status: 'Jailed', jailUntil: O.some(100n + DAY) });
    right(harsh.slash('Liveness', 1, 200n));
    expect(harsh.jailUntil).toEqual(O.some(200n + DAY));
    right(harsh.jail(5n, 300n));
    expect(harsh.jailUntil).toEqual(O.some(200n + DAY));
    const idle = create({ minStake: 0n });
    right(idle.slash('Liveness', 1, 100n));
    expect(idle.jailUntil).toEqual(O.some(700n));
  });
  test('is forgotten at one per thirty days', () => {
    const validator = create({ minStake: 0n });
    right(validator.slash('InvalidVote', 1, 0n));
    right(validator.slash('InvalidVote', 1, 1n));
    right(validator.slash('InvalidVote', 1, 1n + 30n * DAY));
    expect(validator).toMatchObject({ slashCount: 2, status: 'Active' });
    right(validator.slash('InvalidVote', 1, 30n * DAY + 2n));
    expect(validator).toMatchObject({ slashCount: 3, status: 'Jailed' });
  });
  test('refuses any percentage that is not whole, above 0 and at most 100', () => {
    const validator = create();
    for (const percentage of [0, -0, -1, 101, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53 + 1])
      expect(left(validator.slash('Liveness', percentage, 1n)).message).toContain('slashPercentage');
    expect(validator.stake).toBe(STAKE);
    expect(right(validator.slash('Liveness', 100, 1n))).toBe(STAKE);
    expect(validator.stake).toBe(0n);
  });
  test('never takes more than there is, and never changes a tombstone', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, U64_MAX), fc.integer({ min: 1, max: 100 }), (stake, percentage) => {
        const validator = create({ minStake: 0n }, stake);
        const taken = right(validator.slash('DoubleSign', percentage, 1n));
        expect(taken <= stake && validator.stake === stake - taken).toBe(true);
        expect(E.isLeft(validator.jail(1n, 1n))).toBe(true);
        right(validator.slash('Liveness', 1, 1n));
        expect([validator.status, validator.tryReleaseFromJail(U64_MAX)]).toEqual(['Slashed', false]);
        expect(left(validator.slash('DoubleSign', 1, 1n)).message).toContain('tombstoned');
      }),
    );
  });
});

test('Validator.jail keeps who is Inactive out until the term is over', () => {
  const validator = create();
  right(validator.removeStake(1n));
  right(validator.jail(10n, 0n));
  expect([validator.status, validator.jailUntil]).toEqual(['Inactive', O.some(10n)]);
  expect(E.isLeft(validator.jail(-1n, 0n))).toBe(true);
});

test('Validator.tryReleaseFromJail waits for the end of the term and the minimum of own stake', () => {
  const validator = create();
  expect(validator.tryReleaseFromJail(0n)).toBe(false);
  right(validator.slash('InvalidProposal', 10, 0n));
  expect([validator.status, validator.tryReleaseFromJail(DAY)]).toEqual(['Jailed', false]);
  const poor = create({ minStake: STAKE });
  right(poor.jail(10n, 0n));
  right(poor.removeStake(1n));
  expect([9n, 10n, 11n].map((at) => poor.tryReleaseFromJail(at))).toEqual([false, false, false]);
  right(poor.addStake(1n));
  expect([9n, 10n].map((at) => poor.tryReleaseFromJail(at))).toEqual([false, true]);
  expect(poor).toMatchObject({ status: 'Active', jailUntil: O.none });
});

test('Validator.updateActivity never moves backward', () => {
  const validator = create();
  right(validator.updateActivity(200n));
  right(validator.updateActivity(150n));
  expect(validator.lastActivity).toBe(200n);
});

test('Validator.isInactive: longer than that without activity', () => {
  const validator = create();
  expect([110n, 111n].map((at) => validator.isInactive(10n, at))).toEqual([false, true]);
});

test('Validator.effectiveReputation is exact in ten-thousandths', () => {
  const validator = create({ minStake: 0n });
  expect(validator.effectiveReputation()).toBe(1);
  right(validator.slash('InvalidVote', 1, 0n));
  expect(validator.effectiveReputation()).toBe(0.85);
});

test('Validator.addStake adds up to 64 bits, with the power it gives', () => {
  const validator = create();
  right(validator.addStake(STAKE));
  expect([validator.stake, validator.votingPower]).toEqual([2n * STAKE, 2_000n]);
  expect(left(validator.addStake(U64_MAX)).message).toContain('stake would exceed');
  expect(left(validator.addStake(0n)).message).toContain('above 0');
});

test('Validator.removeStake takes no more than there is and leaves an Inactive validator below the minimum', () => {
  const validator = create();
  expect(left(validator.removeStake(STAKE + 1n)).message).toBe(
    `Insufficient stake: ${String(STAKE + 1n)} micro-ZHTP is more than the ${String(STAKE)} bonded`,
  );
  right(validator.removeStake(1n));
  expect([validator.stake, validator.status]).toEqual([STAKE - 1n, 'Inactive']);
});
