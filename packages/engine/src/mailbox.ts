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
  const drain = (): void => {
    draining = true;
    try {
      for (let next = 0; next < queue.length && !closed; next++) {
        const mail = queue[next];
        if (mail !== undefined) handle(mail);
      }
    } finally {
      queue = [];
      draining = false;
    }
  };
  return {
    enqueue: (mail) => {
      if (closed) return;
      queue.push(mail);
      if (!draining) drain();
    },
    isDraining: () => draining,
    close: () => {
      closed = true;
    },
  };
};
