import type { MapChange, OrderedMap } from '@zhtp/validators';

/**
 * What two versions of a map differ in, looked for once: several maps of the state are made of the same records, and are asked
 * one after the other.
 */
export const sharedChanges = <S, K extends string, V>(
  records: (state: S) => OrderedMap<K, V>,
): ((before: S, after: S) => readonly MapChange<K, V>[]) => {
  let last:
    readonly [before: OrderedMap<K, V>, after: OrderedMap<K, V>, changes: readonly MapChange<K, V>[]] | undefined;
  return (before, after) => {
    const [was, is] = [records(before), records(after)];
    if (last?.[0] === was && last[1] === is) return last[2];
    const changes = [...is.changesSince(was)];
    last = [was, is, changes];
    return changes;
  };
};
