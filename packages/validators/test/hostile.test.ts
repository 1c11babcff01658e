import { HOSTILE_VALUES, publicFunctions } from '@zhtp/testing';
import { either as E, option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import * as face from '@zhtp/validators';
import { FRESH_WINDOW, Validator, ValidatorManager } from '@zhtp/validators';
import { frozen, id, identityNamed, managerWith, registration, right, runTo } from './support.ts';

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

const SAY_NO = [
  'ValidatorManager.getValidator',
  'ValidatorManager.isValidator',
  'ValidatorManager.selectProposer',
  'ValidatorManager.delegatedBy',
  'ValidatorManager.holderOfKey',
  'Validator.canParticipate',
  'Validator.tryReleaseFromJail',
  'Validator.isInactive',
];

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

const set = right(face.makeValidatorSet([frozen('a', 1n), frozen('b', 2n)]));
const rotation = face.startRotation(set.validators) ?? expect.fail('no rotation');
const rule = { signedBlocksWindow: 10, minSignedPercent: 50 };
const pool = { tokens: 5n, shares: 5n };
const weighted = { identity: id(1), votingPower: 1n };

/** Calls as a program without types would. */
const untyped = (name: string, ...args: readonly unknown[]): unknown => {
  const called: unknown = Reflect.get(face, name);
  if (typeof called !== 'function') throw new Error(`${name} is no function`);
  return Reflect.apply(called, undefined, args);
};

const REFUSED = { _tag: 'Left', left: expect.stringMatching(/^.{10,400}$/u) as unknown };
/** What can be a list or an object of the kind asked for. */
const isRight = (title: string, value: unknown): boolean =>
  (title.endsWith('a list') && Array.isArray(value)) || (title.endsWith('signed') && value === true);

/** Nobody remains of those there are. */
const NOBODY = { activeValidators: 0, votingPower: 0n, currentVotingPower: manager.state.totals.activePower };

/** Functions that answer no Either: argument, call, and what they say of what is none of theirs. */
const PLAIN: readonly (readonly [string, (value: unknown) => unknown, unknown])[] = [
  ['makeValidatorSet', (x) => untyped('makeValidatorSet', x), REFUSED],
  ['makeValidatorSet a validator', (x) => untyped('makeValidatorSet', [x]), REFUSED],
  ...(['identity', 'consensusKey', 'votingPower'] as const).map(
    (field) =>
      [
        `makeValidatorSet ${field}`,
        (x: unknown) => untyped('makeValidatorSet', [{ ...frozen('a', 1n), [field]: x }]),
        REFUSED,
      ] as const,
  ),
  ['applyChanges set', (x) => untyped('applyChanges', x, []), REFUSED],
  ['applyChanges a change', (x) => untyped('applyChanges', set, [x]), REFUSED],
  ['applyChanges votingPower', (x) => untyped('applyChanges', set, [{ ...frozen('a', 1n), votingPower: x }]), REFUSED],
  ['validatorsFromGenesis', (x) => untyped('validatorsFromGenesis', x), REFUSED],
  ['roundRobinProposer ids', (x) => untyped('roundRobinProposer', x, 1n, 0), undefined],
  ['roundRobinProposer height', (x) => untyped('roundRobinProposer', set.ids, x, 0), undefined],
  ['roundRobinProposer round', (x) => untyped('roundRobinProposer', set.ids, 1n, x), undefined],
  ['startRotation a list', (x) => untyped('startRotation', x), undefined],
  ['startRotation a validator', (x) => untyped('startRotation', [x]), undefined],
  ['startRotation power', (x) => untyped('startRotation', [{ ...weighted, votingPower: x }]), undefined],
  ['nextRotation rotation', (x) => untyped('nextRotation', x, set.validators), undefined],
  ['nextRotation priorities', (x) => untyped('nextRotation', { validators: [x] }, set.validators), undefined],
  ['nextRotation a list', (x) => untyped('nextRotation', rotation, x), undefined],
  ['increment a list', (x) => untyped('increment', x, 1), undefined],
  ['increment a validator', (x) => untyped('increment', [x], 1), undefined],
  ['increment times', (x) => untyped('increment', rotation.validators, x), undefined],
  [
    'weightedProposers round',
    (x): unknown => Reflect.apply(face.weightedProposers(rotation), undefined, [x]),
    rotation.proposer,
  ],
  ['effectiveReputation', (x) => untyped('effectiveReputation', x), 0n],
  ['effectiveReputation reputation', (x) => untyped('effectiveReputation', { reputation: x, slashCount: 0 }), 0n],
  ['effectiveReputation slashCount', (x) => untyped('effectiveReputation', { reputation: 9, slashCount: x }), 0n],
  ['delegationKey validator', (x) => untyped('delegationKey', x, alice), ''],
  ['delegationKey delegator', (x) => untyped('delegationKey', alice, x), ''],
  ['remainingUnder rules', (x) => untyped('remainingUnder', manager.state, x), NOBODY],
  [
    'remainingUnder minStorage, any power',
    (x) => untyped('remainingUnder', manager.state, { minStorage: x, maxValidators: 10 }),
    NOBODY,
  ],
  [
    'remainingUnder maxValidators',
    (x) => untyped('remainingUnder', manager.state, { minStorage: 0n, maxValidators: x }),
    NOBODY,
  ],
  ['tokensOf pool', (x) => untyped('tokensOf', x, 1n), 0n],
  ['tokensOf tokens', (x) => untyped('tokensOf', { ...pool, tokens: x }, 1n), 0n],
  ['tokensOf shares', (x) => untyped('tokensOf', { ...pool, shares: x }, 6n), 0n],
  ['tokensOf held', (x) => untyped('tokensOf', pool, x), 0n],
  ['countBlock rule', (x) => untyped('countBlock', x, FRESH_WINDOW, false), { window: FRESH_WINDOW, fault: false }],
  [
    'countBlock signedBlocksWindow',
    (x) => untyped('countBlock', { ...rule, signedBlocksWindow: x }, FRESH_WINDOW, false),
    { window: FRESH_WINDOW, fault: false },
  ],
  [
    'countBlock minSignedPercent',
    (x) => untyped('countBlock', { ...rule, minSignedPercent: x }, FRESH_WINDOW, false),
    { window: FRESH_WINDOW, fault: false },
  ],
  ['countBlock window', (x) => untyped('countBlock', rule, x, false), { window: FRESH_WINDOW, fault: false }],
  ['countBlock signed', (x) => untyped('countBlock', rule, FRESH_WINDOW, x), { window: FRESH_WINDOW, fault: false }],
];

test.each(PLAIN)('%s: hostile values get the answer that is true of nothing', (title, call, answer) => {
  for (const value of [...HOSTILE, 2n ** 200n].filter((each) => !isFineThere(title, each) && !isRight(title, each)))
    expect(call(value), String(value).slice(0, 40)).toEqual(answer);
});

/** Hostile elsewhere; no bound but 0 here. */
const isFineThere = (title: string, value: unknown): boolean =>
  /(tokens|shares| power)$/.test(title) && typeof value === 'bigint' && value >= 0n;

/** Functions over what only transitions and the checked constructors make; what is false of it is a broken invariant. */
const TRUSTED: Readonly<Record<string, string>> = {
  'ValidatorManager.of': 'takes a whole state',
  'Validator.of': 'takes a whole record',
  bondedOf: 'takes an account of a state',
  poolOf: 'takes an account of a state',
  statsOf: 'takes a whole state',
  endBlock: 'takes a whole state and nothing else',
  emptyMap: 'takes nothing',
};
/** Transitions over a state; the manager's methods of the same name pass every further argument on. */
const OVER_STATES: Readonly<Record<string, string>> = {
  register: 'registerValidator',
  remove: 'removeValidator',
  reactivate: 'reactivateValidator',
  release: 'tryReleaseFromJail',
  releaseRefusal: 'tryReleaseFromJail',
  jail: 'jailValidator',
  noteActivity: 'updateValidatorActivity',
  withRules: 'applyRules',
  emptyStaking: 'create',
};
const WITHOUT_ARGUMENTS =
  /^Validator\.effectiveReputation$|^ValidatorManager\.(endBlock|freeze|getActiveValidators|getValidatorStats|getByzantineThreshold)$/;

test('every public function is held to hostile values, or a reason says why not', () => {
  const methods = [...Object.keys(calls(manager, validator)), ...SAY_NO].map((title) => title.split(' ')[0] ?? '');
  const functions = publicFunctions(face).filter((name) => !name.startsWith('OrderedMap'));
  const isCovered = (name: string): boolean =>
    methods.includes(name) ||
    PLAIN.some(([title]) => title.split(' ')[0] === name) ||
    methods.includes(`ValidatorManager.${OVER_STATES[name] ?? name}`) ||
    WITHOUT_ARGUMENTS.test(name);
  expect(functions.filter((name) => !isCovered(name) && TRUSTED[name] === undefined)).toEqual([]);
  expect(Object.keys(TRUSTED).filter((name) => !functions.includes(name) || isCovered(name))).toEqual([]);
});
