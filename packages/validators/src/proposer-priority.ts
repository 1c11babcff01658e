import {
  isAmount,
  isCount,
  isRecord,
  ceilDiv,
  floorDiv,
  maxBigint,
  minBigint,
  truncDiv,
  type IdentityId,
} from '@zhtp/types';

/** Anyone with a power: a validator of a frozen set. */
export interface Weighted {
  readonly identity: IdentityId;
  readonly votingPower: bigint;
}

/** A validator waiting for its turn: priority grows by its power in every step and drops by the total when it proposes. */
export interface Prioritized extends Weighted {
  readonly priority: bigint;
}

/**
 * Weighted rotation between two steps: who proposes, and everybody's priority afterwards. The priority-based algorithm of
 * the CometBFT specification (decisions.md §6). Part of chain state: it depends on every earlier set.
 */
export interface WeightedRotation {
  readonly proposer: IdentityId;
  /** In identity order. */
  readonly validators: readonly Prioritized[];
}

/** The spread of priorities stays within this multiple of the total power. */
const WINDOW = 2n;

const totalOf = (validators: readonly Weighted[]): bigint =>
  validators.reduce((sum, { votingPower }) => sum + votingPower, 0n);

const withPriority = (validators: readonly Prioritized[], priority: (of: bigint) => bigint): readonly Prioritized[] =>
  validators.map((validator) => ({ ...validator, priority: priority(validator.priority) }));

/** Divides when the spread exceeds twice the total. Truncates, unlike {@link centre}: the specification says so. */
export const rescale = (validators: readonly Prioritized[]): readonly Prioritized[] => {
  const priorities = validators.map(({ priority }) => priority);
  const [first = 0n] = priorities;
  const spread = priorities.reduce(maxBigint, first) - priorities.reduce(minBigint, first);
  const window = WINDOW * totalOf(validators);
  if (window === 0n || spread <= window) return validators;
  const ratio = ceilDiv(spread, window);
  return withPriority(validators, (priority) => truncDiv(priority, ratio));
};

/** Moves the average to 0. Floors: with truncation the proposers of changing sets diverge. */
export const centre = (validators: readonly Prioritized[]): readonly Prioritized[] => {
  if (validators.length === 0) return validators;
  const sum = validators.reduce((total, { priority }) => total + priority, 0n);
  const average = floorDiv(sum, BigInt(validators.length));
  return average === 0n ? validators : withPriority(validators, (priority) => priority - average);
};

/** The highest priority; among equals the first in identity order. */
const foremost = (validators: readonly Prioritized[]): Prioritized | undefined =>
  validators.reduce<Prioritized | undefined>(
    (best, validator) =>
      best === undefined ||
      validator.priority > best.priority ||
      (validator.priority === best.priority && validator.identity < best.identity)
        ? validator
        : best,
    undefined,
  );

const oneStep = (validators: readonly Prioritized[], total: bigint): WeightedRotation | undefined => {
  const grown = validators.map((validator) => ({ ...validator, priority: validator.priority + validator.votingPower }));
  const chosen = foremost(grown);
  if (chosen === undefined) return undefined;
  const settled = grown.map((validator) =>
    validator.identity === chosen.identity ? { ...validator, priority: validator.priority - total } : validator,
  );
  return { proposer: chosen.identity, validators: settled };
};

/** The rotation after each of the next `times` steps: rescaled and centred once, before the first. */
export function* steps(validators: readonly Prioritized[], times: number): Generator<WeightedRotation, void> {
  const total = totalOf(validators);
  let current = centre(rescale(validators));
  for (let i = 0; i < times; i++) {
    const next = oneStep(current, total);
    if (next === undefined) return;
    yield next;
    current = next.validators;
  }
}

/** Validators with powers and priorities, whatever their names: asked of every caller, with or without types. */
export const arePrioritized = (validators: readonly Prioritized[]): boolean =>
  Array.isArray(validators) &&
  validators.every(
    (value: unknown) =>
      isRecord(value) &&
      typeof value['identity'] === 'string' &&
      isAmount(value['votingPower']) &&
      typeof value['priority'] === 'bigint',
  );

/** Steps of one call: a number that nobody means would never end. */
const STEPS_MAX = 1_000_000;

/** `undefined` without validators, for no step at all, for more than a million, and for what is no list of validators. */
export const increment = (validators: readonly Prioritized[], times: number): WeightedRotation | undefined => {
  if (!arePrioritized(validators) || !isCount(times) || times > STEPS_MAX) return undefined;
  let last: WeightedRotation | undefined;
  for (const rotation of steps(validators, times)) last = rotation;
  return last;
};

/** −1.125 × total, for newcomers: leaving and returning never brings a turn forward. */
const newcomerPriority = (total: bigint): bigint => -(total + (total >> 3n));

/**
 * Priorities of the next set: kept by who stays, −1.125 × total for who comes. The total counts new powers and those who
 * are about to leave, as in the specification.
 */
export const carryOver = (before: readonly Prioritized[], next: readonly Weighted[]): readonly Prioritized[] => {
  const known = new Map(before.map((validator) => [validator.identity, validator]));
  const staying = new Set(next.map(({ identity }) => identity));
  const leaving = before.filter(({ identity }) => !staying.has(identity));
  const start = newcomerPriority(totalOf(next) + totalOf(leaving));
  const carried = next.map(({ identity, votingPower }) => ({
    identity,
    votingPower,
    priority: known.get(identity)?.priority ?? start,
  }));
  return centre(rescale(carried));
};
