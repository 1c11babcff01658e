import { hashNamed } from '../support/votes.ts';
import { taggedHash } from '@zhtp/crypto';
import { encodeUtf8 } from '@zhtp/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createMempool,
  type Mempool,
  type MempoolLimits,
  type PooledTransaction,
} from '../../src/application/mempool.ts';

const LIMITS: MempoolLimits = { transactionsMax: 6, bytesMax: 100, perSenderMax: 3 };

const transaction = (sender: string, sequence: number, priority: number, length = 10): PooledTransaction => {
  const name = `${sender}/${String(sequence)}/${String(priority)}/${String(length)}`;
  const bytes = new Uint8Array(length);
  bytes.set(encodeUtf8(name).subarray(0, length));
  return {
    hash: taggedHash('test/transaction', encodeUtf8(name)),
    bytes,
    sender,
    sequence: BigInt(sequence),
    priority: BigInt(priority),
  };
};

const filled = (limits: MempoolLimits, ...transactions: readonly PooledTransaction[]): Mempool => {
  const pool = createMempool(limits);
  for (const each of transactions) pool.add(each);
  return pool;
};

const order = (pool: Mempool, bytesMax = 10_000, countMax = 100): readonly string[] => {
  const names = new Map(pool.inOrder().map((t) => [t.bytes, `${t.sender}${String(t.sequence)}`]));
  return pool.reap(bytesMax, countMax).map((bytes) => names.get(bytes) ?? 'unknown');
};

describe('what goes into a block', () => {
  test('the highest priority goes first', () => {
    const pool = filled(LIMITS, transaction('a', 0, 1), transaction('b', 0, 3), transaction('c', 0, 2));
    expect(order(pool)).toEqual(['b0', 'c0', 'a0']);
  });

  test('a transaction never goes before an earlier one of its sender, whatever it pays', () => {
    const pool = filled(LIMITS, transaction('a', 1, 9), transaction('a', 0, 1), transaction('b', 0, 5));
    expect(order(pool)).toEqual(['b0', 'a0', 'a1']);
  });

  test('equal priorities go in the order of arrival', () => {
    const pool = filled(LIMITS, transaction('b', 0, 1), transaction('a', 0, 1), transaction('c', 0, 1));
    expect(order(pool)).toEqual(['b0', 'a0', 'c0']);
  });

  test('a sender whose next transaction does not fit waits whole, others go on', () => {
    const pool = filled(LIMITS, transaction('a', 0, 9, 40), transaction('a', 1, 9, 1), transaction('b', 0, 1, 10));
    expect(order(pool, 30)).toEqual(['b0']);
  });

  test('room is counted with the length in front of each transaction', () => {
    const pool = filled(LIMITS, transaction('a', 0, 1, 10));
    expect(order(pool, 13)).toEqual([]);
    expect(order(pool, 14)).toEqual(['a0']);
    expect(order(pool, 14, 0)).toEqual([]);
  });
});

describe('what the mempool takes in', () => {
  test('the same transaction twice is known', () => {
    const pool = filled(LIMITS, transaction('a', 0, 1));
    expect(pool.add(transaction('a', 0, 1))).toEqual({ _tag: 'Known' });
    expect(pool.size()).toEqual({ transactions: 1, bytes: 10 });
  });

  test('one sequence is replaced by a higher priority only', () => {
    const first = transaction('a', 0, 5);
    const pool = filled(LIMITS, first);
    expect(pool.add(transaction('a', 0, 5, 11))._tag).toBe('Refused');
    expect(pool.add(transaction('a', 0, 6))).toEqual({ _tag: 'Replaced', replaced: first.hash });
    expect(pool.has(first.hash)).toBe(false);
    expect(pool.size()).toEqual({ transactions: 1, bytes: 10 });
  });

  test('a replacement that does not fit leaves the old one where it is', () => {
    const first = transaction('a', 0, 5, 60);
    const pool = filled(LIMITS, first, transaction('b', 0, 9, 40));
    expect(pool.add(transaction('a', 0, 6, 61))._tag).toBe('Refused');
    expect(pool.has(first.hash)).toBe(true);
    expect(pool.add(transaction('a', 0, 6, 60))._tag).toBe('Replaced');
  });

  test('a sender has its share at the limit and not one more', () => {
    const pool = filled(LIMITS, transaction('a', 0, 1), transaction('a', 1, 1));
    expect(pool.add(transaction('a', 2, 1))._tag).toBe('Added');
    expect(pool.add(transaction('a', 3, 99))).toMatchObject({
      _tag: 'Refused',
      reason: '3 transactions of this sender wait already; wait for a block',
    });
  });

  test('a full mempool gives up what is worth less than the newcomer, and nothing else', () => {
    const pool = filled(LIMITS, ...['a', 'b', 'c', 'd', 'e', 'f'].map((sender, i) => transaction(sender, 0, i + 2)));
    expect(pool.add(transaction('g', 0, 2))._tag).toBe('Refused');
    expect(pool.add(transaction('g', 0, 3))).toEqual({ _tag: 'Added', evicted: [transaction('a', 0, 2).hash] });
    expect(pool.size().transactions).toBe(6);
  });

  test('a sender does not push out its own', () => {
    const pool = filled({ ...LIMITS, transactionsMax: 2 }, transaction('a', 0, 1), transaction('b', 0, 9));
    expect(pool.add(transaction('a', 1, 5))._tag).toBe('Refused');
  });

  test('a transaction over the whole room is refused by an empty mempool', () => {
    expect(createMempool(LIMITS).add(transaction('a', 0, 1, 101))._tag).toBe('Refused');
    expect(createMempool(LIMITS).add(transaction('a', 0, 1, 100))._tag).toBe('Added');
  });
});

describe('against a naive model', () => {
  type Action = {
    readonly sender: string;
    readonly sequence: number;
    readonly priority: number;
    readonly length: number;
  };
  const actions = fc.array(
    fc.record<Action>({
      sender: fc.constantFrom('a', 'b', 'c', 'd'),
      sequence: fc.nat(4),
      priority: fc.nat(5),
      length: fc.integer({ min: 1, max: 40 }),
    }),
    { maxLength: 40 },
  );

  test('bounds hold, sizes add up, nothing is twice in one slot, and what left was worth less', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const pool = createMempool(LIMITS);
        let model: PooledTransaction[] = [];
        for (const { sender, sequence, priority, length } of list) {
          const newcomer = transaction(sender, sequence, priority, length);
          const result = pool.add(newcomer);
          if (result._tag === 'Added') {
            const evicted = model.filter(({ hash }) => result.evicted.includes(hash));
            expect(evicted).toHaveLength(result.evicted.length);
            for (const each of evicted) expect(each.sender).not.toBe(sender);
            model = [...model.filter((each) => !evicted.includes(each)), newcomer];
          }
          if (result._tag === 'Replaced') {
            const old = model.find(({ hash }) => hash === result.replaced);
            expect(old).toMatchObject({ sender, sequence: BigInt(sequence) });
            expect(old?.priority).toBeLessThan(BigInt(priority));
            model = [...model.filter((each) => each !== old), newcomer];
          }
          expect(new Set(pool.inOrder().map(({ hash }) => hash))).toEqual(new Set(model.map(({ hash }) => hash)));
          expect(pool.size()).toEqual({
            transactions: model.length,
            bytes: model.reduce((sum, { bytes }) => sum + bytes.length, 0),
          });
          expect(model.length).toBeLessThanOrEqual(LIMITS.transactionsMax);
          expect(pool.size().bytes).toBeLessThanOrEqual(LIMITS.bytesMax);
          for (const one of ['a', 'b', 'c', 'd']) {
            const slots = model.filter((each) => each.sender === one).map((each) => each.sequence);
            expect(slots.length).toBeLessThanOrEqual(LIMITS.perSenderMax);
            expect(new Set(slots).size).toBe(slots.length);
          }
        }
      }),
    );
  });

  test('a block holds each sender in its order, within the room, and leaves nobody out who would fit at the end', () => {
    fc.assert(
      fc.property(actions, fc.nat(120), fc.nat(8), (list, bytesMax, countMax) => {
        const pool = filled(LIMITS, ...list.map((a) => transaction(a.sender, a.sequence, a.priority, a.length)));
        const taken = pool.reap(bytesMax, countMax);
        const byBytes = new Map(pool.inOrder().map((each) => [each.bytes, each]));
        const chosen = taken.flatMap((bytes) => byBytes.get(bytes) ?? []);
        const used = chosen.reduce((sum, { bytes }) => sum + bytes.length + 4, 0);
        expect(chosen).toHaveLength(taken.length);
        expect(used).toBeLessThanOrEqual(bytesMax);
        expect(taken.length).toBeLessThanOrEqual(countMax);
        for (const sender of ['a', 'b', 'c', 'd']) {
          const waiting = pool.inOrder().filter((each) => each.sender === sender);
          const mine = chosen.filter((each) => each.sender === sender);
          expect(mine).toEqual(waiting.slice(0, mine.length));
          const next = waiting[mine.length];
          if (next !== undefined && taken.length < countMax)
            expect(used + next.bytes.length + 4).toBeGreaterThan(bytesMax);
        }
      }),
    );
  });
});

test('what a full pool refuses costs a look at the cheapest, whatever it offers', () => {
  const count = 500;
  let looked = 0;
  const waiting = (index: number, sender: string, priority: bigint) => ({
    hash: hashNamed(`waiting ${String(index)}`),
    bytes: new Uint8Array(10),
    sender,
    sequence: BigInt(index),
    get priority() {
      looked += 1;
      return priority;
    },
  });
  const pool = createMempool({ transactionsMax: count, bytesMax: 1_000_000, perSenderMax: count });
  pool.add(waiting(0, 'mallory', 1n));
  for (let i = 1; i < count; i++) pool.add(waiting(i, `s${String(i)}`, 100n));
  // Above the cheapest, which is its own: refused each time.
  const offer = (index: number) => pool.add(waiting(index, 'mallory', 2n))._tag;
  expect(offer(count)).toBe('Refused');
  looked = 0;
  for (let i = 1; i <= 50; i++) expect(offer(count + i)).toBe('Refused');
  expect(looked).toBeLessThan(count);
});
