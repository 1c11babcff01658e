import { Subject, type Observer } from 'rxjs';
import { expect, it } from 'vitest';
import { createEventSource } from '../src/event-source.ts';

const recorder = (log: string[], name: string): Partial<Observer<number>> => ({
  next: (value) => log.push(`${name} ${String(value)}`),
  complete: () => log.push(`${name} end`),
});

/** What happens to subscribers that come, go, and come too late; by a Subject, and by what takes its place. */
const story = (next: (n: number) => void, events$: Subject<number>['asObservable'], complete: () => void): string[] => {
  const log: string[] = [];
  const stream = events$();
  next(0);
  const first = stream.subscribe(recorder(log, 'first'));
  next(1);
  const second = stream.subscribe((value) => {
    log.push(`second ${String(value)}`);
    if (value === 3) {
      first.unsubscribe();
      stream.subscribe(recorder(log, 'third'));
    }
  });
  next(2);
  next(3);
  next(4);
  second.unsubscribe();
  second.unsubscribe();
  next(5);
  complete();
  next(6);
  stream.subscribe(recorder(log, 'late'));
  complete();
  return log;
};

it('tells its subscribers exactly what a Subject would', () => {
  const subject = new Subject<number>();
  const expected = story(
    (n) => subject.next(n),
    () => subject,
    () => subject.complete(),
  );
  const source = createEventSource<number>();
  expect(story(source.next, () => source.events$, source.complete)).toEqual(expected);
  expect(expected).toContain('third 4');
});
