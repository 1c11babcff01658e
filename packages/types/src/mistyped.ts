import { found } from './codec-core.ts';
import { isRecord } from './well-typed.ts';

/** A codec of any type: only its name and its `is` are asked. */
export interface TypeJudge {
  readonly name: string;
  readonly json: { is(value: unknown): boolean };
}

/** What a type is called in words a caller knows. */
const EXPECTED: Readonly<Record<string, string>> = {
  u64: 'a bigint from 0 to 2^64 - 1',
  u32: 'a whole number from 0 to 4294967295',
  u8: 'a whole number from 0 to 255',
  IdentityId: 'an identity of 64 lowercase hex characters',
  Hash: 'a hash of 64 lowercase hex characters',
};

/**
 * Why a value is not of its type, undefined when it is; the message names field, value and type. Callers without types reach
 * public functions too, with NaN, fractions, or numbers for bigints: everything public asks this first.
 */
export const mistypedField = (field: string, judge: TypeJudge, value: unknown): string | undefined =>
  judge.json.is(value)
    ? undefined
    : `${field} is ${found(value)}, it must be ${EXPECTED[judge.name] ?? `a value of type ${judge.name}`}`;

type Judges = Readonly<Record<string, TypeJudge>>;

/** Listed once: each set of judges is a constant of its module, asked with every call. */
const listed = new WeakMap<Judges, readonly (readonly [string, TypeJudge])[]>();

const entriesOf = (judges: Judges): readonly (readonly [string, TypeJudge])[] => {
  const known = listed.get(judges);
  if (known !== undefined) return known;
  const entries = Object.entries(judges);
  listed.set(judges, entries);
  return entries;
};

/** {@link mistypedField} of the first named argument that is not of its type, in the order of `judges`. */
export const mistypedFields = (judges: Judges, args: unknown): string | undefined => {
  if (!isRecord(args)) return `arguments are ${found(args)}, give an object with named fields`;
  for (const [field, judge] of entriesOf(judges)) {
    const reason = mistypedField(field, judge, args[field]);
    if (reason !== undefined) return reason;
  }
  return undefined;
};
