import { createEventSource } from '@zhtp/types';
import type { Observable } from 'rxjs';
import type { NodeEvent } from '../node-event.ts';

/**
 * Events of a node on their way to whoever watches. What happens while the core's effects are carried out is held back until
 * the core is at rest: no observer sees an effect before its cause, and none can act in the middle of a step.
 */
export interface EventBuffer {
  readonly emit: (event: NodeEvent) => void;
  /** Lets go of what was held back. */
  readonly flush: () => void;
  /** The last events, then no more. */
  close(): void;
  readonly events$: Observable<NodeEvent>;
}

/** @param isBusy whether the core's effects are being carried out right now */
export const createEventBuffer = (isBusy: () => boolean): EventBuffer => {
  const source = createEventSource<NodeEvent>();
  let pending: NodeEvent[] = [];
  const flush = (): void => {
    if (pending.length === 0) return;
    const events = pending;
    pending = [];
    for (const event of events) source.next(event);
  };
  return {
    events$: source.events$,
    flush,
    emit: (event) => {
      if (isBusy() || pending.length > 0) pending.push(event);
      else source.next(event);
    },
    close: () => {
      flush();
      source.complete();
    },
  };
};
