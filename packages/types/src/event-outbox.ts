import { Subject, type Observable } from 'rxjs';

/** Where a class tells what happened to it. */
export interface EventOutbox<A> {
  /** What happened, in order; nothing is replayed. */
  readonly events$: Observable<A>;
  /** Call it when the state has changed. A call from a subscriber tells its events after all that were published before. */
  publish(events: readonly A[]): void;
  /** What is published inside `work` is told when it has ended: for work that others answer, who may call back. */
  afterwards<B>(work: () => B): B;
}

/**
 * Events one by one, to all subscribers, before the next. A bare Subject lets a subscriber that calls the class again show
 * those after it the effect before its cause.
 */
export const createEventOutbox = <A>(): EventOutbox<A> => {
  const subject = new Subject<A>();
  const waiting: A[] = [];
  let isHeld = false;

  const deliver = (): void => {
    // The walk over a list also reaches what is added to it meanwhile.
    for (const event of waiting) subject.next(event);
    waiting.length = 0;
  };

  const afterwards = <B>(work: () => B): B => {
    if (isHeld) return work();
    isHeld = true;
    try {
      const result = work();
      deliver();
      return result;
    } finally {
      isHeld = false;
    }
  };

  return {
    events$: subject.asObservable(),
    afterwards,
    publish: (events) =>
      afterwards(() => {
        for (const event of events) waiting.push(event);
      }),
  };
};
