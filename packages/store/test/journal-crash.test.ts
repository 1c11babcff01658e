import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keepEverything, keepNothing, type DiskFault, type KeepUnsynced, type MemoryDisk } from '@zhtp/store';
import type { Journal } from '@zhtp/types';
import { createTurns, diskWith, openFiles, openOn, payload, rightOf, seededPick, type Turns } from './support.ts';

/** What a run knows it was promised. */
interface Promised {
  /** Records appended so far; record n has sequence n, from 1. */
  appended: number;
  /** Every record up to this one was reported durable. */
  synced: number;
  /** First records of the segments begun so far. */
  readonly starts: number[];
  refused: number;
}

const begin = (): Promised => ({ appended: 0, synced: 0, starts: [1], refused: 0 });

const append = (journal: Journal, promised: Promised): void => {
  promised.appended++;
  journal.append(payload(promised.appended, 3 + (promised.appended % 7)));
};

const sync = (journal: Journal, promised: Promised): void => {
  const upTo = promised.appended;
  journal.sync((result) => {
    if (E.isLeft(result)) promised.refused++;
    else promised.synced = Math.max(promised.synced, upTo);
  });
};

const rotate = (journal: Journal, promised: Promised): void => {
  promised.starts.push(promised.appended + 1);
  journal.rotate();
};

/** After a crash: everything promised, nothing invented, no gap, from the start of a segment; and it can go on. */
const expectRecovered = (files: ReadonlyMap<string, Uint8Array>, promised: Promised): void => {
  const opened = rightOf(openFiles(files));
  const last = Number(opened.lastSequence);
  expect(last).toBeGreaterThanOrEqual(promised.synced);
  expect(last).toBeLessThanOrEqual(promised.appended);
  const first = last - opened.records.length + 1;
  expect(promised.starts).toContain(first);
  expect(opened.records).toEqual(opened.records.map((_, i) => payload(first + i, 3 + ((first + i) % 7))));
};

/** Two heights: gathers, syncs that share a flush, two rotations, a tail that is never synced. */
const script = (journal: Journal, turns: Turns, promised: Promised): void => {
  for (let height = 0; height < 2; height++) {
    for (let i = 0; i < 3; i++) append(journal, promised);
    sync(journal, promised);
    append(journal, promised);
    sync(journal, promised);
    sync(journal, promised);
    turns.run(1);
    append(journal, promised);
    sync(journal, promised);
    turns.run(3);
    rotate(journal, promised);
    append(journal, promised);
  }
  sync(journal, promised);
  append(journal, promised);
};

const keeps: readonly (readonly [string, KeepUnsynced])[] = [
  ['nothing', keepNothing],
  ['everything', keepEverything],
  ['half', (_name, bytes) => bytes >> 1],
  ['all but a byte', (_name, bytes) => bytes - 1],
];

const runScript = (
  limit: number,
  fault?: (index: number) => DiskFault,
): { readonly disk: MemoryDisk; readonly promised: Promised; readonly ran: number } => {
  const turns = createTurns();
  const promised = begin();
  let started = Number.POSITIVE_INFINITY;
  const disk = diskWith(turns, {
    fault: ({ index }) => (index >= started && fault !== undefined ? fault(index - started) : 'none'),
  });
  const { journal } = rightOf(openOn(disk, turns));
  started = disk.calls();
  let budget = limit;
  const limited: Turns = {
    schedule: turns.schedule,
    run: (count) => {
      const ran = turns.run(Math.min(count ?? Number.POSITIVE_INFINITY, budget));
      budget -= ran;
      return ran;
    },
  };
  script(journal, limited, promised);
  const ran = limited.run();
  return { disk, promised, ran };
};

describe('a journal after a crash', () => {
  const whole = runScript(Number.POSITIVE_INFINITY);

  test('the script is long enough to mean something', () => {
    expect(whole.promised.synced).toBe(13 - 1);
    expect(whole.disk.calls()).toBeGreaterThan(12);
    expect([...whole.disk.files().keys()]).toHaveLength(1);
  });

  test.each(keeps)('at any turn, keeping %s of what was not synced, has what was promised', (_title, keep) => {
    for (let turn = 0; turn <= 60; turn++) {
      const { disk, promised } = runScript(turn);
      expectRecovered(disk.crash(keep), promised);
    }
  });

  test('whose unsynced bytes are torn at any byte, has what was promised', () => {
    for (let turn = 0; turn <= 60; turn++) {
      const probe = runScript(turn);
      let unsynced = 0;
      probe.disk.crash((_name, bytes) => (unsynced = Math.max(unsynced, bytes)));
      for (let kept = 0; kept < unsynced; kept++) {
        const { disk, promised } = runScript(turn);
        expectRecovered(
          disk.crash(() => kept),
          promised,
        );
      }
    }
  });

  test.each(['fails', 'fails-late'] as const)(
    'stops at the first disk call that %s, and then has what was promised',
    (how) => {
      for (let at = 0; at < whole.disk.calls(); at++) {
        for (const [, keep] of keeps) {
          const { disk, promised } = runScript(Number.POSITIVE_INFINITY, (index) => (index === at ? how : 'none'));
          expectRecovered(disk.crash(keep), promised);
        }
      }
    },
  );

  test('during recovery itself, at any turn, recovers again', () => {
    const { disk, promised } = runScript(23);
    const torn = disk.crash((_name, bytes) => bytes - 1);
    for (let turn = 0; turn < 20; turn++) {
      const turns = createTurns();
      const second = diskWith(turns, { files: torn });
      openInterrupted(second, turns, turn);
      expectRecovered(second.crash(keepNothing), promised);
    }
  });

  test('any work in any order of answers, over any number of crashes, keeps every promise', () => {
    const step = fc.constantFrom('append', 'append', 'sync', 'turn', 'turns', 'rotate', 'crash', 'kill');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.nat(), (steps, seed) => {
        const pick = seededPick(seed);
        const promised = begin();
        const turnsOf = (): Turns => createTurns(pick);
        let turns = turnsOf();
        let disk = diskWith(turns);
        let { journal } = rightOf(openOn(disk, turns));
        for (const each of steps) {
          switch (each) {
            case 'append':
              append(journal, promised);
              break;
            case 'sync':
              sync(journal, promised);
              break;
            case 'turn':
              turns.run(1);
              break;
            case 'turns':
              turns.run(1 + pick(10));
              break;
            case 'rotate':
              rotate(journal, promised);
              break;
            case 'crash':
            case 'kill': {
              const files = each === 'kill' ? disk.files() : disk.crash((_name, bytes) => pick(bytes + 1));
              expectRecovered(files, promised);
              turns = turnsOf();
              disk = each === 'kill' ? disk.kill(turns.schedule) : diskWith(turns, { files });
              const opened = rightOf(openOn(disk, turns));
              journal = opened.journal;
              promised.appended = Number(opened.lastSequence);
              promised.synced = promised.appended; // opening made durable what it handed over
            }
          }
        }
        expectRecovered(disk.crash(keepNothing), promised);
        expect(promised.refused).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

const openInterrupted = (disk: MemoryDisk, turns: Turns, limit: number): void => {
  const limited: Turns = { schedule: turns.schedule, run: () => turns.run(limit) };
  try {
    openOn(disk, limited);
  } catch (cause) {
    if (!(cause instanceof Error && cause.message === 'never answered')) throw cause;
  }
};
