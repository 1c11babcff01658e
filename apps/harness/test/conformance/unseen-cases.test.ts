import { describe, expect, test } from 'vitest';
import { reportOn, troublesIn } from './support.ts';

// Cases of the known formats as others may write them: other powers, names and numbers than those at hand.

const votes = (powers: Readonly<Record<string, unknown>>, steps: readonly (readonly [string, number, unknown])[]) => ({
  traces: [
    {
      height: 1,
      validators: powers,
      steps: steps.map(([from, round, emits]) => ({
        vote: { type: 'prevote', from, height: 1, round, value: 'x' },
        weight: powers[from],
        currentRound: 0,
        emits,
      })),
    },
  ],
});
const POLKA = { polkaValue: { round: 0, value: 'x' } };

describe('votes', () => {
  test('of powers beyond 2⁵³', () => {
    const powers = { a: String(2n ** 59n), b: String(2n ** 58n), c: String(2n ** 58n - 1n) };
    const steps = [
      ['a', 0, null],
      ['b', 0, POLKA],
    ] as const;
    expect(troublesIn(reportOn({ 'a.json': votes(powers, steps) }))).toEqual([]);
    const early = [['a', 0, POLKA]] as const;
    expect(troublesIn(reportOn({ 'a.json': votes(powers, early) })).join()).toContain('emits: expected');
  });
  test('of a round below 0 are not understood', () => {
    expect(troublesIn(reportOn({ 'a.json': votes({ a: 1 }, [['a', -1, null]]) })).join()).toContain('round must be');
  });
  test('of one voter in two rounds beyond the next run, in a third one they are declared', () => {
    const far = [2, 3].map((round) => ['a', round, null] as const);
    const powers = { a: 1, b: 1, c: 1 };
    expect(reportOn({ 'a.json': votes(powers, far) }).totals).toMatchObject({ Passed: 1, Declared: 0 });
    const third = votes(powers, [...far, ['a', 4, null]]);
    expect(reportOn({ 'a.json': third }).totals).toMatchObject({ Passed: 0, Declared: 1, Failed: 0 });
    const wrongBefore = votes(powers, [['b', 0, POLKA], ...far, ['a', 4, null]]);
    expect(reportOn({ 'a.json': wrongBefore }).totals).toMatchObject({ Declared: 0, Failed: 1 });
  });
});

describe('a set of validators', () => {
  const MAX = 2n ** 60n - 1n;
  const adding = (votingPower: string) => ({
    updates_invalid: [{ start: [['v1', String(MAX)]], changes: [['v2', votingPower]], why: 'exceeds max total power' }],
  });
  test('of exactly 2⁶⁰ is declared where it must be refused, and refused one above', () => {
    expect(reportOn({ 'a.json': adding('1') }).totals).toMatchObject({ Declared: 1, Failed: 0 });
    expect(reportOn({ 'a.json': adding('2') }).totals).toMatchObject({ Passed: 1, Declared: 0 });
    const built = { construction_invalid: [[['v1', String(MAX + 1n)]], [['v1', String(MAX + 2n)]], [['v1', 7]]] };
    expect(reportOn({ 'a.json': built }).totals).toMatchObject({ Passed: 1, Declared: 1, Failed: 1 });
  });
  test.each([['addresses', 'a1'.repeat(20), 'b2'.repeat(20)] as const, ['hashes', '1'.repeat(64), '2'.repeat(64)]])(
    'takes turns by %s in hex',
    (_what, first, second) => {
      const validators = [
        [second, 1],
        [first, 1],
      ];
      const right = { selection: [{ name: 'two', validators, proposers: [first, second, first] }] };
      expect(troublesIn(reportOn({ 'a.json': right }))).toEqual([]);
      const wrong = { selection: [{ name: 'two', validators, proposers: [second, first, second] }] };
      expect(reportOn({ 'a.json': wrong }).totals).toMatchObject({ Passed: 0, Failed: 1 });
    },
  );
});

describe('a round state machine', () => {
  const nowhere = { height: 1, lockedRound: -1, lockedValue: null, validRound: -1, validValue: null };
  const proposedIn = (round: number) => ({
    traces: [
      {
        process: 'v1',
        height: 1,
        steps: [
          {
            input: { kind: 'newRound', round: 0 },
            output: { scheduleTimeout: 'propose', round: 0 },
            state: { ...nowhere, round: 0, step: 'propose' },
          },
          {
            input: { kind: 'proposal', round, value: 'x' },
            output: { vote: { type: 'prevote', from: 'v1', height: 1, round: 0, value: 'x' } },
            state: { ...nowhere, round: 0, step: 'prevote' },
          },
        ],
      },
    ],
  });
  test('takes no proposal of another round for one of its own', () => {
    expect(troublesIn(reportOn({ 'a.json': proposedIn(0) }))).toEqual([]);
    expect(troublesIn(reportOn({ 'a.json': proposedIn(1) })).join()).toContain('another round than the current one');
  });

  const started = (ids: readonly string[], self: string, output: unknown, step = 'propose') => ({
    traces: [
      {
        name: 'start',
        validators: Object.fromEntries(ids.map((id) => [id, 1])),
        correct: [self],
        faulty: [],
        steps: [
          { ev: 'step', at: self, input: { kind: 'start' }, output, state: { ...nowhere, height: 0, round: 0, step } },
        ],
        final: { [self]: { ...nowhere, height: 0, round: 0, step, decided: [] } },
      },
    ],
  });
  const TEN = Array.from({ length: 10 }, (_, i) => `v${String(i + 1)}`);
  const PROPOSING = { getValue: { height: 0, round: 0 }, scheduleTimeout: 'propose' };
  const WAITING = { scheduleTimeout: 'propose', round: 0 };
  test('among ten starts with the second, v2 and not v10', () => {
    expect(troublesIn(reportOn({ 'a.json': started(TEN, 'v2', PROPOSING) }))).toEqual([]);
    expect(troublesIn(reportOn({ 'a.json': started(TEN, 'v10', WAITING) }))).toEqual([]);
    expect(troublesIn(reportOn({ 'a.json': started(TEN, 'v10', PROPOSING) }))).toHaveLength(1);
  });
  test.each([
    { scheduleTimeout: 'prevote', round: 0 },
    { scheduleTimeout: 'propose', round: 1 },
    { scheduleTimeout: 'precommit', round: 1 },
    { vote: { type: 'prevote', from: 'v10', height: 0, round: 0, value: null } },
    { decided: { round: 0, value: 'x' } },
    { propose: { from: 'v10', height: 0, round: 1, value: 'x', validRound: -1 } },
  ])('puts out nothing of a step that it is not in: %o', (output) => {
    const troubles = troublesIn(reportOn({ 'a.json': started(TEN, 'v10', output) }));
    expect(troubles.join()).toContain('v10, output');
  });
});

describe('commits', () => {
  const verdictOn = (entry: object) => reportOn({ 'a.json': { commitVerification: { cases: [entry] } } });
  const commit = { validators: 4, blockVotes: 4, nilVotes: 0, absentVotes: 0, ok: false };
  test.each([
    { ...commit, validators: 9, blockVotes: 7, why: '7 signatures for a set of 9' },
    { ...commit, validators: 10, blockVotes: 9, why: '9 signatures for a set of 10' },
    { ...commit, validators: 3, why: '4 signatures for a set of 3 (double vote)' },
    { ...commit, why: 'signed for another chain id' },
  ])('are refused: $why', (entry) => {
    expect(troublesIn(verdictOn(entry))).toEqual([]);
    expect(verdictOn({ ...entry, ok: true }).totals).toMatchObject({ Failed: 1 });
  });
  test.each([
    { ...commit, why: '3 signatures for a set of 4' },
    { ...commit, why: '4 signatures for a set of 4' },
    { ...commit, blockVotes: 3, nilVotes: 1, why: '3 signatures for a set of 4' },
    { ...commit, nilVotes: 1, why: 'signed for another chain id' },
    { ...commit, absentVotes: 1 },
    { ...commit, why: 'constructor' },
  ])('whose numbers contradict themselves are not understood: %o', (entry) => {
    expect(verdictOn(entry).totals).toMatchObject({ Passed: 0, NotUnderstood: 1 });
  });
  test('and quorums know no negative power', () => {
    const negative = { honest_strictly_more_than_one_third: [{ weight: -3, total: 10, met: false }] };
    expect(reportOn({ 'a.json': negative }).totals).toMatchObject({ Passed: 0, NotUnderstood: 1 });
  });
});

describe('tallies', () => {
  const tallyOf = (changes: object) => ({
    params: { quorum: '0.334', threshold: '0.5', vetoThreshold: '0.334' },
    cases: [
      {
        name: 'one of two',
        validators: 2,
        powerEach: 10,
        totalBonded: 20,
        delegations: [{ delegator: 'd0', validator: 'v0', shares: 4 }],
        votes: [['v0', 'yes']],
        expect: { yes: 10, abstain: 0, no: 0, veto: 0, spam: 0, pass: true, burnDeposit: false },
        ...changes,
      },
    ],
  });
  test('of stake that adds up pass', () => {
    expect(troublesIn(reportOn({ 'a.json': tallyOf({}) }))).toEqual([]);
  });
  test.each([
    ['neither nothing nor', { totalBonded: 21 }],
    ['neither nothing nor', { validators: 3 }],
    ['must be an integer from 0 on', { totalBonded: -20 }],
    ['not one of the validators', { delegations: [{ delegator: 'd0', validator: 'v2', shares: 4 }] }],
    ['more of v0 than its power', { delegations: [{ delegator: 'd0', validator: 'v0', shares: 11 }] }],
  ])('%s is not understood', (problem, changes) => {
    const report = reportOn({ 'a.json': tallyOf(changes) });
    expect(troublesIn(report).join()).toContain(problem);
    expect(report.totals).toMatchObject({ Passed: 0, NotUnderstood: 1 });
  });
});
