import {
  DEFAULT_CONSENSUS_CONFIG,
  MICRO_PER_ZHTP,
  U64_MAX,
  validatorCodec,
  type Validator,
  type ValidatorStatus,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { effectiveReputation } from '@zhtp/validators';
import { left, registration, right } from './support.ts';
import { canParticipate } from '../src/jail.ts';
import { createValidator, isInactive, withActivity, withStatus } from '../src/validator-record.ts';

const create = (change: Parameters<typeof registration>[1] = {}) =>
  createValidator('ML-DSA-65', DEFAULT_CONSENSUS_CONFIG, registration(1, change));
const VALIDATOR = right(create());
const STATUSES: readonly ValidatorStatus[] = ['Active', 'Inactive', 'Jailed', 'Slashed'];

describe('a new validator', () => {
  test('is active, reputable and has the power of its stake', () => {
    expect(validatorCodec.json.is(VALIDATOR)).toBe(true);
    expect(VALIDATOR).toMatchObject({
      status: 'Active',
      reputation: 100,
      slashCount: 0,
      delegatedStake: 0n,
      votingPower: 1_000n,
      lastActivity: 100n,
    });
    expect(right(create({ stake: 2n * MICRO_PER_ZHTP })).votingPower).toBe(2n);
  });

  test('needs a key of the scheme that is not all zero, a percentage, and 64-bit amounts', () => {
    const message = (change: Parameters<typeof registration>[1]): string => left(create(change)).message;
    expect(message({ consensusKey: new Uint8Array(1_951).fill(1) })).toContain('consensusKey');
    expect(message({ consensusKey: new Uint8Array(1_952) })).toContain('all zero');
    for (const commissionRate of [-1, 101, 0.5, Number.NaN])
      expect(message({ commissionRate })).toContain('commissionRate');
    for (const stake of [-1n, U64_MAX + 1n]) expect(message({ stake })).toContain('stake');
    for (const storageProvided of [-1n, U64_MAX + 1n])
      expect(message({ storageProvided })).toContain('storageProvided');
    for (const commissionRate of [0, 100]) expect(E.isRight(create({ commissionRate }))).toBe(true);
  });
});

test('own stake may be nothing or all that 64 bits hold', () => {
  expect(right(create({ stake: 0n })).votingPower).toBe(1n);
  expect(right(create({ stake: U64_MAX, storageProvided: U64_MAX })).stake).toBe(U64_MAX);
  expect(right(create({ stake: 2n * MICRO_PER_ZHTP - 1n })).votingPower).toBe(1n);
});

describe('status', () => {
  test('moves only as the rules say; nothing lifts a tombstone', () => {
    const allowed = STATUSES.flatMap((from) =>
      STATUSES.filter((to) => E.isRight(withStatus({ ...VALIDATOR, status: from }, to))).map((to) => `${from} → ${to}`),
    );
    expect(allowed).toEqual([
      'Active → Inactive',
      'Active → Jailed',
      'Active → Slashed',
      'Inactive → Active',
      'Inactive → Slashed',
      'Jailed → Active',
      'Jailed → Slashed',
    ]);
  });

  test('only the active and unjailed take part', () => {
    expect(STATUSES.map((status) => canParticipate({ ...VALIDATOR, status }, 0n))).toEqual([true, false, false, false]);
    const jailed: Validator = { ...VALIDATOR, jailUntil: O.some(50n) };
    expect([49n, 50n, 51n].map((at) => canParticipate(jailed, at))).toEqual([false, true, true]);
  });
});

test('activity never moves backward', () => {
  expect(withActivity(VALIDATOR, 101n).lastActivity).toBe(101n);
  expect(withActivity(VALIDATOR, 99n)).toBe(VALIDATOR);
  expect([110n, 111n].map((at) => isInactive(VALIDATOR, 10n, at))).toEqual([false, true]);
});

test('effective reputation is capped at 100 points and loses ten per slash', () => {
  const effective = (reputation: number, slashCount: number) =>
    effectiveReputation({ ...VALIDATOR, reputation, slashCount });
  expect([
    effective(100, 0),
    effective(1_000, 0),
    effective(99, 0),
    effective(100, 3),
    effective(100, 10),
    effective(5, 1),
  ]).toEqual([10_000n, 10_000n, 9_900n, 7_000n, 0n, 0n]);
});
