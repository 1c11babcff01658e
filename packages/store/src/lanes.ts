/** Hands over to the next task of the lane; called exactly once by each task. */
export type LeaveLane = () => void;

type Task = (leave: LeaveLane) => void;

/** Tasks of one lane run one after another, in the order entered; lanes run beside each other. */
export interface Lanes {
  enter(lane: string, task: Task): void;
}

/** A lane with a task in it. */
interface Lane {
  readonly name: string;
  readonly waiting: Task[];
  readonly leave: LeaveLane;
}

/** How a disk keeps every call on one name in order while other names go on. */
export const createLanes = (): Lanes => {
  // A list: a handful of names have calls under way at once, and a Map that empties at each call is rebuilt at each call.
  const taken: Lane[] = [];
  const open = (name: string): Lane => {
    const waiting: Task[] = [];
    const lane: Lane = {
      name,
      waiting,
      leave: () => {
        const task = waiting.shift();
        if (task === undefined) taken.splice(taken.indexOf(lane), 1);
        else task(lane.leave);
      },
    };
    return lane;
  };
  return {
    enter: (name, task) => {
      const busy = taken.find((lane) => lane.name === name);
      if (busy !== undefined) {
        busy.waiting.push(task);
        return;
      }
      const lane = open(name);
      taken.push(lane);
      task(lane.leave);
    },
  };
};
