import { readVector, vectorsFolder } from '@zhtp/testing';
import { describe, expect, test } from 'vitest';
import { reportOn, troublesIn } from './support.ts';

interface Member {
  id: string;
  power: number;
}

interface Trace {
  name: string;
  trustingPeriodSec: number;
  trustThreshold: readonly number[];
  trusted: { height: number; time: number; nextValidators: readonly Member[] };
  steps: {
    now: number;
    block: {
      height: number;
      time: number;
      validators: readonly Member[];
      nextValidators: readonly Member[];
      commitSigners: readonly string[];
      commitIsForThisHeader: boolean;
    };
    verdict: string;
  }[];
}

const FOUR: readonly Member[] = ['a', 'b', 'c', 'd'].map((id) => ({ id, power: 1 }));

/** One step from height 1 at second 1 by four equal validators, all of which sign. */
const trace = (
  block: Partial<Trace['steps'][number]['block']>,
  verdict: string,
  { now = 100, ...rest }: Partial<Trace> & { readonly now?: number } = {},
): Trace => ({
  name: 'made here',
  trustingPeriodSec: 1000,
  trustThreshold: [1, 3],
  trusted: { height: 1, time: 1, nextValidators: FOUR },
  steps: [
    {
      now,
      block: {
        height: 5,
        time: 5,
        validators: FOUR,
        nextValidators: FOUR,
        commitSigners: ['a', 'b', 'c', 'd'],
        commitIsForThisHeader: true,
        ...block,
      },
      verdict,
    },
  ],
  ...rest,
});

const troublesOf = (...cases: readonly Trace[]): readonly string[] => troublesIn(reportOn({ 'a.json': { cases } }));

const STRANGERS: readonly Member[] = ['w', 'x', 'y'].map((id) => ({ id, power: 1 }));

describe('a single step', () => {
  test('is judged at any trust level, and of none below a third', () => {
    const half = [...FOUR.slice(0, 2), ...STRANGERS];
    const byTwo = { validators: half, commitSigners: half.map(({ id }) => id) };
    expect(troublesOf(trace(byTwo, 'SUCCESS'))).toEqual([]);
    expect(troublesOf(trace(byTwo, 'NOT_ENOUGH_TRUST', { trustThreshold: [1, 2] }))).toEqual([]);
    expect(troublesOf(trace({}, 'NOT_ENOUGH_TRUST', { trustThreshold: [1, 1] }))).toEqual([]);
    expect(troublesOf(trace({ height: 2 }, 'SUCCESS', { trustThreshold: [1, 1] }))).toEqual([]);
    for (const trustThreshold of [
      [1, 4],
      [2, 1],
      [1, 0],
    ])
      expect(troublesOf(trace({}, 'SUCCESS', { trustThreshold })).join()).toContain(
        'is not between a third and the whole',
      );
  });

  test('is judged by clock, age, height and time, to the second', () => {
    expect(troublesOf(trace({ time: 99 }, 'SUCCESS'), trace({ time: 100 }, 'INVALID'))).toEqual([]);
    expect(troublesOf(trace({}, 'SUCCESS', { now: 1000 }), trace({}, 'INVALID', { now: 1001 }))).toEqual([]);
    expect(troublesOf(trace({ time: 2 }, 'SUCCESS'), trace({ time: 1 }, 'INVALID'))).toEqual([]);
    expect(troublesOf(trace({ height: 2 }, 'SUCCESS'), trace({ height: 1 }, 'INVALID'))).toEqual([]);
  });

  test('is judged by who signed what', () => {
    const three = { commitSigners: ['a', 'b', 'c'] };
    expect(troublesOf(trace(three, 'SUCCESS'), trace({ ...three, height: 2 }, 'SUCCESS'))).toEqual([]);
    expect(troublesOf(trace({ commitSigners: ['a', 'b'] }, 'INVALID'))).toEqual([]);
    expect(troublesOf(trace({ commitIsForThisHeader: false }, 'INVALID'))).toEqual([]);
    expect(troublesOf(trace({ commitSigners: ['a', 'b', 'c', 'x'] }, 'INVALID'))).toEqual([]);
    const others = { validators: STRANGERS, commitSigners: STRANGERS.map(({ id }) => id) };
    expect(troublesOf(trace(others, 'NOT_ENOUGH_TRUST'), trace({ ...others, height: 2 }, 'INVALID'))).toEqual([]);
    expect(troublesOf(trace({ nextValidators: [] }, 'SUCCESS'))).toEqual([]);
  });

  test('begins where the one before ended, if the file says SUCCESS', () => {
    const [first] = trace({ height: 2, time: 2, nextValidators: STRANGERS }, 'SUCCESS').steps;
    const [second] = trace(
      { height: 3, time: 3, validators: STRANGERS, commitSigners: STRANGERS.map(({ id }) => id) },
      'SUCCESS',
    ).steps;
    if (first === undefined || second === undefined) throw new Error('two steps');
    expect(troublesOf(trace({}, '', { steps: [first, second] }))).toEqual([]);
    expect(troublesOf(trace({}, '', { steps: [{ ...first, verdict: 'INVALID' }, second] })).join()).toMatch(
      /step 1: verdict: expected "INVALID", got "SUCCESS".*step 2: verdict: expected "SUCCESS", got "NOT_ENOUGH_TRUST"/,
    );
  });

  test('with a set that is none is not understood, nor what begins from it', () => {
    const twice = [...FOUR, ...FOUR];
    const [first] = trace({ height: 2, time: 2, nextValidators: twice }, 'SUCCESS').steps;
    const [second] = trace({ height: 3, time: 3 }, 'SUCCESS').steps;
    if (first === undefined || second === undefined) throw new Error('two steps');
    const { totals } = reportOn({ 'a.json': { cases: [trace({}, '', { steps: [first, second] })] } });
    expect(totals).toEqual({ Passed: 0, Failed: 0, Declared: 0, NotUnderstood: 2 });
  });
});

interface Shown {
  height: number;
  time: string;
  chainId: string;
  headerId: string;
  commitHeight: number;
  validators: Member[];
  commitSigners: string[];
  nilSigners: string[];
  validatorsHash: string;
  nextValidatorsHash: string;
}

interface Bisection {
  name: string;
  trust: { periodSec: number; height: number; headerId: string; level: number[] };
  now: string;
  heightToVerify: number;
  primary: Shown[];
  witnesses: Shown[][];
  expected: string;
}

describe.skipIf(vectorsFolder() === null)('a bisection that ends well', () => {
  /** The happy path of eleven heights, changed. */
  const verdictOf = (change: (given: Bisection, target: Shown) => void): string => {
    const { cases } = readVector<{ cases: Bisection[] }>('consensus/light_client_bisection.json');
    const happy = cases.find(({ name }) => name === 'happy_path');
    const target = happy?.primary.find(({ height }) => height === happy.heightToVerify);
    if (happy === undefined || target === undefined) throw new Error('there is a happy path');
    change(happy, target);
    return troublesIn(reportOn({ 'a.json': { cases: [happy] } })).join();
  };

  test('fails for another root of trust, chain, commit or clock', () => {
    const changes: readonly [string, (given: Bisection, target: Shown) => void][] = [
      ['trusted is', ({ trust }) => (trust.headerId = '00')],
      ['does not have the trusted block', ({ trust }) => (trust.height = 77)],
      ['is of chain other-chain', (_, target) => (target.chainId = 'other-chain')],
      ['is for height 10, not 11', (_, target) => (target.commitHeight = 10)],
      ['signed by 50 of 100', (_, target) => target.commitSigners.pop()],
      ['it must be before', (given) => (given.now = '2019-11-02T15:04:50.000Z')],
      ['it must be less than', (given) => (given.now = '2019-11-02T18:04:00Z')],
    ];
    for (const [problem, change] of changes) {
      const verdict = verdictOf(change);
      expect(verdict, problem).toContain('happy_path: expected no error, got');
      expect(verdict).toContain(problem);
    }
  });

  test('goes on within the drift of clocks, and to the last moment of the trusting period', () => {
    expect(verdictOf((given) => (given.now = '2019-11-02T15:04:50.001Z'))).toBe('');
    expect(verdictOf((given) => (given.now = '2019-11-02T18:03:59.999Z'))).toBe('');
  });

  test('fails when a set is not the one that was named by its hash', () => {
    const heavier = (_: Bisection, target: Shown): void => {
      for (const member of target.validators) member.power += 1;
    };
    expect(verdictOf(heavier)).toContain('has validatorsHash');
    expect(verdictOf((_, target) => (target.validatorsHash = 'ADAE23D9D908638F'))).toContain('has validatorsHash');
    expect(verdictOf((_, target) => (target.nextValidatorsHash = '00'))).toContain('has nextValidatorsHash');
  });

  test('fails when the primary lacks what is wanted, or a witness shows another header', () => {
    expect(verdictOf((given) => (given.primary = given.primary.filter(({ height }) => height !== 11)))).toContain(
      'the primary does not have height 11',
    );
    expect(verdictOf((given, target) => given.witnesses.push([{ ...target, headerId: '00' }]))).toContain(
      'shows another header of height 11',
    );
  });

  test('needs nothing to reach the trusted block itself, and cannot go below it', () => {
    expect(verdictOf((given) => (given.heightToVerify = 1))).toBe('');
    expect(verdictOf((given) => (given.heightToVerify = 0))).toContain('must be above the trusted height');
  });

  test('is not understood with a time, level, set or chain that cannot be', () => {
    expect(verdictOf((given) => (given.now = '2019-11-02'))).toContain('is no time in whole milliseconds');
    expect(verdictOf((_, target) => (target.time = '2019-11-02T15:05:00.0001Z'))).toContain('is no time');
    expect(verdictOf(({ trust }) => (trust.level = [1, 4]))).toContain('is not between a third and the whole');
    expect(verdictOf((given, target) => given.primary.push(target))).toContain('is there twice');
    expect(verdictOf((_, target) => (target.nilSigners = target.commitSigners))).toContain(
      'signs for the block and for nil',
    );
  });
});
