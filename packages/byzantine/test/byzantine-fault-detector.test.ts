import { MICRO_PER_ZHTP } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { ByzantineFaultDetector, type PenaltyTarget } from '@zhtp/byzantine';
import { stakeBook } from './stake-book.ts';
import { hashNamed, identityNamed, left, right, watched } from './support.ts';

const [A, B] = [new Uint8Array(64).fill(1), new Uint8Array(64).fill(2)];
const V0 = identityNamed('v0');
const V1 = identityNamed('v1');
const ZHTP = MICRO_PER_ZHTP;

describe('ByzantineFaultDetector.detectFaults', () => {
  test('finds nothing where nothing was recorded', () => {
    expect(right(new ByzantineFaultDetector().detectFaults(stakeBook('v0').manager))).toEqual([]);
  });

  test('answers in identity order, by type as the penalty table has them, with the time it is told', () => {
    const { detector } = watched();
    for (const name of ['v1', 'v0', 'v2']) {
      right(detector.recordInvalidVote(identityNamed(name), 4n, 'Commit of the zero id'));
      right(detector.recordDoubleSign(identityNamed(name), 3n, 0, A, B));
    }
    const faults = right(detector.detectFaults(stakeBook('v0', 'v1', 'v2').manager, 77n));
    const sorted = ['v0', 'v1', 'v2'].map(identityNamed).sort();
    expect(faults.map(({ validator, faultType }) => [validator, faultType])).toEqual(
      sorted.flatMap((id) => [
        [id, 'DoubleSign'],
        [id, 'InvalidVote'],
      ]),
    );
    expect(faults.every(({ detectedAt }) => detectedAt === 77n)).toBe(true);
  });

  test('ignores who is no validator, and a double sign of who is tombstoned', () => {
    const { detector } = watched();
    right(detector.recordDoubleSign(V0, 3n, 0, A, B));
    expect(right(detector.detectFaults(stakeBook('v1').manager))).toEqual([]);
    const book = stakeBook('v0');
    right(book.manager.slashValidator(V0, 'DoubleSign', 5));
    expect(right(detector.detectFaults(book.manager))).toEqual([]);
  });

  test('answers the same until faults are processed, and tells of each once', () => {
    const { detector, tags } = watched();
    right(detector.recordDoubleSign(V0, 3n, 0, A, B));
    const book = stakeBook('v0');
    expect(right(detector.detectFaults(book.manager))).toEqual(right(detector.detectFaults(book.manager)));
    expect(tags()).toEqual(['FaultRecorded', 'FaultDetected']);
  });

  test('takes the latest time it was told when it is given none', () => {
    const { detector } = watched();
    right(detector.recordDoubleSign(V0, 3n, 0, A, B));
    detector.detectReplayAttack(V1, hashNamed('x'), 500n);
    detector.detectReplayAttack(V1, hashNamed('x'), 400n);
    expect(right(detector.detectFaults(stakeBook('v0').manager)).map(({ detectedAt }) => detectedAt)).toEqual([500n]);
  });
});

describe('ByzantineFaultDetector.recordDoubleSign', () => {
  test('makes a critical fault of one', () => {
    const { detector } = watched();
    right(detector.recordDoubleSign(V0, 3n, 1, A, B));
    expect(right(detector.detectFaults(stakeBook('v0').manager))).toEqual([
      {
        validator: V0,
        faultType: 'DoubleSign',
        severity: 'Critical',
        evidence: 'height 3: two messages signed in round 1',
        detectedAt: 0n,
      },
    ]);
  });

  test('refuses two identical signatures and empty ones', () => {
    const { detector } = watched();
    expect(left(detector.recordDoubleSign(V0, 3n, 1, A, A.slice())).message).toContain(
      'signing once is no double sign',
    );
    expect(left(detector.recordDoubleSign(V0, 3n, 1, new Uint8Array(0), B)).message).toContain('must not be empty');
    expect(right(detector.detectFaults(stakeBook('v0').manager))).toEqual([]);
  });
});

describe('ByzantineFaultDetector.recordLivenessViolation', () => {
  test.each([
    [[1, 1], undefined],
    [[2], undefined],
    [[3], 'Minor'],
    [[1, 1, 1], 'Minor'],
    [Array<number>(9).fill(1), 'Minor'],
    [Array<number>(10).fill(1), 'Critical'],
  ])('of %j missed rounds at as many heights is %s', (missed, severity) => {
    const { detector } = watched();
    for (const [i, rounds] of missed.entries()) right(detector.recordLivenessViolation(V0, BigInt(i), rounds));
    const [fault] = right(detector.detectFaults(stakeBook('v0').manager));
    expect(fault?.severity).toBe(severity);
  });

  test('counts a height once, by the report that says most', () => {
    const { detector } = watched();
    for (const rounds of [1, 2, 1, 2]) right(detector.recordLivenessViolation(V0, 9n, rounds));
    expect(right(detector.detectFaults(stakeBook('v0').manager))).toEqual([]);
    right(detector.recordLivenessViolation(V0, 9n, 3));
    expect(right(detector.detectFaults(stakeBook('v0').manager))).toHaveLength(1);
  });

  test('refuses no missed round', () => {
    expect(left(new ByzantineFaultDetector().recordLivenessViolation(V0, 9n, 0)).message).toBe(
      'missedRounds is 0, it must be at least 1',
    );
  });
});

describe('ByzantineFaultDetector.recordInvalidProposal', () => {
  test('makes a major fault of three different proposals, not of one told three times', () => {
    const { detector } = watched();
    const propose = (name: string, height: bigint) =>
      right(detector.recordInvalidProposal(V0, height, hashNamed(name), 'wrong parent'));
    for (let i = 0; i < 3; i++) propose('x', 4n);
    propose('y', 5n);
    expect(right(detector.detectFaults(stakeBook('v0').manager))).toEqual([]);
    propose('z', 6n);
    expect(right(detector.detectFaults(stakeBook('v0').manager))).toMatchObject([
      { faultType: 'InvalidProposal', severity: 'Major' },
    ]);
  });
});

describe('ByzantineFaultDetector.recordInvalidVote', () => {
  test('makes a minor fault of one', () => {
    const { detector } = watched();
    right(detector.recordInvalidVote(V0, 4n, 'Commit of the zero id'));
    expect(right(detector.detectFaults(stakeBook('v0').manager))).toMatchObject([
      { faultType: 'InvalidVote', severity: 'Minor' },
    ]);
  });
});

describe('ByzantineFaultDetector.processFaults', () => {
  test('applies the table through the manager and answers with what was applied', () => {
    const { detector, tags } = watched();
    const book = stakeBook('v0', 'v1');
    right(detector.recordDoubleSign(V0, 3n, 0, A, B));
    right(detector.recordLivenessViolation(V1, 3n, 3));
    const penalties = right(detector.processFaults(right(detector.detectFaults(book.manager, 9n)), book.manager));
    expect(new Map(penalties.map((penalty) => [penalty.validator, penalty]))).toEqual(
      new Map([
        [
          V0,
          {
            validator: V0,
            faultType: 'DoubleSign',
            severity: 'Critical',
            slashType: 'DoubleSign',
            slashPercentage: 5,
            status: 'Tombstone',
            slashed: 50n * ZHTP,
            statusAfter: 'Slashed',
          },
        ],
        [
          V1,
          {
            validator: V1,
            faultType: 'Liveness',
            severity: 'Minor',
            slashType: 'Liveness',
            slashPercentage: 1,
            status: 'Jail',
            slashed: 10n * ZHTP,
            statusAfter: 'Jailed',
          },
        ],
      ]),
    );
    expect([book.stakeOf('v0'), book.stakeOf('v1')]).toEqual([950n * ZHTP, 990n * ZHTP]);
    expect(tags().filter((tag) => tag === 'PenaltyApplied')).toHaveLength(2);
  });

  test('twice equals once, in one list or two', () => {
    const { detector } = watched();
    const book = stakeBook('v0');
    right(detector.recordDoubleSign(V0, 3n, 0, A, B));
    const faults = right(detector.detectFaults(book.manager));
    expect(right(detector.processFaults([...faults, ...faults], book.manager))).toHaveLength(1);
    expect(right(detector.processFaults(faults, book.manager))).toEqual([]);
    right(detector.recordDoubleSign(V0, 9n, 2, A, B));
    expect(right(detector.detectFaults(book.manager))).toEqual([]);
    expect(book.slashes).toEqual(['DoubleSign 50000000']);
  });

  test('punishes a second liveness fault once enough new rounds were missed, and the tenth record harder', () => {
    const { detector } = watched();
    const book = stakeBook('v0');
    const punish = () => right(detector.processFaults(right(detector.detectFaults(book.manager)), book.manager));
    for (let height = 1n; height <= 12n; height++) {
      right(detector.recordLivenessViolation(V0, height, 1));
      punish();
    }
    expect(book.slashes.map((slash) => slash.split(' ')[0])).toEqual(Array(4).fill('Liveness'));
    // 1 % of what is left three times, then 3 %.
    expect(book.stakeOf('v0')).toBe(941_190_030n);
  });

  test('refuses a fault that was never recorded here, and applies nothing of its list', () => {
    const { detector } = watched();
    const book = stakeBook('v0', 'v1');
    right(detector.recordDoubleSign(V0, 3n, 0, A, B));
    const faults = right(detector.detectFaults(book.manager));
    const invented = faults.map((fault) => ({ ...fault, validator: V1 }));
    expect(left(detector.processFaults([...faults, ...invented], book.manager)).message).toContain(
      `no DoubleSign of validator ${V1} is on record here`,
    );
    expect(book.slashes).toEqual([]);
  });

  test('believes no severity and no type but its own records', () => {
    const { detector } = watched();
    const book = stakeBook('v0');
    right(detector.recordLivenessViolation(V0, 3n, 3));
    const [fault] = right(detector.detectFaults(book.manager));
    const harsher = fault === undefined ? [] : [{ ...fault, severity: 'Critical' as const }];
    expect(right(detector.processFaults(harsher, book.manager)).map(({ slashPercentage }) => slashPercentage)).toEqual([
      1,
    ]);
    const other = harsher.map((one) => ({ ...one, faultType: 'DoubleSign' as const }));
    expect(E.isLeft(detector.processFaults(other, book.manager))).toBe(true);
  });

  test('names who is not registered', () => {
    const { detector } = watched();
    right(detector.recordDoubleSign(V0, 3n, 0, A, B));
    const faults = right(detector.detectFaults(stakeBook('v0').manager));
    expect(left(detector.processFaults(faults, stakeBook('v1').manager)).message).toContain(
      `Validator not found: ${V0}`,
    );
  });

  test('goes on behind what was applied when the manager refuses one', () => {
    const { detector } = watched();
    const book = stakeBook('v0', 'v1');
    for (const id of [V0, V1]) right(detector.recordDoubleSign(id, 3n, 0, A, B));
    const faults = right(detector.detectFaults(book.manager));
    const last = [V0, V1].sort()[1];
    const refusing: PenaltyTarget = {
      getValidator: (identity) => book.manager.getValidator(identity),
      slashValidator: (identity, type, percentage) =>
        identity === last
          ? E.left({ _tag: 'ValidatorError', message: 'not now' })
          : book.manager.slashValidator(identity, type, percentage),
      jailForLiveness: (identity) => book.manager.jailForLiveness(identity),
    };
    expect(left(detector.processFaults(faults, refusing)).message).toBe('not now');
    expect(right(detector.processFaults(faults, book.manager)).map(({ validator }) => validator)).toEqual([last]);
    expect(book.slashes).toHaveLength(2);
  });

  test.each([
    [undefined, 600n],
    [30n, 30n],
  ])('jails without taking stake where the configuration says 0, for the %s seconds of the rules', (rule, term) => {
    const book = stakeBook('v0');
    if (rule !== undefined) right(book.manager.applyRules({ livenessJailSeconds: rule }));
    const detector = right(ByzantineFaultDetector.create({ slashLiveness: 0 }));
    right(detector.recordLivenessViolation(V0, 3n, 3));
    const faults = right(detector.detectFaults(book.manager, 50n));
    expect(right(detector.processFaults(faults, book.manager))).toMatchObject([{ slashed: 0n, statusAfter: 'Jailed' }]);
    expect(O.toUndefined(book.manager.getValidator(V0))?.jailUntil).toEqual(O.some(term));
  });
});

describe('ByzantineFaultDetector.forensicRecords', () => {
  test('keeps what happened, by validator, kind and time', () => {
    const { detector } = watched();
    right(detector.recordDoubleSign(V0, 3n, 0, A, B));
    detector.detectReplayAttack(V1, hashNamed('x'), 100n);
    detector.detectReplayAttack(V1, hashNamed('x'), 200n);
    expect(detector.forensicRecords().map(({ kind, at }) => [kind, at])).toEqual([
      ['DoubleSignRecorded', 0n],
      ['Replay', 200n],
    ]);
    expect(detector.forensicRecords({ validator: V0 })).toHaveLength(1);
    expect(detector.forensicRecords({ kind: 'Replay', since: 200n })).toHaveLength(1);
    expect(detector.forensicRecords({ since: 201n })).toEqual([]);
  });
});

describe('ByzantineFaultDetector.create', () => {
  test.each([
    [{ slashDoubleSign: 0 }, 'slashDoubleSign is 0, it must be a whole percentage from 1 to 100'],
    [{ slashDoubleSign: 101 }, 'slashDoubleSign is 101'],
    [{ slashLiveness: 21 }, 'slashLiveness is 21, it must be a whole percentage from 0 to 20'],
    [{ slashLiveness: 0.5 }, 'slashLiveness is 0.5'],
  ])('refuses %j', (options, message) => {
    expect(left(ByzantineFaultDetector.create(options)).message).toContain(message);
  });

  test.each([
    [1, 0],
    [100, 20],
  ])('takes %i %% and %i %%', (slashDoubleSign, slashLiveness) => {
    const detector = right(ByzantineFaultDetector.create({ slashDoubleSign, slashLiveness }));
    const book = stakeBook('v0');
    right(detector.recordDoubleSign(V0, 1n, 0, A, B));
    right(detector.processFaults(right(detector.detectFaults(book.manager)), book.manager));
    expect(book.slashes).toEqual([`DoubleSign ${String(slashDoubleSign * 10_000_000)}`]);
  });
});
