import { expect, test } from 'vitest';
import { createEventBuffer } from '../../src/loop/event-buffer.ts';
import type { NodeEvent } from '../../src/node-event.ts';

const started = (height: bigint): NodeEvent => ({ _tag: 'HeightStarted', height });

const buffer = () => {
  let busy = false;
  const seen: string[] = [];
  const events = createEventBuffer(() => busy);
  events.events$.subscribe({
    next: (event) => seen.push(event._tag === 'HeightStarted' ? String(event.height) : event._tag),
    complete: () => seen.push('end'),
  });
  return {
    events,
    seen,
    setBusy: (now: boolean) => {
      busy = now;
    },
  };
};

test('an event goes out at once while the core is at rest', () => {
  const { events, seen } = buffer();
  events.emit(started(1n));
  expect(seen).toEqual(['1']);
});

test('events of a step are held back until it is carried out, and none overtakes them', () => {
  const { events, seen, setBusy } = buffer();
  setBusy(true);
  events.emit(started(1n));
  events.emit(started(2n));
  setBusy(false);
  events.emit(started(3n));
  expect(seen).toEqual([]);
  events.flush();
  events.flush();
  expect(seen).toEqual(['1', '2', '3']);
});

test('closing lets go of what was held back, then ends', () => {
  const { events, seen, setBusy } = buffer();
  setBusy(true);
  events.emit(started(1n));
  events.close();
  expect(seen).toEqual(['1', 'end']);
});

test('an observer that emits sees its own event after the one it answers', () => {
  const { events, seen } = buffer();
  events.events$.subscribe((event) => {
    if (event._tag === 'HeightStarted' && event.height === 1n) events.emit(started(2n));
  });
  events.emit(started(1n));
  expect(seen).toEqual(['1', '2']);
});
