import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScheduler } from '@zhtp/simulator';

describe('virtual time', () => {
  test('events run in the order of their times, and of asking at one time, whatever else they schedule', () => {
    const asks = fc.array(fc.record({ delayMs: fc.integer({ min: -2, max: 6 }), more: fc.array(fc.nat(6)) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(asks, (given) => {
        const scheduler = createScheduler();
        const ran: { readonly atMs: number; readonly asked: number }[] = [];
        let asked = 0;
        const ask = (delayMs: number, more: readonly number[]): void => {
          const mine = { atMs: scheduler.nowMs() + Math.max(0, delayMs), asked: asked++ };
          scheduler.after(delayMs, () => {
            expect(scheduler.nowMs()).toBe(mine.atMs);
            ran.push(mine);
            for (const next of more) ask(next, []);
          });
        };
        for (const { delayMs, more } of given) ask(delayMs, more);
        while (scheduler.next());
        expect(ran).toHaveLength(asked);
        expect(ran).toEqual(ran.toSorted((a, b) => (a.atMs === b.atMs ? a.asked - b.asked : a.atMs - b.atMs)));
        expect(scheduler.steps()).toBe(asked);
      }),
    );
  });

  test('what is cancelled does not run, and time does not stop for it', () => {
    const scheduler = createScheduler();
    const ran: string[] = [];
    const cancelFirst = scheduler.after(5, () => ran.push('first'));
    scheduler.after(7, () => ran.push('second'));
    cancelFirst();
    cancelFirst();
    expect(scheduler.nextAtMs()).toBe(7);
    expect(scheduler.next()).toBe(true);
    expect([ran, scheduler.nowMs(), scheduler.next(), scheduler.nextAtMs()]).toEqual([['second'], 7, false, undefined]);
  });

  test('an event cancels another of the same instant', () => {
    const scheduler = createScheduler();
    const ran: string[] = [];
    scheduler.after(1, () => {
      ran.push('first');
      cancelSecond();
    });
    const cancelSecond = scheduler.after(1, () => ran.push('second'));
    while (scheduler.next());
    expect(ran).toEqual(['first']);
  });

  test('to cancel an event that ran cancels none that came later', () => {
    const scheduler = createScheduler();
    const ran: string[] = [];
    const cancels = ['a', 'b'].map((name) => scheduler.after(1, () => ran.push(name)));
    while (scheduler.next());
    for (const name of ['c', 'd']) scheduler.after(1, () => ran.push(name));
    for (const cancel of cancels) cancel();
    while (scheduler.next());
    expect(ran).toEqual(['a', 'b', 'c', 'd']);
  });

  test('nothing runs inside the call that schedules it', () => {
    const scheduler = createScheduler();
    let runs = 0;
    scheduler.after(0, () => (runs += 1));
    expect(runs).toBe(0);
    scheduler.next();
    expect(runs).toBe(1);
  });

  test('a party runs all it has to do at an instant in a row, also what it asks for meanwhile', () => {
    const scheduler = createScheduler();
    const ran: string[] = [];
    const ask = (name: string, party: number, then: () => void = () => undefined): void => {
      scheduler.later(
        1 - scheduler.nowMs(),
        () => {
          ran.push(name);
          then();
        },
        party,
      );
    };
    ask('b1', 2);
    ask('a1', 1, () => {
      ask('b3', 2);
      ask('a3', 1);
    });
    ask('b2', 2);
    ask('a2', 1);
    while (scheduler.next());
    expect([ran, scheduler.nowMs()]).toEqual([['b1', 'b2', 'a1', 'a2', 'a3', 'b3'], 1]);
  });

  test('whatever the parties, all events run at their times, and those of one party in the order of asking', () => {
    const asks = fc.array(fc.record({ delayMs: fc.nat(4), party: fc.nat(3), more: fc.array(fc.nat(3)) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(asks, (given) => {
        const scheduler = createScheduler();
        const ran: { readonly atMs: number; readonly party: number; readonly asked: number }[] = [];
        let asked = 0;
        const ask = (delayMs: number, party: number, more: readonly number[]): void => {
          const mine = { atMs: scheduler.nowMs() + delayMs, party, asked: asked++ };
          scheduler.later(
            delayMs,
            () => {
              expect(scheduler.nowMs()).toBe(mine.atMs);
              ran.push(mine);
              for (const next of more) ask(next, (party + next) % 4, []);
            },
            party,
          );
        };
        for (const { delayMs, party, more } of given) ask(delayMs, party, more);
        while (scheduler.next());
        expect(ran).toHaveLength(asked);
        for (const party of [0, 1, 2, 3]) {
          const own = ran.filter((event) => event.party === party);
          expect(own).toEqual(own.toSorted((a, b) => (a.atMs === b.atMs ? a.asked - b.asked : a.atMs - b.atMs)));
        }
      }),
    );
  });
});
