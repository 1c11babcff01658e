/*
 * What the compiler knows and callers without types do not. Cheaper than a codec: some of it is asked for every validator of
 * every block.
 */

/** An object of any kind, lists included. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** As {@link isRecord}, narrowing nothing: what the compiler knows of the fields stays. */
export const isObject = (value: unknown): boolean => isRecord(value);

/** A list, narrowing nothing: what the compiler knows of the elements stays. */
export const isList = (value: unknown): boolean => Array.isArray(value);

/** A safe whole number from 0 on. */
export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);

/** A bigint from 0 on, such as an amount, a share or a power: no bound but 0. */
export const isAmount = (value: unknown): value is bigint => typeof value === 'bigint' && value >= 0n;
