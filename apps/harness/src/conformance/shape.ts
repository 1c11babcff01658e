import { hexToBytes } from '@zhtp/types';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Whether a value is an object that has all of these keys. */
export const hasKeys = (value: unknown, ...keys: readonly string[]): value is JsonObject =>
  isObject(value) && keys.every((key) => Object.hasOwn(value, key));

/** Whether a list under this key has an element that looks like one of a format. */
export const someIn = (document: unknown, key: string, looksRight: (element: unknown) => boolean): boolean => {
  const list = isObject(document) ? document[key] : undefined;
  return isList(list) && list.some(looksRight);
};

type Closed<Required extends t.Props, Optional extends t.Props> = t.TypeOfProps<Required> &
  t.TypeOfPartialProps<Optional>;

/**
 * An object with these keys and no other: a key we do not know could change the meaning of a case, so that ignoring it
 * would count a case as passed that was never understood.
 */
export const closed = <Required extends t.Props, Optional extends t.Props = Record<never, never>>(
  required: Required,
  optional?: Optional,
): t.Type<Closed<Required, Optional>, unknown, unknown> => {
  const props: t.Props = { ...optional, ...required };
  const validate = (value: unknown, context: t.Context): t.Validation<Closed<Required, Optional>> => {
    if (!isObject(value)) return t.failure(value, context, 'is not an object');
    const errors: t.Errors = [];
    const fail = (key: string, message: string): void => {
      errors.push({ value: value[key], context: t.appendContext(context, key, t.unknown), message });
    };
    for (const key of Object.keys(value)) if (!Object.hasOwn(props, key)) fail(key, 'is a key that is not known here');
    const made: Record<string, unknown> = {};
    for (const [key, codec] of Object.entries(props)) {
      if (!Object.hasOwn(value, key)) {
        if (Object.hasOwn(required, key)) fail(key, 'is missing');
        continue;
      }
      const decoded = codec.validate(value[key], t.appendContext(context, key, codec));
      if (E.isLeft(decoded)) errors.push(...decoded.left);
      else made[key] = decoded.right;
    }
    // The one place where the checked record gets the type that its codecs give it.
    return errors.length > 0 ? t.failures(errors) : t.success(made as Closed<Required, Optional>);
  };
  return new t.Type<Closed<Required, Optional>, unknown, unknown>(
    'closed object',
    (_value): _value is Closed<Required, Optional> => false,
    validate,
    t.identity,
  );
};

const checked = <A>(name: string, read: (value: unknown) => A | undefined): t.Type<A, unknown, unknown> =>
  new t.Type<A, unknown, unknown>(
    name,
    (_value): _value is A => false,
    (value, context) => {
      const made = read(value);
      return made === undefined ? t.failure(value, context, `must be ${name}`) : t.success(made);
    },
    t.identity,
  );

/** A count, a round, a number of times. */
export const count = checked('a whole number', (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined,
);

/** A round, or −1 for none. */
export const roundOrNone = checked('a round, or -1', (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= -1 ? value : undefined,
);

/** Integers of any size: as JSON numbers where the reader kept them exact, or as decimal strings. */
export const integer = checked('an integer', (value) => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,80}$/.test(value) ? BigInt(value) : undefined;
});

/** Voting power, or a sum of it: an integer of any size, from 0 on. */
export const power = checked('an integer from 0 on', (value) => {
  const decoded = integer.decode(value);
  return E.isRight(decoded) && decoded.right >= 0n ? decoded.right : undefined;
});

/** Hex in either case. */
export const bytes = checked('bytes in hex', (value) => {
  const made = typeof value === 'string' ? hexToBytes(value.toLowerCase()) : undefined;
  return made !== undefined && E.isRight(made) ? made.right : undefined;
});

/** One of these words. */
export const oneOf = <const Words extends readonly string[]>(
  ...words: Words
): t.Type<Words[number], unknown, unknown> =>
  checked(`one of ${words.join(', ')}`, (value): Words[number] | undefined => words.find((word) => word === value));

/** Any value: for what only describes a case. */
export const prose = t.unknown;

const ERRORS_SHOWN = 3;

const explained = ({ context, message, value }: t.ValidationError): string => {
  const path = context
    .map(({ key }) => key)
    .filter((key) => key !== '')
    .join('.');
  const problem = message ?? `must be ${context.at(-1)?.type.name ?? 'something else'}, not ${typeof value}`;
  return path === '' ? problem : `${path} ${problem}`;
};

/** The value as its codec reads it, or why it cannot be read. */
export const read = <A>(codec: t.Type<A, unknown, unknown>, value: unknown): E.Either<string, A> => {
  const decoded = codec.decode(value);
  if (E.isRight(decoded)) return decoded;
  const more = decoded.left.length - ERRORS_SHOWN;
  const first = decoded.left.slice(0, ERRORS_SHOWN).map(explained);
  return E.left([...first, ...(more > 0 ? [`and ${String(more)} more`] : [])].join('; '));
};

/**
 * A value in one of several forms. The message is that of the form that fits best: the one with the fewest complaints.
 */
export const shaped = <const Forms extends readonly t.Mixed[]>(
  name: string,
  forms: Forms,
): t.Type<t.TypeOf<Forms[number]>, unknown, unknown> =>
  new t.Type<t.TypeOf<Forms[number]>, unknown, unknown>(
    name,
    (_value): _value is t.TypeOf<Forms[number]> => false,
    (value, context) => {
      let closest: t.Errors | undefined;
      for (const form of forms) {
        const decoded: t.Validation<t.TypeOf<Forms[number]>> = form.validate(value, context);
        if (E.isRight(decoded)) return decoded;
        if (closest === undefined || decoded.left.length < closest.length) closest = decoded.left;
      }
      return t.failures(closest ?? [{ value, context, message: `must be ${name}` }]);
    },
    t.identity,
  );
