import { HOSTILE_VALUES } from '@zhtp/testing';
import { either as E, option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import { Validator, ValidatorManager } from '@zhtp/validators';
import { id, identityNamed, managerWith, registration, right, runTo } from './support.ts';

/** What a program without types may pass. */
const HOSTILE: readonly unknown[] = [...HOSTILE_VALUES, '', undefined, {}, []];

type Call = (value: never) => unknown;
const alice = identityNamed('alice');
const delegation = { validator: id(1), delegator: alice, amount: 5_000_000n };
const moving = { source: id(1), destination: id(2), delegator: alice, amount: 5_000_000n };
const slash = { identity: id(1), slashType: 'Liveness', fractionPpm: 1n, infractionHeight: 1n } as const;
const proven = { identity: id(1), infractionHeight: 1n, power: 1n, totalPower: 9n, atSeconds: 1n };
const signing = { height: 1n, proposer: id(1), members: [id(1)], signers: [id(1)] };

/** Every argument of every method that answers an Either, each replaced by every hostile value in turn. */
const calls = (manager: ValidatorManager, validator: Validator): Readonly<Record<string, Call>> => {
  const fields = (prefix: string, base: object, call: (args: never) => unknown): Record<string, Call> => ({
    [prefix]: call,
    ...Object.fromEntries(
      Object.keys(base).map((field): [string, Call] => [
        `${prefix} ${field}`,
        (value): unknown => Reflect.apply(call, undefined, [{ ...base, [field]: value }]),
      ]),
    ),
  });
  const { atSeconds: _, ...candidate } = registration(40);
  return {
    ...fields('ValidatorManager.registerValidator', candidate, (args) => manager.registerValidator(args)),
    'ValidatorManager.registerValidator maxRate': (value) =>
      manager.registerValidator({ ...candidate, maxRate: value }),
    'ValidatorManager.registerValidator maxDailyChange': (value) =>
      manager.registerValidator({ ...candidate, maxDailyChange: value }),
    'ValidatorManager.registerValidator atSeconds': (value) =>
      manager.registerValidator({ ...candidate, atSeconds: value }),
    'ValidatorManager.applyRules allowed': (value) => manager.applyRules({ allowed: value }),
    'ValidatorManager.applyRules consensusType': (value) => manager.applyRules({ consensusType: value }),
    'ValidatorManager.create algorithm': (value) => ValidatorManager.create(4, 1n, { algorithm: value }),
    'ValidatorManager.create verifyPossession': (value) => ValidatorManager.create(4, 1n, { verifyPossession: value }),
    'ValidatorManager.removeValidator': (value) => manager.removeValidator(value),
    'ValidatorManager.reactivateValidator': (value) => manager.reactivateValidator(value),
    'ValidatorManager.slashValidator identity': (value) => manager.slashValidator(value, 'Liveness', 1),
    'ValidatorManager.slashValidator slashType': (value) => manager.slashValidator(id(1), value, 1),
    'ValidatorManager.slashValidator slashPercentage': (value) => manager.slashValidator(id(1), 'Liveness', value),
    ...fields('ValidatorManager.slashStake', slash, (args) => manager.slashStake(args)),
    ...fields('ValidatorManager.convict', proven, (args) => manager.convict(args)),
    'ValidatorManager.jailValidator identity': (value) => manager.jailValidator(value, 1n),
    'ValidatorManager.jailValidator durationSeconds': (value) => manager.jailValidator(id(1), value),
    'ValidatorManager.jailForLiveness': (value) => manager.jailForLiveness(value),
    'ValidatorManager.tryReleaseFromJail': (value) => manager.tryReleaseFromJail(value),
    'ValidatorManager.updateValidatorActivity identity': (value) => manager.updateValidatorActivity(value, 1n),
    'ValidatorManager.bondStake identity': (value) => manager.bondStake(value, 1n),
    'ValidatorManager.bondStake amount': (value) => manager.bondStake(id(1), value),
    'ValidatorManager.unbondStake identity': (value) => manager.unbondStake(value, 1n),
    'ValidatorManager.unbondStake amount': (value) => manager.unbondStake(id(1), value),
    ...fields('ValidatorManager.delegate', delegation, (args) => manager.delegate(args)),
    ...fields('ValidatorManager.undelegate', delegation, (args) => manager.undelegate(args)),
    ...fields('ValidatorManager.redelegate', moving, (args) => manager.redelegate(args)),
    ...fields('ValidatorManager.rotateKey', { identity: id(1), consensusKey: 0 }, (args) => manager.rotateKey(args)),
    'ValidatorManager.changeCommission identity': (value) => manager.changeCommission(value, 5),
    'ValidatorManager.noteContribution identity': (value) => manager.noteContribution(value, {}),
    'ValidatorManager.noteContribution provenWork': (value) => manager.noteContribution(id(1), { provenWork: value }),
    'ValidatorManager.countSigning': (value) => manager.countSigning(value),
    'ValidatorManager.countSigning height': (value) => manager.countSigning({ ...signing, height: value }),
    'ValidatorManager.countSigning members': (value) => manager.countSigning({ ...signing, members: [value] }),
    'ValidatorManager.countSigning signers': (value) => manager.countSigning({ ...signing, signers: [value] }),
    ...fields('ValidatorManager.beginBlock', { height: 2n, atSeconds: 9n }, (args) => manager.beginBlock(args)),
    'ValidatorManager.applyRules maxValidators': (value) => manager.applyRules({ maxValidators: value }),
    'ValidatorManager.applyRules minStake': (value) => manager.applyRules({ minStake: value }),
    'ValidatorManager.create maxValidators': (value) => ValidatorManager.create(value, 1n),
    'ValidatorManager.create minStake': (value) => ValidatorManager.create(4, value),
    'Validator.create': (value) => Validator.create(value),
    'Validator.slash slashType': (value) => validator.slash(value, 1, 1n),
    'Validator.slash slashPercentage': (value) => validator.slash('Liveness', value, 1n),
    'Validator.slash atSeconds': (value) => validator.slash('Liveness', 1, value),
    'Validator.jail durationSeconds': (value) => validator.jail(value, 1n),
    'Validator.jail atSeconds': (value) => validator.jail(1n, value),
    'Validator.updateActivity': (value) => validator.updateActivity(value),
    'Validator.addStake': (value) => validator.addStake(value),
    'Validator.removeStake': (value) => validator.removeStake(value),
  };
};

const fresh = (): { readonly manager: ValidatorManager; readonly validator: Validator } => {
  const manager = managerWith([100, 100, 100, 100, 100]);
  right(manager.delegate({ ...delegation, amount: 50_000_000n }));
  runTo(manager, 1n);
  return { manager, validator: right(Validator.create(registration(9))) };
};

/** What may be left out, or is no trouble where nothing is asked of it. */
const OPTIONAL = /infractionHeight|maxRate|maxDailyChange|atSeconds$|allowed|verifyPossession/;
const isFine = (title: string, value: unknown): boolean =>
  (value === undefined && OPTIONAL.test(title) && !/^(Validator\.|.*beginBlock|.*convict)/.test(title)) ||
  (typeof value === 'function' && title.endsWith('verifyPossession'));

const { manager, validator } = fresh();
test.each(Object.entries(calls(manager, validator)))('%s answers hostile values with a typed error', (title, call) => {
  const before = manager.state;
  const record = { stake: validator.stake, status: validator.status };
  for (const value of HOSTILE.filter((each) => !isFine(title, each))) {
    const answer: unknown = Reflect.apply(call, undefined, [value]);
    expect(answer).toMatchObject({ _tag: 'Left', left: { _tag: 'ValidatorError' } });
    expect(String(Reflect.get(Object(Reflect.get(Object(answer), 'left')), 'message')).length).toBeLessThan(400);
  }
  expect(manager.state).toBe(before);
  expect({ stake: validator.stake, status: validator.status }).toEqual(record);
});

test('methods that answer no Either say no', () => {
  for (const value of HOSTILE) {
    const hostile = (call: Call): unknown => Reflect.apply(call, undefined, [value]);
    expect(hostile((x) => manager.getValidator(x))).toEqual(O.none);
    expect(hostile((x) => manager.isValidator(x))).toBe(false);
    expect(hostile((x) => manager.selectProposer(x, 0))).toEqual(O.none);
    expect(hostile((x) => manager.delegatedBy(x, alice))).toBe(0n);
    expect(hostile((x) => manager.delegatedBy(id(1), x))).toBe(0n);
    expect(hostile((x) => manager.holderOfKey(x))).toEqual(O.none);
    expect(hostile((x) => validator.canParticipate(x))).toBe(false);
    expect(hostile((x) => validator.tryReleaseFromJail(x))).toBe(false);
    expect(hostile((x) => validator.isInactive(x, 10n))).toBe(false);
  }
});

test('rounds out of range have no proposer, and ends of the ranges have one', () => {
  expect(manager.selectProposer(2n ** 64n - 1n, 2 ** 32 - 1)._tag).toBe('Some');
  for (const round of [-1, 0.5, Number.NaN, 2 ** 32]) expect(manager.selectProposer(1n, round)).toEqual(O.none);
  expect(E.isRight(manager.freeze())).toBe(true);
});
