import type { LocalState } from './local-runs.ts';
import type { Delivery } from './message-table.ts';

/** What one node received in a row, and where that took it. */
export interface LocalPath {
  readonly from: LocalState;
  readonly deliveries: readonly Delivery[];
  readonly to: LocalState;
}

/**
 * One correct node as the search sees it: numbered classes of local states, and where it can go from a class while the
 * other correct nodes have said what they said. `first` and `second` are the logs of the other two, in order of position.
 */
export interface NodeClasses {
  readonly start: number;
  /** The log that everybody in this class has. */
  logOf(nodeClass: number): number;
  next(nodeClass: number, first: number, second: number): readonly number[];
  membersOf(nodeClass: number): readonly LocalState[];
  /** From a member of this class to a local state met on the way out of it. */
  pathTo(nodeClass: number, first: number, second: number, goal: LocalState): LocalPath | null;
  count(): number;
}
