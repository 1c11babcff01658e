import { either as E, option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import { createMemoryDisk, openJournal, type JournalOpenError, type OpenedJournal } from '@zhtp/store';
import { createWorld, type World } from '@zhtp/simulator';

const SEED = 11;
const NODES = [0, 1, 2, 3];
const VICTIM = 1;
const HEIGHTS_AFTER = 2n;
const SIGNER = 'signer.state';

/** Four validators; the victim has died in a height with votes in its journal, and everything it wrote is on its disk. */
const worldWithDeadVictim = async (): Promise<World> => {
  const world = createWorld({ seed: SEED, validators: 4 });
  for (const index of NODES) world.start(index);
  const round = () => world.nodes[VICTIM]?.running()?.status()?.round;
  const isVoting = (): boolean => round()?.height === 3n && round()?.step === 'precommit';
  await world.runUntil(isVoting, 60_000);
  world.nodes[VICTIM]?.crash((_name, unsynced) => unsynced);
  return world;
};

const files = (await worldWithDeadVictim()).nodes[VICTIM]?.files() ?? new Map<string, Uint8Array>();
const JOURNAL = [...files.keys()].find((name) => name.startsWith('journal-')) ?? 'no journal';
const sizeOf = (name: string): number => files.get(name)?.length ?? 0;

/** Opens the victim's journal with one bit flipped. */
const openFlipped = (offset: number, bit: number): E.Either<JournalOpenError, OpenedJournal> => {
  const waiting: (() => void)[] = [];
  const schedule = (run: () => void): void => void waiting.push(run);
  const disk = createMemoryDisk({ schedule, files });
  disk.flipBit(JOURNAL, offset, bit);
  let answer: E.Either<JournalOpenError, OpenedJournal> | undefined;
  openJournal(disk, (result) => (answer = result), { random: (length) => new Uint8Array(length), schedule });
  for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) run();
  if (answer === undefined) throw new Error('never answered');
  return answer;
};

interface AfterDamage {
  readonly fault: string | undefined;
  readonly world: World;
  readonly goesOn: boolean;
}

/** Starts the victim with one bit of a file flipped, and lets the others go on for two heights. */
const startDamaged = async (file: string, offset: number): Promise<AfterDamage> => {
  const world = await worldWithDeadVictim();
  world.nodes[VICTIM]?.damage(file, offset, offset % 8);
  world.start(VICTIM);
  const target = world.record.committedBy(0) + HEIGHTS_AFTER;
  const done = (nodes: readonly number[]) => nodes.every((index) => world.record.committedBy(index) >= target);
  await world.runUntil(() => done(NODES.filter((index) => index !== VICTIM)), world.scheduler.nowMs() + 60_000);
  const fault = world.nodes[VICTIM]?.fault();
  if (fault === undefined) await world.runUntil(() => done(NODES), world.scheduler.nowMs() + 60_000);
  world.stop();
  return { fault, world, goesOn: done(NODES) };
};

const LAST = sizeOf(JOURNAL) - 1;
/** Where the last record begins: from there on a flipped bit looks like a torn end. */
const lastRecordAt = (): number => {
  for (let offset = LAST; offset >= 0; offset--) if (E.isLeft(openFlipped(offset, 0))) return offset + 1;
  return 0;
};

describe('one bit flipped on the disk of a validator that was voting', () => {
  test('in its journal, at any byte: refused by name with what to do, or exactly the last record is gone and reported', () => {
    expect(sizeOf(JOURNAL)).toBeGreaterThan(1_000);
    const from = lastRecordAt();
    expect(from).toBeGreaterThan(sizeOf(JOURNAL) >> 1);
    for (let offset = 0; offset <= LAST; offset++) {
      const opened = openFlipped(offset, offset % 8);
      const where = `byte ${String(offset)} of ${String(sizeOf(JOURNAL))}`;
      if (E.isRight(opened)) {
        expect(offset, where).toBeGreaterThanOrEqual(from);
        expect(O.isSome(opened.right.repaired), where).toBe(true);
        continue;
      }
      expect(offset, where).toBeLessThan(from);
      expect(opened.left.message, where).toContain(JOURNAL);
      expect(opened.left.message, where).toMatch(/move every journal-\*\.log away/);
    }
  });

  test(
    'in its journal: the node says so and stays down, or goes on; nobody signs twice, nothing decided is lost',
    {
      timeout: 120_000,
    },
    async () => {
      const from = lastRecordAt();
      const inside = [0, 9, 33, 40, 47, from >> 1, from - 1];
      const last = [from, from + 8, (from + LAST) >> 1, LAST];
      for (const offset of inside) {
        const { fault, world } = await startDamaged(JOURNAL, offset);
        expect(fault, `byte ${String(offset)}`).toContain(JOURNAL);
        expect(world.checker.violations()).toEqual([]);
      }
      for (const offset of last) {
        const { fault, world, goesOn } = await startDamaged(JOURNAL, offset);
        expect(fault, `byte ${String(offset)}`).toBeUndefined();
        expect(world.checker.violations()).toEqual([]);
        expect(goesOn).toBe(true);
      }
    },
  );

  test('in its signer state: the node says so and signs nothing, the others go on', { timeout: 120_000 }, async () => {
    const size = sizeOf(SIGNER);
    expect(size).toBeGreaterThan(100);
    for (let offset = 0; offset < size; offset += size >> 3) {
      const { fault, world } = await startDamaged(SIGNER, offset);
      expect(fault, `byte ${String(offset)} of ${String(size)}`).toContain(SIGNER);
      expect(world.checker.violations()).toEqual([]);
      expect(world.record.committedBy(VICTIM)).toBeLessThan(world.record.committedBy(0));
    }
  });
});
