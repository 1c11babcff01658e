import { readVector, readVectorBytes, vectorsFolder } from '@zhtp/testing';
import { describe, expect, test } from 'vitest';
import { reportOn, troublesIn } from './support.ts';

type Path = readonly (string | number)[];

const isContainer = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null;

/** Changes the value at a path in place. */
const change = (document: unknown, path: Path, alter: (before: unknown) => unknown): void => {
  const [key, ...rest] = path;
  if (!isContainer(document) || key === undefined || !(key in document)) throw new Error(`no ${path.join('.')}`);
  if (rest.length === 0) document[key] = alter(document[key]);
  else change(document[key], rest, alter);
};

/** The same file with the first elements of its list, so that a test is quick. */
const head = (document: unknown, list: string, count: number): unknown => {
  change(document, [list], (all) => (Array.isArray(all) ? all.slice(0, count) : all));
  return document;
};

const other = (value: unknown): unknown => {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  const text = String(value);
  return text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');
};

/** The path to the innermost object around a value. */
const deepestObject = (document: unknown, path: Path): Path => {
  let [value, deepest]: [unknown, Path] = [document, []];
  for (const [index, key] of path.entries()) {
    value = isContainer(value) ? value[key] : undefined;
    if (isContainer(value) && !Array.isArray(value)) deepest = path.slice(0, index + 1);
  }
  return deepest;
};

const instead = (value: unknown) => () => value;

interface Probe {
  readonly file: string;
  /** The list to be cut, and what is left of it. */
  readonly keep: readonly [string, number] | null;
  readonly path: Path;
  readonly alter: (before: unknown) => unknown;
  /** The case that must be named. */
  readonly named: string;
}

const STATE_MACHINE = 'consensus/malachite_state_machine_named.json';
const RANDOM = 'consensus/malachite_state_machine_random.json.gz';
const KEEPER = 'consensus/malachite_votekeeper_named.json';
const SYSTEM = 'consensus/malachite_system_named.json.gz';
const NUMBERS = 'consensus/votes_quorum_commit.json';
const PRIORITY = 'consensus/proposer_priority.json';
const BITCOIN = 'bitcoin/';
const LIGHT = 'consensus/light_client_single_step.json';
const BISECTION = 'consensus/light_client_bisection.json';
const SLASHING = 'economics/slashing.json';
const F1 = 'economics/f1_distribution.json';
const MLDSA = 'mldsa/';

/** One expected value of every kind of every format that is run. */
const EXPECTATIONS: readonly Probe[] = (
  [
    [STATE_MACHINE, null, ['traces', 1, 'steps', 0, 'state', 'step'], instead('prevote'), 'DecideNonProposerTest'],
    [STATE_MACHINE, null, ['traces', 0, 'steps', 0, 'output'], instead(null), 'DecideNonProposerAtHeight2Test'],
    [RANDOM, ['traces', 3], ['traces', 2, 'steps', 5, 'state', 'validRound'], other, '#3'],
    [
      KEEPER,
      null,
      ['traces', 0, 'steps', 1, 'emits'],
      instead({ polkaNil: 1 }),
      'noSkipSmallQuorumMixedVotesSameValTest',
    ],
    [KEEPER, null, ['traces', 0, 'steps', 1, 'weight'], other, 'noSkipSmallQuorumMixedVotesSameValTest'],
    [SLASHING, null, ['liveness', 0, 'missed'], other, 'jailed after too many misses'],
    [SLASHING, null, ['stake', 0, 'burned'], other, 'slash at current height'],
    [SLASHING, null, ['stake', 0, 'fraction'], instead('0.4'), 'slash at current height'],
    [SLASHING, null, ['stake', 3, 'slashed'], other, 'unbonding entry started before'],
    [SLASHING, null, ['stake', 4, 'matured'], instead(false), 'matured entry'],
    [SLASHING, null, ['defaults', 'downtimeJailSeconds'], other, 'parameters'],
    [SYSTEM, null, ['traces', 0, 'final', 'v4', 'decided', 0, 'value'], other, 'decidePastTest'],
    [SYSTEM, null, ['traces', 1, 'final', 'v1', 'round'], other, 'everyoneIsFastInRound0Test'],
    [SYSTEM, null, ['traces', 0, 'steps', 0, 'output', 'scheduleTimeout'], instead('precommit'), 'decidePastTest'],
    [SYSTEM, null, ['traces', 0, 'steps', 3, 'state', 'lockedRound'], other, 'decidePastTest'],
    [NUMBERS, null, ['quorum_strictly_more_than_two_thirds', 2, 'met'], other, '#3'],
    [NUMBERS, null, ['honest_strictly_more_than_one_third', 1, 'met'], other, '#2'],
    [NUMBERS, null, ['voteSet', 0, 'majorityAfter', 2, 'two_thirds_nil'], other, '6 of 10 nil'],
    [NUMBERS, null, ['commitVerification', 'cases', 5, 'ok'], other, 'commitVerification #6'],
    [NUMBERS, null, ['commitVerification', 'cases', 8, 'ok'], other, 'commitVerification #9'],
    [NUMBERS, null, ['commitVerification', 'cases', 2, 'neededMoreThan'], other, 'commitVerification #3'],
    [NUMBERS, null, ['commitVerification', 'cases', 2, 'got'], other, 'commitVerification #3'],
    [PRIORITY, null, ['selection', 0, 'proposers', 98], instead('bar'), 'TestProposerSelection1'],
    [PRIORITY, null, ['selection', 4, 'counts', 0], other, 'proportional'],
    [PRIORITY, null, ['priorityAfterSteps', 'rows', 10, 'priorities', 1], other, 'priorityAfterSteps #11'],
    [PRIORITY, null, ['priorityAfterSteps', 'rows', 4, 'proposer'], other, 'priorityAfterSteps #5'],
    [PRIORITY, null, ['centering_zeroPower', 2, 'subtract'], other, 'centering_zeroPower #3'],
    [PRIORITY, null, ['updates_valid', 5, 'result', 0, 1], other, 'updates_valid #6'],
    [PRIORITY, null, ['updates_invalid', 5, 'changes', 0, 1], other, 'updates_invalid #6'],
    [PRIORITY, null, ['construction_invalid', 1, 0, 1], other, 'construction_invalid #2'],
    [`${BITCOIN}compact_bits.json`, null, ['decode', 11, 'target'], other, 'decode #12'],
    [`${BITCOIN}compact_bits.json`, null, ['decode', 12, 'negative'], other, 'decode #13'],
    [`${BITCOIN}compact_bits.json`, null, ['decode', 19, 'overflow'], other, 'decode #20'],
    [`${BITCOIN}compact_bits.json`, null, ['decode', 13, 'reencoded'], other, 'decode #14'],
    [`${BITCOIN}compact_bits.json`, null, ['encode', 2, 'bits'], other, 'encode #3'],
    [
      `${BITCOIN}compact_bits.json`,
      null,
      ['checkProofOfWork_powLimit_1d00ffff', 3, 'valid'],
      other,
      'hash above target',
    ],
    [`${BITCOIN}core_pow_tests.json`, null, ['mainnet_core_pow_tests', 2, 'newBits'], other, 'lower_limit_actual'],
    [
      `${BITCOIN}core_pow_tests.json`,
      null,
      ['signet_real_retargets_rust_bitcoin', 1, 'height'],
      other,
      'signet_real_retargets_rust_bitcoin #2',
    ],
    [`${BITCOIN}derived_float_traps.json`, null, ['rows', 4, 'newBits'], other, 'rows #5'],
    [`${BITCOIN}mainnet_retargets.json`, null, ['rows', 33, 'newBits'], other, 'rows #34'],
    [`${BITCOIN}mainnet_retargets.json`, null, ['rows', 33, 'firstHeight'], other, 'rows #34'],
    [`${BITCOIN}mainnet_chainwork.json`, null, ['rows', 21, 'chainwork'], other, 'rows #22'],
    [
      `${BITCOIN}header_state_transitions.json`,
      null,
      ['cases', 4, 'blocks', 0, 'header', 'bits'],
      other,
      'light_403199.json',
    ],
    [
      `${BITCOIN}header_state_transitions.json`,
      null,
      ['cases', 5, 'expected', 'total_work'],
      other,
      'light_481823.json',
    ],
    [
      `${BITCOIN}header_state_transitions.json`,
      null,
      ['cases', 0, 'blocks', 0, 'header', 'nonce'],
      other,
      'above the target',
    ],
    [
      LIGHT,
      ['cases', 3],
      ['cases', 0, 'steps', 0, 'verdict'],
      instead('INVALID'),
      'MC100_2_faulty_TestSuccess, step 1',
    ],
    [LIGHT, ['cases', 3], ['cases', 1, 'steps', 0, 'verdict'], instead('SUCCESS'), 'NotWithinTrustingPeriod, step 1'],
    [LIGHT, ['cases', 3], ['cases', 1, 'steps', 1, 'verdict'], instead('SUCCESS'), 'NotWithinTrustingPeriod, step 2'],
    [
      BISECTION,
      null,
      ['cases', 0, 'expected'],
      instead('no error'),
      'conflicting_headers: expected no error, got witness 1',
    ],
    [BISECTION, null, ['cases', 1, 'expected'], instead('error'), 'happy_path: expected error, got no error'],
    [BISECTION, null, ['cases', 2, 'trust', 'periodSec'], instead(10_800), 'header_out_of_trusting_period'],
    [BISECTION, null, ['cases', 3, 'heightToVerify'], instead(5), 'not_enough_commits: expected error, got no error'],
    [F1, null, ['allocation', 0, 'expect', 'delegatorsPool'], instead('6'), 'commission split'],
    [F1, null, ['cases', 0, 'events', 3, 'rewards', 'self'], instead('5.1'), 'basic'],
    [F1, null, ['cases', 1, 'events', 3, 'rewards', 'self'], instead('4'), 'after slash'],
    [F1, null, ['cases', 2, 'events', 4, 'rewards', 'd2'], instead('6'), 'two delegators'],
    [F1, null, ['cases', 2, 'events', 4, 'commission'], instead('19'), 'two delegators'],
    [F1, null, ['allocation', 1, 'expect', 'communityPool'], instead('3'), 'community tax'],
    [F1, null, ['allocation', 1, 'expect', 'outstanding', 1], instead('48'), 'community tax'],
    [F1, null, ['allocation', 1, 'expect', 'currentRewards', 0], instead('24'), 'community tax'],
    [
      `${MLDSA}wycheproof_mldsa_44_verify_test.json.gz`,
      ['testGroups', 1],
      ['testGroups', 0, 'tests', 0, 'result'],
      instead('invalid'),
      'testGroups.0 1',
    ],
    [
      `${MLDSA}wycheproof_mldsa_44_verify_test.json.gz`,
      ['testGroups', 1],
      ['testGroups', 0, 'tests', 0, 'sig'],
      other,
      'testGroups.0 1',
    ],
    [
      `${MLDSA}wycheproof_mldsa_44_sign_seed_test.json.gz`,
      ['testGroups', 1],
      ['testGroups', 0, 'tests', 0, 'sig'],
      other,
      'testGroups.0 1',
    ],
    [
      `${MLDSA}wycheproof_mldsa_44_sign_seed_test.json.gz`,
      ['testGroups', 1],
      ['testGroups', 0, 'publicKey'],
      other,
      'testGroups.0 1',
    ],
    [
      `${MLDSA}wycheproof_mldsa_44_sign_noseed_test.json.gz`,
      ['testGroups', 1],
      ['testGroups', 0, 'tests', 0, 'mu'],
      other,
      'testGroups.0 1',
    ],
    [
      `${MLDSA}wycheproof_mldsa_44_sign_noseed_test.json.gz`,
      ['testGroups', 1],
      ['testGroups', 0, 'tests', 0, 'result'],
      instead('invalid'),
      'testGroups.0 1',
    ],
    [
      `${MLDSA}acvp_mldsa_keygen.json.gz`,
      ['testGroups', 1],
      ['testGroups', 0, 'tests', 0, 'pk'],
      other,
      'testGroups.0 2',
    ],
    [
      `${MLDSA}acvp_mldsa_keygen.json.gz`,
      ['testGroups', 1],
      ['testGroups', 0, 'tests', 0, 'sk'],
      other,
      'testGroups.0 2',
    ],
    [
      `${MLDSA}acvp_mldsa_siggen.json.gz`,
      ['testGroups', 1],
      ['testGroups', 0, 'tests', 0, 'signature'],
      other,
      'testGroups.0',
    ],
    [
      `${MLDSA}acvp_mldsa_sigver.json.gz`,
      ['testGroups', 1],
      ['testGroups', 0, 'tests', 0, 'testPassed'],
      other,
      'testGroups.0',
    ],
  ] as const
).map(([file, keep, path, alter, named]) => ({ file, keep, path, alter, named }));

const documentOf = ({ file, keep }: Pick<Probe, 'file' | 'keep'>): unknown => {
  const document = readVector<unknown>(file);
  if (keep === null) return document;
  head(document, keep[0], keep[1]);
  if (keep[0] === 'testGroups')
    change(document, ['testGroups', 0, 'tests'], (tests) => (Array.isArray(tests) ? tests.slice(0, 1) : tests));
  return document;
};

describe.skipIf(vectorsFolder() === null)('the runner notices', () => {
  test.each(EXPECTATIONS)('$file $path changed', (probe) => {
    const document = documentOf(probe);
    expect(troublesIn(reportOn({ 'before.json': document }))).toEqual([]);
    change(document, probe.path, probe.alter);
    const report = reportOn({ 'after.json': document });
    expect(troublesIn(report).join('\n')).toContain(probe.named);
    expect(report.isAccountedFor).toBe(false);
  });

  const files = [...new Map(EXPECTATIONS.toReversed().map((probe) => [probe.file, probe])).values()];
  test.each(files)('a key in $file that is not known, and none of its cases passes for it', (probe) => {
    const document = documentOf(probe);
    const passedBefore = reportOn({ 'before.json': document }).totals.Passed;
    change(document, deepestObject(document, probe.path), (entry) => ({ ...Object(entry), except: 1 }));
    const report = reportOn({ 'after.json': document });
    expect(troublesIn(report).join('\n')).toMatch(/except is a key that is not known here/);
    expect(report.totals.Passed).toBeLessThan(passedBefore);
  });

  test.each([
    'bitcoin/compact_bits.json',
    'bitcoin/core_pow_tests.json',
    'bitcoin/derived_float_traps.json',
    'bitcoin/header_state_transitions.json',
    'bitcoin/mainnet_chainwork.json',
    'bitcoin/mainnet_retargets.json',
    BISECTION,
    'economics/f1_distribution.json',
    'economics/gov_openzeppelin_quorum.json',
    'economics/gov_tally_standard.json',
    'economics/inflation.json',
    'economics/slashing.json',
  ])('a case of %s that a declaration does not cover', (file) => {
    const document = readVector<Record<string, unknown>>(file);
    const [list] = Object.entries(document).findLast(([, value]) => Array.isArray(value) && isContainer(value[0])) ?? [
      '',
    ];
    change(document, [list, 0], (entry) => (isContainer(entry) ? { ...entry, except: 1 } : entry));
    expect(troublesIn(reportOn({ 'a.json': document })).join()).toContain('except is a key that is not known here');
    expect(troublesIn(reportOn({ 'a.json': { ...document, unheardOf: [1] } })).join()).toContain('unheardOf is a key');
  });

  describe('in raw headers', () => {
    const HEADERS = `${BITCOIN}mainnet_headers_586657_589289.bin.gz`;
    const spoiled = (at: number): Uint8Array => {
      const raw = Uint8Array.from(readVectorBytes(HEADERS));
      raw[at] = (raw[at] ?? 0) ^ 1;
      return raw;
    };
    const indexed = (changes: object = {}) => ({
      'index.json': { ...readVector<object>(`${BITCOIN}mainnet_headers_index.json`), ...changes },
      'raw.bin': readVectorBytes(HEADERS),
    });

    test('one bit changed, in the header that has it and in the one after', () => {
      const troubles = troublesIn(reportOn({ 'raw.bin': spoiled(80 * 99 + 70) }));
      expect(troubles[0]).toMatch(/^headers #100: the hash is above the target/);
      expect(troubles[1]).toMatch(/^headers #101: it does not follow the one before/);
      expect(troubles).toHaveLength(2);
    });

    test('a retarget at another height, with another start, or not listed', () => {
      expect(troublesIn(reportOn(indexed()))).toEqual([]);
      expect(troublesIn(reportOn(indexed({ retargetHeights: [588_673] }))).join()).toContain(
        'bits change within the interval before',
      );
      const intervalFirst = { height: 586_656, time: 1_563_880_000, bits: '171f3a08' };
      expect(troublesIn(reportOn(indexed({ intervalFirst }))).join()).toContain('new bits: expected');
      expect(troublesIn(reportOn(indexed({ retargetHeights: [586_657] }))).join()).toContain(
        'bits change at 588672, which is not listed',
      );
    });

    test('an index without its headers', () => {
      const { 'index.json': index } = indexed();
      expect(troublesIn(reportOn({ 'index.json': index })).join()).toContain('no file of 2633 raw headers');
    });
  });

  test('an accumulated hash that differs, and an iteration count out of bounds', () => {
    const document = readVector<Record<string, unknown>>(`${MLDSA}cctv_accumulated_100.json`);
    change(document, ['iterations'], instead(1));
    const wrong = reportOn({ 'a.json': document });
    expect(wrong.totals).toMatchObject({ Passed: 0, Failed: 3 });
    expect(troublesIn(wrong)[0]).toContain('result ML-DSA-44: accumulated hash');
    change(document, ['iterations'], instead(10_001));
    expect(reportOn({ 'a.json': document }).totals).toMatchObject({ Passed: 0, NotUnderstood: 3 });
  });

  test('a message for a benchmark that is none', () => {
    const report = reportOn({ 'ML-DSA-44.json': ['BUS7IAZWYOZ4JHJQYDWRTJL4V7', 'hello'] });
    expect(report.totals).toMatchObject({ Passed: 1, NotUnderstood: 1 });
    expect(report.files[0]?.remarks).toEqual([expect.stringContaining('passed means signed and verified')]);
  });
});
