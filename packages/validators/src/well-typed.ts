// What the compiler knows and callers without types do not. Cheap: the ledger asks for every validator of every block.

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** A whole number from 0 on. */
export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);

/** An amount, a share or a power: no bound but 0. */
export const isAmount = (value: unknown): value is bigint => typeof value === 'bigint' && value >= 0n;

/** Narrows nothing: what the compiler knows of the elements stays. */
export const isList = (value: unknown): boolean => Array.isArray(value);
