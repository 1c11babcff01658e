/**
 * One FIFO in front of the only state. Whoever has an answer at once still only enqueues: what `handle` causes is
 * handled after it returns, in order, never inside it.
 */
export interface Mailbox<M> {
  readonly enqueue: (mail: M) => void;
  /** True while mail is being handled. */
  readonly isDraining: () => boolean;
  /** Drops what waits and everything later: the node is stopping. */
  readonly close: () => void;
}

export const createMailbox = <M>(handle: (mail: M) => void): Mailbox<M> => {
  let queue: M[] = [];
  let draining = false;
  let closed = false;
  /** Mostly nothing waits: then there is no queue to make. */
  const drain = (first: M): void => {
    draining = true;
    try {
      handle(first);
      for (let next = 0; next < queue.length && !closed; next++) {
        const mail = queue[next];
        if (mail !== undefined) handle(mail);
      }
    } finally {
      if (queue.length > 0) queue = [];
      draining = false;
    }
  };
  return {
    enqueue: (mail) => {
      if (closed) return;
      if (draining) queue.push(mail);
      else drain(mail);
    },
    isDraining: () => draining,
    close: () => {
      closed = true;
    },
  };
};
