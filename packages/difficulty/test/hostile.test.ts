import { HOSTILE_VALUES, publicFunctions } from '@zhtp/testing';
import * as face from '@zhtp/difficulty';
import {
  adjusted,
  decodeCompact,
  DifficultyConfig,
  DifficultyManager,
  encodeCompact,
  isAdjustmentHeight,
  isCanonicalCompact,
  retarget,
  targetFromCompact,
  withGovernanceUpdate,
} from '@zhtp/difficulty';
import { describe, expect, test } from 'vitest';

// What untyped callers pass. Nothing of it may throw, be taken for a number, or change a state.
const HOSTILE: readonly unknown[] = [
  ...HOSTILE_VALUES,
  2 ** 32,
  '1'.repeat(10_000),
  '0x1d00ffff',
  '',
  [],
  {},
  new Date(0),
  new Uint8Array(4),
];
/** Fine where the other kind is wanted. */
const NUMBER = 0x1d00_ffff;
const BIGINT = 2016n;

type Call = (hostile: unknown) => unknown;
/** The compiler knows better than to pass these; untyped callers do not. */
const from =
  (call: (...given: never[]) => unknown, at: (hostile: unknown) => readonly unknown[]): Call =>
  (hostile): unknown =>
    Reflect.apply(call, undefined, at(hostile));

const config = DifficultyConfig.default();
const manager = DifficultyManager.default();
const ADJUSTMENT = { height: 2017n, currentDifficulty: NUMBER, intervalStartTime: 0n, intervalEndTime: 1n };
const numeric: readonly (readonly [string, unknown, Call])[] = [
  ['decodeCompact(bits)', BIGINT, from(decodeCompact, (x) => [x])],
  ['targetFromCompact(bits)', BIGINT, from(targetFromCompact, (x) => [x])],
  ['encodeCompact(target)', NUMBER, from(encodeCompact, (x) => [x])],
  ['retarget(config)', BIGINT, from(retarget, (x) => [x, NUMBER, 1n])],
  ['retarget(bits)', BIGINT, from(retarget, (x) => [config, x, 1n])],
  ['retarget(timespan)', NUMBER, from(retarget, (x) => [config, NUMBER, x])],
  ['adjusted(config)', BIGINT, from(adjusted, (x) => [x, ADJUSTMENT])],
  ['adjusted(adjustment)', BIGINT, from(adjusted, (x) => [config, x])],
  ...Object.keys(ADJUSTMENT).map((field): readonly [string, unknown, Call] => [
    `adjusted({ ${field} })`,
    field === 'currentDifficulty' ? BIGINT : NUMBER,
    from(adjusted, (x) => [config, { ...ADJUSTMENT, [field]: x }]),
  ]),
  ['withGovernanceUpdate(config)', BIGINT, from(withGovernanceUpdate, (x) => [x, { targetTimespan: 5n }])],
  ['withGovernanceUpdate(update)', BIGINT, from(withGovernanceUpdate, (x) => [config, x])],
  ['DifficultyConfig.create(initial)', BIGINT, from(DifficultyConfig.create, (x) => [x, 2016n, 1_209_600n])],
  ['DifficultyConfig.create(interval)', NUMBER, from(DifficultyConfig.create, (x) => [NUMBER, x, 1_209_600n])],
  ['DifficultyConfig.create(timespan)', NUMBER, from(DifficultyConfig.create, (x) => [NUMBER, 2016n, x])],
  ['DifficultyConfig.create(bounds)', NUMBER, from(DifficultyConfig.create, (x) => [NUMBER, 2016n, 1_209_600n, x])],
  ['DifficultyConfig.validate', NUMBER, from(DifficultyConfig.validate, (x) => [x])],
  ['DifficultyManager.create', NUMBER, from(DifficultyManager.create.bind(DifficultyManager), (x) => [x])],
  ...Object.keys(config).map((field): readonly [string, unknown, Call] => [
    `DifficultyManager.create({ ${field} })`,
    typeof config[field as keyof DifficultyConfig] === 'number' ? BIGINT : NUMBER,
    from(DifficultyManager.create.bind(DifficultyManager), (x) => [{ ...config, [field]: x }]),
  ]),
  ['calculateNewDifficulty(bits)', BIGINT, from(manager.calculateNewDifficulty.bind(manager), (x) => [x, 1n])],
  ['calculateNewDifficulty(time)', NUMBER, from(manager.calculateNewDifficulty.bind(manager), (x) => [NUMBER, x])],
  ['adjustDifficulty(height)', NUMBER, from(manager.adjustDifficulty.bind(manager), (x) => [x, NUMBER, 0n, 1n])],
  ['adjustDifficulty(bits)', BIGINT, from(manager.adjustDifficulty.bind(manager), (x) => [2017n, x, 0n, 1n])],
  ['adjustDifficulty(start)', NUMBER, from(manager.adjustDifficulty.bind(manager), (x) => [2017n, NUMBER, x, 1n])],
  ['adjustDifficulty(end)', NUMBER, from(manager.adjustDifficulty.bind(manager), (x) => [2017n, NUMBER, 0n, x])],
  ...['initialDifficulty', 'adjustmentInterval', 'targetTimespan'].map((field): readonly [string, unknown, Call] => [
    `applyGovernanceUpdate({ ${field} })`,
    field === 'initialDifficulty' ? BIGINT : NUMBER,
    from(manager.applyGovernanceUpdate.bind(manager), (x) => [{ [field]: x }]),
  ]),
  ['applyGovernanceUpdate(update)', NUMBER, from(manager.applyGovernanceUpdate.bind(manager), (x) => [x])],
  ['setMinDifficulty', BIGINT, from(manager.setMinDifficulty.bind(manager), (x) => [x])],
  ['setMaxDifficulty', BIGINT, from(manager.setMaxDifficulty.bind(manager), (x) => [x])],
  ['setMaxAdjustmentFactor', NUMBER, from(manager.setMaxAdjustmentFactor.bind(manager), (x) => [x])],
];

/** Objects without a wrong field are no hostile updates or bounds: they change nothing. */
const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
const takesEmpty = (name: string): boolean => /\((update|bounds)\)$/.test(name);
/** A target may be any bigint of 256 bits, a signed timespan any difference of two u64. */
const isFine = (name: string, value: unknown): boolean =>
  (takesEmpty(name) && isEmptyObject(value)) ||
  (name === 'encodeCompact(target)' && value === 1n << 64n) ||
  (name === 'retarget(timespan)' && value === -1n);

const TYPED = /^(InvalidDifficulty|InvalidConfig|CalculationError): .{10,300}$/;

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** Tag and message of an answer, whatever it is. */
const refusalOf = (answer: unknown): string => {
  const left = member(answer, 'left');
  return `${String(member(left, '_tag'))}: ${String(member(left, 'message'))}`;
};

describe('hostile values', () => {
  test.each(numeric)('%s answers with a typed error', (name, wrongKind, call) => {
    for (const hostile of [...HOSTILE, wrongKind].filter((value) => !isFine(name, value))) {
      const answer = call(hostile);
      expect(refusalOf(answer), `${name} of ${String(hostile).slice(0, 40)}`).toMatch(TYPED);
    }
    expect(manager.config()).toBe(config);
  });

  test('shouldAdjust, isAdjustmentHeight and isCanonicalCompact answer false', () => {
    for (const hostile of [...HOSTILE, 2016]) {
      expect(Reflect.apply(manager.shouldAdjust.bind(manager), undefined, [hostile])).toBe(false);
      expect(Reflect.apply(isCanonicalCompact, undefined, [hostile])).toBe(false);
      expect(Reflect.apply(isAdjustmentHeight, undefined, [config, hostile])).toBe(false);
      expect(Reflect.apply(isAdjustmentHeight, undefined, [hostile, 2016n])).toBe(false);
      for (const field of Object.keys(config)) {
        const broken = { ...config, [field]: hostile };
        if (hostile !== undefined)
          expect(Reflect.apply(isAdjustmentHeight, undefined, [broken, 2016n]), field).toBe(false);
      }
    }
  });

  test('a missing field is named', () => {
    for (const field of Object.keys(config).filter((name) => name !== 'powLimit')) {
      const rest = Object.fromEntries(Object.entries(config).filter(([name]) => name !== field));
      const answer: unknown = Reflect.apply(DifficultyConfig.validate, undefined, [rest]);
      expect(refusalOf(answer)).toMatch(new RegExp(`^InvalidConfig: ${field} must be`));
    }
  });
});

const FALSE_OF_NOTHING = ['DifficultyManager.shouldAdjust', 'isAdjustmentHeight', 'isCanonicalCompact'];
const WITHOUT_ARGUMENTS =
  /^DifficultyConfig\.default$|^DifficultyManager\.(default|config|initialDifficulty|adjustmentInterval|targetTimespan)$/;

test('every public function stands in the table', () => {
  const functions = publicFunctions(face);
  const titles = numeric.map(([title]) => title.split('(')[0] ?? '');
  const held = [...titles, ...titles.map((title) => `DifficultyManager.${title}`), ...FALSE_OF_NOTHING];
  expect(functions.filter((name) => !held.includes(name) && !WITHOUT_ARGUMENTS.test(name))).toEqual([]);
});
