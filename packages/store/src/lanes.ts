/** Hands over to the next task of the lane; called exactly once by each task. */
export type LeaveLane = () => void;

type Task = (leave: LeaveLane) => void;

/** Tasks of one lane run one after another, in the order entered; lanes run beside each other. */
export interface Lanes {
  enter(lane: string, task: Task): void;
}

interface Lane {
  name: string;
  readonly waiting: Task[];
  readonly leave: LeaveLane;
}

/** How a disk keeps every call on one name in order while other names go on. */
export const createLanes = (): Lanes => {
  // A list: a handful of names have calls under way at once, and a Map that empties at each call is rebuilt at each call.
  const taken: Lane[] = [];
  /** Lanes without a task, for the next name. */
  const free: Lane[] = [];
  const open = (): Lane => {
    const waiting: Task[] = [];
    const lane: Lane = {
      name: '',
      waiting,
      leave: () => {
        const task = waiting.length === 0 ? undefined : waiting.shift();
        if (task !== undefined) {
          task(lane.leave);
          return;
        }
        const last = taken.pop();
        if (last !== undefined && last !== lane) taken[taken.indexOf(lane)] = last;
        free.push(lane);
      },
    };
    return lane;
  };
  return {
    enter: (name, task) => {
      for (const lane of taken)
        if (lane.name === name) {
          lane.waiting.push(task);
          return;
        }
      const lane = free.pop() ?? open();
      lane.name = name;
      taken.push(lane);
      task(lane.leave);
    },
  };
};
