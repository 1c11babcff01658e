/** Hands over to the next task of the lane; called exactly once by each task. */
export type LeaveLane = () => void;

/** Tasks of one lane run one after another, in the order entered; lanes run beside each other. */
export interface Lanes {
  enter(lane: string, task: (leave: LeaveLane) => void): void;
}

/** How a disk keeps every call on one name in order while other names go on. */
export const createLanes = (): Lanes => {
  const waiting = new Map<string, ((leave: LeaveLane) => void)[]>();
  const next = (lane: string): void => {
    const queue = waiting.get(lane);
    queue?.shift();
    const task = queue?.[0];
    if (task === undefined) waiting.delete(lane);
    else task(() => next(lane));
  };
  return {
    enter: (lane, task) => {
      const queue = waiting.get(lane);
      if (queue !== undefined) {
        queue.push(task);
        return;
      }
      waiting.set(lane, [task]);
      task(() => next(lane));
    },
  };
};
