import { Observable, type Subscriber } from 'rxjs';

/** A stream together with the end where its owner puts things in. */
export interface EventSource<A> {
  /** From the moment of subscribing; nothing is replayed. */
  readonly events$: Observable<A>;
  readonly next: (event: A) => void;
  readonly complete: () => void;
}

/**
 * What a `Subject` is, for streams that every message of a node passes: a Subject makes a closure and an iterator for each
 * event, which costs several times what a subscriber with little to do costs.
 */
export const createEventSource = <A>(): EventSource<A> => {
  /** Replaced, never changed: an event goes to those who had subscribed when it came. */
  let subscribers: readonly Subscriber<A>[] = [];
  let isCompleted = false;
  return {
    events$: new Observable((subscriber) => {
      if (isCompleted) {
        subscriber.complete();
        return undefined;
      }
      subscribers = [...subscribers, subscriber];
      return () => {
        subscribers = subscribers.filter((other) => other !== subscriber);
      };
    }),
    next: (event) => {
      for (const subscriber of subscribers) subscriber.next(event);
    },
    complete: () => {
      isCompleted = true;
      for (const subscriber of subscribers) subscriber.complete();
      subscribers = [];
    },
  };
};
