import { option as O } from 'fp-ts';
import type { IdentityId, LivenessMonitor } from '@zhtp/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CHAIN_THRESHOLDS,
  dueFaults,
  EMPTY_FILE,
  LOCAL_THRESHOLDS,
  markPunished,
  recordFault,
  RECORDS_PER_TYPE_MAX,
  withoutExpired,
  type FaultRecord,
} from '../src/fault-file.ts';
import { createFirstVotes, FIRST_VOTE_HEIGHTS } from '../src/first-votes.ts';
import { createForensicLog, FORENSIC_RECORDS_MAX, FORENSIC_SECONDS_MAX } from '../src/forensic-log.ts';
import { suspectPartition } from '../src/network-partition.ts';
import { PENALTY_TABLE, penaltyFor } from '../src/penalties.ts';
import { createReplayWindow, REPLAY_ENTRIES_MAX, REPLAY_WINDOW_SECONDS } from '../src/replay-window.ts';
import { hashNamed, identityNamed, vote } from './support.ts';

const V0 = identityNamed('v0');

describe('a replay window', () => {
  test('ends 300 s after first sight, however often a payload came', () => {
    const seen = createReplayWindow();
    const see = (at: bigint) => O.toUndefined(seen.see(V0, hashNamed('x'), at))?.replayCount;
    const W = REPLAY_WINDOW_SECONDS;
    expect([0n, 1n, W - 1n, W, W + 1n, W + 2n].map(see)).toEqual([undefined, 1, 2, 3, undefined, 1]);
  });

  test('holds 10 000 payloads and lets the least recently used go', () => {
    const seen = createReplayWindow();
    const see = (n: number) => O.isSome(seen.see(V0, hashNamed(String(n)), 1n));
    for (let n = 0; n < REPLAY_ENTRIES_MAX; n++) see(n);
    expect([see(0), seen.size]).toEqual([true, REPLAY_ENTRIES_MAX]);
    expect([see(REPLAY_ENTRIES_MAX), seen.size]).toEqual([false, REPLAY_ENTRIES_MAX]);
    expect([see(0), see(2), see(1)]).toEqual([true, true, false]);
  });

  test('takes time that goes back for now', () => {
    const seen = createReplayWindow();
    seen.see(V0, hashNamed('x'), 100n);
    expect(O.toUndefined(seen.see(V0, hashNamed('x'), 90n))).toMatchObject({ firstSeenAt: 100n, lastSeenAt: 100n });
  });
});

describe('a partition', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, i) => identityNamed(`p${String(i)}`));
  const monitor = (totalValidators: number, silent: number, isStalled = true): LivenessMonitor => ({
    totalValidators,
    stallThreshold: 0,
    timedOutValidators: ids(silent),
    isStalled,
  });
  const suspect = (of: LivenessMonitor) =>
    O.isSome(suspectPartition({ monitor: of, height: 1n, round: 0, nowSeconds: 1n, lastAt: O.none }));

  test.each([
    [0, 0],
    [1, 1],
  ])('is never suspected in a set of %i', (total, silent) => {
    expect(suspect(monitor(total, silent))).toBe(false);
  });

  test.each([
    [2, 1],
    [3, 1],
    [4, 2],
    [7, 3],
    [100, 34],
  ])('of %i validators needs %i silent ones, by our own threshold', (total, threshold) => {
    expect([threshold - 1, threshold].map((silent) => suspect(monitor(total, silent)))).toEqual([false, true]);
  });

  test('is never suspected while the monitor is not stalled, nor of one id told often', () => {
    expect(suspect(monitor(4, 4, false))).toBe(false);
    expect(suspect({ ...monitor(4, 1), timedOutValidators: [V0, V0, V0] })).toBe(false);
  });
});

describe('a forensic log', () => {
  const record = (at: bigint) => ({ at, kind: 'Replay' as const, validator: V0, detail: 'x' });

  test('keeps 50 000 records, the latest', () => {
    const log = createForensicLog();
    for (let i = 0; i <= FORENSIC_RECORDS_MAX; i++) log.append({ ...record(1n), detail: String(i) });
    expect(log.size).toBe(FORENSIC_RECORDS_MAX);
    expect(log.find()[0]?.detail).toBe('1');
  });

  test('keeps a day, to the second', () => {
    const log = createForensicLog();
    for (const at of [0n, 1n, FORENSIC_SECONDS_MAX]) log.append(record(at));
    expect(log.find().map(({ at }) => at)).toEqual([0n, 1n, FORENSIC_SECONDS_MAX]);
    log.append(record(FORENSIC_SECONDS_MAX + 1n));
    expect(log.find().map(({ at }) => at)).toEqual([1n, FORENSIC_SECONDS_MAX, FORENSIC_SECONDS_MAX + 1n]);
  });

  test('gives out nothing old that came late', () => {
    const log = createForensicLog();
    for (const at of [FORENSIC_SECONDS_MAX * 2n, 5n]) log.append(record(at));
    expect(log.find().map(({ at }) => at)).toEqual([FORENSIC_SECONDS_MAX * 2n]);
  });
});

describe('first votes', () => {
  const add = (votes: ReturnType<typeof createFirstVotes>, height: bigint, name = 'v0') => {
    votes.add({ vote: vote({ height, voter: identityNamed(name) }), receivedAt: 1n, reportedByPeer: O.none });
  };

  test('leave one height at a time, never all at once', () => {
    const votes = createFirstVotes();
    votes.advanceTo(1n);
    for (let height = 1n; height <= 300n; height++) {
      votes.advanceTo(height);
      add(votes, height);
      expect(votes.size).toBe(Number(height < FIRST_VOTE_HEIGHTS ? height : FIRST_VOTE_HEIGHTS));
    }
    votes.advanceTo(250n);
    expect(votes.size).toBe(100);
  });

  test('of one voter are not moved by another’s votes for far heights, nor by his own while the height is known', () => {
    const votes = createFirstVotes();
    add(votes, 5n);
    for (let height = 1_000n; height < 1_300n; height++) add(votes, height, 'v1');
    expect(votes.look(vote({ height: 5n }))._tag).toBe('Known');
    votes.advanceTo(5n);
    for (let height = 7n; height < 300n; height++) add(votes, height);
    expect(votes.look(vote({ height: 5n }))._tag).toBe('Known');
    expect(votes.look(vote({ height: 7n }))._tag).toBe('OutOfWindow');
  });

  test('without a known height are those of the hundred highest of each voter', () => {
    const votes = createFirstVotes();
    for (let height = 1n; height <= 101n; height++) add(votes, height);
    expect([1n, 2n, 101n].map((height) => votes.look(vote({ height }))._tag)).toEqual([
      'OutOfWindow',
      'Known',
      'Known',
    ]);
    expect(votes.size).toBe(100);
  });

  test('fill no more than 256 slots per height', () => {
    const votes = createFirstVotes();
    const looks = Array.from({ length: 257 }, (_, round) => {
      const { _tag } = votes.look(vote({ round }));
      votes.add({ vote: vote({ round }), receivedAt: 1n, reportedByPeer: O.none });
      return _tag;
    });
    expect(looks.slice(-2)).toEqual(['New', 'OutOfWindow']);
    expect(votes.size).toBe(256);
  });

  test('are watched of no more than 2 000 voters, and of those to the end', () => {
    const votes = createFirstVotes();
    const look = (voter: number, round = 0) => {
      const cast = vote({ round, voter: hashNamed(String(voter)) as string as IdentityId });
      const { _tag } = votes.look(cast);
      votes.add({ vote: cast, receivedAt: 1n, reportedByPeer: O.none });
      return _tag;
    };
    const looks = new Set(Array.from({ length: 2_000 }, (_, voter) => look(voter)));
    expect([...looks]).toEqual(['New']);
    expect([look(2_000), look(7), look(7, 1)]).toEqual(['OutOfWindow', 'Known', 'New']);
  });
});

describe('a fault file', () => {
  const record = (change: Partial<FaultRecord> = {}): FaultRecord => ({
    faultType: 'Liveness',
    height: 1n,
    subject: '',
    weight: 1,
    detail: 'missed',
    ...change,
  });
  const fileOf = (records: readonly FaultRecord[]) => records.reduce(recordFault, EMPTY_FILE);

  test('keeps 64 records of a type, those of the highest heights', () => {
    const file = fileOf(Array.from({ length: RECORDS_PER_TYPE_MAX + 1 }, (_, i) => record({ height: BigInt(i) })));
    expect(file.records.map(({ height }) => height)).toEqual(
      Array.from({ length: RECORDS_PER_TYPE_MAX }, (_, i) => BigInt(i + 1)),
    );
  });

  test('finds on chain every window fault, and invalid proposals at three heights', () => {
    const windows = fileOf([record()]);
    expect(dueFaults(windows, CHAIN_THRESHOLDS)).toMatchObject([{ faultType: 'Liveness', severity: 'Minor' }]);
    expect(dueFaults(windows, LOCAL_THRESHOLDS)).toEqual([]);
    const proposals = [1n, 1n, 2n, 3n].map((height) => record({ faultType: 'InvalidProposal', height }));
    expect(dueFaults(fileOf(proposals.slice(0, 3)), CHAIN_THRESHOLDS)).toEqual([]);
    expect(dueFaults(fileOf(proposals), CHAIN_THRESHOLDS)).toMatchObject([{ faultType: 'InvalidProposal' }]);
  });

  test('makes the tenth window fault within the age critical, and forgets what is older', () => {
    let file = EMPTY_FILE;
    const severities: (string | undefined)[] = [];
    for (let height = 1n; height <= 10n; height++) {
      file = recordFault(file, record({ height }));
      severities.push(dueFaults(file, CHAIN_THRESHOLDS)[0]?.severity);
      file = markPunished(file, 'Liveness');
    }
    expect(severities).toEqual([...Array<string>(9).fill('Minor'), 'Critical']);
    file = recordFault(
      withoutExpired(file, ({ height }) => height <= 5n),
      record({ height: 11n }),
    );
    expect(dueFaults(file, CHAIN_THRESHOLDS)).toMatchObject([{ severity: 'Minor' }]);
  });

  test('never forgets a double sign: it is punished once for ever', () => {
    const punished = markPunished(fileOf([record({ faultType: 'DoubleSign' })]), 'DoubleSign');
    const later = recordFault(
      withoutExpired(punished, () => true),
      record({ faultType: 'DoubleSign', height: 99n }),
    );
    expect(dueFaults(later, CHAIN_THRESHOLDS)).toEqual([]);
  });

  test('is the same in whatever order records come', () => {
    const records = fc.array(
      fc.record({
        faultType: fc.constantFrom('DoubleSign', 'Liveness', 'InvalidProposal', 'InvalidVote'),
        height: fc.bigInt({ min: 0n, max: 100n }),
        subject: fc.constantFrom('', 'x'),
        weight: fc.integer({ min: 1, max: 3 }),
        detail: fc.constantFrom('a', 'b'),
      }),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(
        records.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(fileOf(shuffled)).toEqual(fileOf(all));
        },
      ),
    );
  });
});

describe('the penalty table', () => {
  test('says what economics.md says', () => {
    const rows = PENALTY_TABLE.map(({ faultType, severity, status }) => [
      faultType,
      severity,
      penaltyFor(faultType, severity)?.slashPercentage,
      status,
    ]);
    expect(rows).toEqual([
      ['DoubleSign', 'Critical', 5, 'Tombstone'],
      ['Liveness', 'Minor', 1, 'Jail'],
      ['Liveness', 'Critical', 3, 'Jail'],
      ['InvalidProposal', 'Major', 2, 'ByRules'],
      ['InvalidVote', 'Minor', 1, 'ByRules'],
    ]);
    expect(penaltyFor('DoubleSign', 'Minor')).toBeUndefined();
  });
});
