import { either as E, option as O } from 'fp-ts';
import type { Certificate } from '@zhtp/bft';
import type { ConsensusVote } from '@zhtp/types';
import { describe, expect, test } from 'vitest';
import { createKeptPolkas, POLKAS_PER_HEIGHT_MAX, type PolkaLimits } from '../../src/evidence/kept-polkas.ts';
import { POLKA_INDEX_PREFIX, readKeptPolkas } from '../../src/evidence/polka-rows.ts';
import { polkaOf } from '../../src/intake/polka-intake.ts';
import { testContext } from '../support/context.ts';
import { hashNamed, identityNamed, vote } from '../support/votes.ts';

const polka = (height: bigint, round: number, block = 'block'): Certificate<ConsensusVote> => {
  const made = polkaOf(
    ['v0', 'v1', 'v2'].map((name) =>
      vote({ height, round, voter: identityNamed(name), proposalId: O.some(hashNamed(block)) }),
    ),
  );
  if (made === undefined) throw new Error('no polka');
  return made;
};

/** A node that keeps what it is told it knows; `restarted` is another process over the same store. */
const keeping = (limits?: PolkaLimits) => {
  const base = testContext(5n);
  let known: readonly Certificate<ConsensusVote>[] | undefined;
  let oldest = 1n;
  const create = () =>
    createKeptPolkas(
      base.ctx,
      { bounds: () => ({ oldest, newest: 100n }) },
      () => known,
      ...(limits === undefined ? [] : [() => limits]),
    );
  let kept = create();
  return {
    ...base,
    size: () => kept.size(),
    save: (height: bigint, polkas: readonly Certificate<ConsensusVote>[] | undefined): void => {
      known = polkas;
      let isDone = false;
      kept.save(height, () => {
        isDone = true;
      });
      expect(isDone).toBe(true);
    },
    age: (height: bigint): void => {
      oldest = height;
      kept.heightStarted();
    },
    restart: (): E.Either<string, void> => {
      kept = create();
      let answer: E.Either<string, void> = E.left('no answer');
      base.ctx.ports.chainStates.rows(POLKA_INDEX_PREFIX, (rows) => {
        if (E.isRight(rows)) answer = kept.load(rows.right);
      });
      return answer;
    },
    read: (from: bigint, to: bigint): readonly string[] => {
      let found: readonly string[] = [];
      readKeptPolkas(
        base.ctx.ports.chainStates,
        from,
        to,
      )((polkas) => {
        expect(polkas).toMatchObject({ _tag: 'Right' });
        if (E.isRight(polkas))
          found = polkas.right.map(
            (votes) => `${String(votes[0]?.height)}/${String(votes[0]?.round)}/${String(votes.length)}`,
          );
      });
      return found;
    },
  };
};

describe('the polkas of a height', () => {
  test('are kept when its node left the first round, with every vote', () => {
    const { save, read, size } = keeping();
    save(5n, [polka(5n, 0), polka(5n, 2, 'other')]);
    expect(read(5n, 5n)).toEqual(['5/0/3', '5/2/3']);
    expect(size().polkas).toBe(2);
    expect(size().bytes).toBeGreaterThan(0);
  });

  test('are not kept when it was decided in the first', () => {
    const { save, rows, size } = keeping();
    save(5n, undefined);
    save(6n, []);
    expect(rows.size).toBe(0);
    expect(size()).toEqual({ polkas: 0, bytes: 0 });
  });

  test('are read by height, both ends included', () => {
    const { save, read } = keeping();
    for (const height of [5n, 6n, 7n, 300n]) save(height, [polka(height, 1)]);
    expect(read(6n, 7n)).toEqual(['6/1/3', '7/1/3']);
    expect(read(8n, 299n)).toEqual([]);
    expect(read(0n, 1_000n)).toEqual(['5/1/3', '6/1/3', '7/1/3', '300/1/3']);
  });

  test('survive a restart, and what the start counts is what was written', () => {
    const { save, restart, read, size } = keeping();
    save(5n, [polka(5n, 0), polka(5n, 1)]);
    save(7n, [polka(7n, 3)]);
    const before = size();
    expect(restart()).toEqual(E.right(undefined));
    expect(size()).toEqual(before);
    expect(read(5n, 7n)).toHaveLength(3);
  });

  test('are there once when a crash makes the node decide the height again', () => {
    const { save, restart, read, size } = keeping();
    save(5n, [polka(5n, 0), polka(5n, 1)]);
    restart();
    save(5n, [polka(5n, 0)]);
    expect(read(5n, 5n)).toEqual(['5/0/3']);
    expect(size().polkas).toBe(1);
  });

  test('are forgotten with the height they belong to, on disk as well', () => {
    const { save, age, read, rows, size } = keeping();
    save(5n, [polka(5n, 0)]);
    save(6n, [polka(6n, 0)]);
    age(5n);
    expect(read(5n, 6n)).toHaveLength(2);
    age(6n);
    expect(read(5n, 6n)).toEqual(['6/0/3']);
    age(7n);
    expect(rows.size).toBe(0);
    expect(size()).toEqual({ polkas: 0, bytes: 0 });
  });

  test('a damaged index is refused by name', () => {
    const { save, rows, restart } = keeping();
    save(5n, [polka(5n, 0)]);
    const [hex, row] = [...rows].find(([, { key }]) => key.length === POLKA_INDEX_PREFIX.length + 8) ?? [];
    if (hex === undefined || row === undefined) throw new Error('no index row');
    rows.set(hex, { key: row.key, value: row.value.slice(0, -1) });
    const again = restart();
    expect(E.isLeft(again) ? again.left : '').toContain('which polkas are kept is damaged');
  });
});

describe('bounds', () => {
  test(`of one height the latest ${String(POLKAS_PER_HEIGHT_MAX)} rounds stay`, () => {
    const { save, read, ctx } = keeping();
    const rounds = Array.from({ length: POLKAS_PER_HEIGHT_MAX + 1 }, (_, round) => polka(5n, round));
    save(5n, rounds.slice(0, -1));
    expect(ctx.counters.read().polkaDropped).toBeUndefined();
    save(
      6n,
      rounds.map(({ round }) => polka(6n, round)),
    );
    expect(read(6n, 6n)).toHaveLength(POLKAS_PER_HEIGHT_MAX);
    expect(read(6n, 6n)[0]).toBe('6/1/3');
    expect(ctx.counters.read()).toMatchObject({ polkaDropped: 1 });
  });

  test.each([
    ['polkas', (bytes: number) => ({ polkasMax: 2, bytesMax: 10 * bytes })],
    ['bytes', (bytes: number) => ({ polkasMax: 10, bytesMax: 2 * bytes })],
  ])('of %s: the oldest heights make room, and are counted', (_title, limitsFor) => {
    const one = keeping();
    one.save(5n, [polka(5n, 0)]);
    const { save, read, size, ctx, rows } = keeping(limitsFor(one.size().bytes));
    save(5n, [polka(5n, 0)]);
    save(6n, [polka(6n, 0)]);
    expect(read(5n, 6n)).toHaveLength(2);
    save(7n, [polka(7n, 0)]);
    expect(read(5n, 7n)).toEqual(['6/0/3', '7/0/3']);
    expect(size().polkas).toBe(2);
    expect(rows.size).toBe(4);
    expect(ctx.counters.read()).toMatchObject({ polkaDropped: 1 });
  });

  test('a height that has no room at all leaves nothing behind', () => {
    const { save, rows, size } = keeping({ polkasMax: 0, bytesMax: 0 });
    save(5n, [polka(5n, 0)]);
    expect(rows.size).toBe(0);
    expect(size()).toEqual({ polkas: 0, bytes: 0 });
  });

  test('follow from the set and the evidence age: one polka of the whole set for each height on average', () => {
    const { save, ctx } = keeping();
    // 21 days of ten seconds: far more than a test makes.
    for (let height = 1n; height <= 40n; height++) save(height, [polka(height, 0)]);
    expect(ctx.counters.read().polkaDropped).toBeUndefined();
  });
});
