/** What became of one case of a vector file. */
export type Outcome =
  | { readonly _tag: 'Passed' }
  /** We compute something else than the file expects. */
  | { readonly _tag: 'Failed'; readonly difference: string }
  /** A rule that this project does not have, from the committed list in `declarations.ts`. */
  | { readonly _tag: 'Declared'; readonly reason: string }
  /** The case cannot be read, or says something whose meaning is unknown here. */
  | { readonly _tag: 'NotUnderstood'; readonly problem: string };

/** One case and what became of it. */
export interface CaseReport {
  /** The list of the file in which the case stands. */
  readonly section: string;
  /** What the file calls it, or its position in the list. */
  readonly name: string;
  readonly outcome: Outcome;
}

export const passed: Outcome = { _tag: 'Passed' };
export const failed = (difference: string): Outcome => ({ _tag: 'Failed', difference });
export const notUnderstood = (problem: string): Outcome => ({ _tag: 'NotUnderstood', problem });

/** A value as a message shows it: JSON with bigints as digits, cut where it would fill the screen. */
export const shown = (value: unknown): string => {
  const LONGEST = 160;
  const text =
    JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? 'nothing';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${String(text.length)} characters)` : text;
};

const equal = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return left.size === right.size && [...left].every(([key, value]) => right.has(key) && equal(value, right.get(key)));
};

/** What differs, or undefined when both are the same, key by key. */
export const difference = (what: string, ours: unknown, expected: unknown): string | undefined =>
  equal(ours, expected) ? undefined : `${what}: expected ${shown(expected)}, got ${shown(ours)}`;

/** Passed without a difference; the first one decides otherwise. */
export const verdictOf = (...differences: readonly (string | undefined)[]): Outcome => {
  const first = differences.find((found) => found !== undefined);
  return first === undefined ? passed : failed(first);
};
