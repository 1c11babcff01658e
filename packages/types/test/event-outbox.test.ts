import { expect, test } from 'vitest';
import { createEventOutbox, type EventOutbox } from '@zhtp/types';

const watched = (outbox: EventOutbox<string>): string[] => {
  const seen: string[] = [];
  outbox.events$.subscribe((event) => seen.push(event));
  return seen;
};

test('every subscriber sees an effect after its cause, also when one of them causes more', () => {
  const outbox = createEventOutbox<string>();
  const before = watched(outbox);
  outbox.events$.subscribe((event) => {
    if (event === 'a') outbox.publish(['c', 'd']);
    if (event === 'c') outbox.publish(['e']);
  });
  const after = watched(outbox);
  outbox.publish(['a', 'b']);
  outbox.publish(['f']);
  expect(before).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(after).toEqual(before);
});

test('what is published during work is told when the work has ended', () => {
  const outbox = createEventOutbox<string>();
  const seen = watched(outbox);
  const result = outbox.afterwards(() => {
    outbox.publish(['a']);
    outbox.afterwards(() => {
      outbox.publish(['b']);
    });
    return [...seen];
  });
  expect(result).toEqual([]);
  expect(seen).toEqual(['a', 'b']);
});

test('work that fails tells what was published before at the next occasion', () => {
  const outbox = createEventOutbox<string>();
  const seen = watched(outbox);
  const failing = (): void => {
    outbox.publish(['a']);
    throw new Error('broken');
  };
  expect(() => outbox.afterwards(failing)).toThrow('broken');
  outbox.publish(['b']);
  expect(seen).toEqual(['a', 'b']);
});

test('who subscribes late hears nothing of before, and a hundred thousand events at once are told', () => {
  const outbox = createEventOutbox<string>();
  outbox.publish(['a']);
  const seen = watched(outbox);
  outbox.afterwards(() => {
    for (let i = 0; i < 100_000; i++) outbox.publish(['b']);
  });
  expect(seen).toHaveLength(100_000);
});
