import { byzantineFaultError, found, type ConsensusError } from '@zhtp/types';

/** A codec of any type: only its `is` and its name are asked. */
interface Judge {
  readonly name: string;
  readonly json: { is(value: unknown): boolean };
}

/** What a wrong value is called in words a caller knows. */
const EXPECTED: Readonly<Record<string, string>> = {
  u64: 'a bigint from 0 to 2^64 - 1',
  u32: 'a whole number from 0 to 4294967295',
  IdentityId: 'an identity of 64 lowercase hex characters',
  Hash: 'a hash of 64 lowercase hex characters',
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/**
 * The first argument that is not of its type, or undefined. Callers without types reach the documented methods too, with
 * NaN, fractions, or numbers for bigints: every one of them asks this first.
 */
export const mistyped = (judges: Readonly<Record<string, Judge>>, args: unknown): ConsensusError | undefined => {
  if (!isRecord(args)) return byzantineFaultError(`arguments are ${found(args)}, give an object with named fields`);
  for (const [field, judge] of Object.entries(judges)) {
    if (judge.json.is(args[field])) continue;
    const expected = EXPECTED[judge.name] ?? `a value of type ${judge.name}`;
    return byzantineFaultError(`${field} is ${found(args[field])}, it must be ${expected}`);
  }
  return undefined;
};

/** Refuses what lacks the methods that will be called: an object of another kind must not end in an exception. */
export const withoutMethods = (
  field: string,
  value: unknown,
  methods: readonly string[],
): ConsensusError | undefined => {
  const missing = isRecord(value) ? methods.find((method) => typeof value[method] !== 'function') : methods[0];
  return missing === undefined
    ? undefined
    : byzantineFaultError(`${field} is ${found(value)} without ${missing}(), give a ValidatorManager`);
};
