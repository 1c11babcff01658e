import { either as E } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import type { DiskCall } from '@zhtp/store';
import {
  createTurns,
  diskWith,
  leftOf,
  openFiles,
  openOn,
  payload,
  rightOf,
  settle,
  syncNow,
  type Turns,
} from './support.ts';

const opened = (fault?: (call: DiskCall) => 'none' | 'fails', capacityBytes?: number) => {
  const turns: Turns = createTurns();
  const calls: string[] = [];
  const disk = diskWith(turns, {
    fault: (call) => {
      calls.push(call.operation);
      return fault?.(call) ?? 'none';
    },
    ...(capacityBytes === undefined ? {} : { capacityBytes }),
  });
  const { journal } = rightOf(openOn(disk, turns));
  calls.length = 0;
  return { turns, disk, journal, calls };
};

describe('the journal', () => {
  test('begins with record 1 and numbers on over restarts', () => {
    const { turns, disk, journal } = opened();
    journal.append(payload(1));
    journal.append(payload(2));
    rightOf(syncNow(journal, turns));
    const again = rightOf(openFiles(disk.files()));
    expect(again).toMatchObject({ records: [payload(1), payload(2)], lastSequence: 2n });
  });

  test('lets syncs that wait share the next flush, and answers them in the order asked', () => {
    const { turns, journal, calls } = opened();
    const answers: number[] = [];
    const sync = (n: number): void => journal.sync((result) => void (E.isRight(result) && answers.push(n)));
    journal.append(payload(1));
    sync(1);
    for (let n = 2; n <= 50; n++) {
      journal.append(payload(n));
      sync(n);
    }
    turns.run();
    expect(answers).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(calls).toEqual(['append', 'sync', 'append', 'sync']);
  });

  test('keeps what is asked from inside an answer behind it', () => {
    const { turns, disk, journal } = opened();
    journal.append(payload(1));
    journal.sync(() => {
      journal.append(payload(2));
      journal.sync(() => journal.append(payload(3)));
    });
    turns.run();
    rightOf(syncNow(journal, turns));
    expect(rightOf(openFiles(disk.files())).records).toEqual([payload(1), payload(2), payload(3)]);
  });

  test('does not touch the disk for an append alone, until much has gathered', () => {
    const { turns, journal, calls } = opened();
    for (let n = 0; n < 100; n++) journal.append(payload(n, 1_000));
    turns.run();
    expect(calls).toEqual([]);
    for (let n = 0; n < 200; n++) journal.append(payload(n, 1_000));
    turns.run();
    expect(calls).toEqual(['append']);
  });

  test('a rotation leaves one file that begins with the next record, whatever was under way', () => {
    const { turns, disk, journal, calls } = opened();
    journal.append(payload(1));
    journal.sync(() => undefined);
    journal.rotate();
    journal.append(payload(2));
    journal.rotate();
    journal.append(payload(3));
    rightOf(syncNow(journal, turns));
    expect(calls.filter((call) => call !== 'remove')).toEqual([
      'append',
      'sync',
      'replace',
      'append',
      'sync',
      'replace',
      'append',
      'sync',
    ]);
    expect([...disk.files().keys()]).toEqual(['journal-00000000000000000003.log']);
    expect(rightOf(openFiles(disk.files()))).toMatchObject({ records: [payload(3)], lastSequence: 3n });
  });

  test('a rotation without records does nothing', () => {
    const { turns, disk, journal, calls } = opened();
    journal.rotate();
    journal.rotate();
    turns.run();
    expect(calls).toEqual([]);
    expect([...disk.files().keys()]).toEqual(['journal-00000000000000000001.log']);
  });

  test('takes payloads up to 16 MiB and refuses longer ones before anything is written', () => {
    const { journal, turns, disk } = opened();
    const longest = 16 * 1024 * 1024;
    expect(() => journal.append(new Uint8Array(longest + 1))).toThrow(/longest is 16777216/);
    journal.append(new Uint8Array(longest));
    rightOf(syncNow(journal, turns));
    expect(rightOf(openFiles(disk.files())).records[0]).toHaveLength(longest);
  });

  test.each(['append', 'sync', 'replace', 'remove'])(
    'stops for good after a failed %s, though the disk recovers',
    (operation) => {
      let failures = 0;
      let armed = false;
      const { turns, journal, disk } = opened((call) =>
        armed && call.operation === operation && failures++ === 0 ? 'fails' : 'none',
      );
      armed = true;
      journal.append(payload(1));
      journal.sync(() => undefined);
      journal.rotate();
      journal.append(payload(2));
      journal.sync(() => undefined);
      turns.run();
      expect(failures).toBe(1);
      const callsBefore = disk.calls();
      journal.append(payload(3));
      journal.rotate();
      expect(leftOf(syncNow(journal, turns)).message).toMatch(
        /the journal stopped at its first failure.*input\/output error/,
      );
      expect(disk.calls()).toBe(callsBefore);
    },
  );

  test('answers a sync under way too when the removal of an old file stops it', () => {
    for (let turnsBefore = 0; turnsBefore < 30; turnsBefore++) {
      const { turns, journal } = opened((call) =>
        call.operation === 'remove' || (call.operation === 'sync' && call.name.endsWith('2.log')) ? 'fails' : 'none',
      );
      const answers: string[] = [];
      const ask = (n: number): void => {
        journal.append(payload(n));
        journal.sync((result) => answers.push(result._tag));
      };
      ask(1);
      journal.rotate();
      turns.run(turnsBefore);
      ask(2);
      turns.run();
      expect(answers).toEqual(['Right', 'Left']);
    }
  });

  test('answers every sync that waits when it stops', () => {
    const { turns, journal } = opened((call) => (call.operation === 'sync' ? 'fails' : 'none'));
    const answers: string[] = [];
    for (let n = 0; n < 3; n++) {
      journal.append(payload(n));
      journal.sync((result) => answers.push(result._tag));
      journal.rotate();
    }
    turns.run();
    expect(answers).toEqual(['Left', 'Left', 'Left']);
  });

  test('on a full disk says so, and starts again when there is room', () => {
    const { turns, journal, disk } = opened(undefined, 100);
    journal.append(payload(1));
    rightOf(syncNow(journal, turns));
    journal.append(payload(2, 500));
    expect(leftOf(syncNow(journal, turns)).message).toMatch(/disk full.*free space and start again/);
    const again = rightOf(openFiles(disk.files()));
    expect(again.records).toEqual([payload(1)]);
    expect(again.repaired._tag).toBe('Some');
  });

  test('a disk that cannot be listed or read is an error, not an empty journal', () => {
    for (const operation of ['list', 'read', 'replace', 'sync']) {
      const turns = createTurns();
      const files = operation === 'replace' ? new Map<string, Uint8Array>() : rotated();
      const disk = diskWith(turns, { files, fault: (call) => (call.operation === operation ? 'fails' : 'none') });
      expect(leftOf(openOn(disk, turns))).toMatchObject({ _tag: 'StorageError' });
    }
  });
});

const rotated = (): ReadonlyMap<string, Uint8Array> => {
  const { turns, disk, journal } = opened();
  journal.append(payload(1));
  rightOf(settle(turns, (done) => journal.sync(done)));
  return disk.files();
};
