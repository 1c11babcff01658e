interface Entry<K, V> {
  readonly key: K;
  value: V;
  older: Entry<K, V> | undefined;
  newer: Entry<K, V> | undefined;
}

/** A bounded map that changes in place; when it is full, what was put longest ago leaves. */
export interface RecencyMap<K, V> {
  readonly size: number;
  /** Asking changes no order. */
  get(key: K): V | undefined;
  put(key: K, value: V): void;
  /** In no order that anything may depend on. */
  keys(): Iterable<K>;
}

/**
 * Every call costs the same whatever the size. A list beside the map, for a map alone does not do: asked for its first key,
 * it walks over the places of all that were deleted from its front.
 */
export const createRecencyMap = <K, V>(entriesMax: number): RecencyMap<K, V> => {
  const entries = new Map<K, Entry<K, V>>();
  let oldest: Entry<K, V> | undefined;
  let newest: Entry<K, V> | undefined;

  const append = (entry: Entry<K, V>): void => {
    entry.older = newest;
    entry.newer = undefined;
    if (newest === undefined) oldest = entry;
    else newest.newer = entry;
    newest = entry;
  };

  const unlink = ({ older, newer }: Entry<K, V>): void => {
    if (older === undefined) oldest = newer;
    else older.newer = newer;
    if (newer === undefined) newest = older;
    else newer.older = older;
  };

  return {
    get size() {
      return entries.size;
    },
    get: (key) => entries.get(key)?.value,
    put: (key, value) => {
      const known = entries.get(key);
      if (known !== undefined) {
        unlink(known);
        known.value = value;
        append(known);
        return;
      }
      const entry: Entry<K, V> = { key, value, older: undefined, newer: undefined };
      entries.set(key, entry);
      append(entry);
      if (entries.size <= entriesMax || oldest === undefined) return;
      entries.delete(oldest.key);
      unlink(oldest);
    },
    keys: () => entries.keys(),
  };
};
