import { either as E, option as O } from 'fp-ts';
import type { Option } from './option.ts';
import * as t from 'io-ts';
import { inField, mapped, type ByteCoder } from './byte-coder.ts';
import { found, quoted, type Codec, type Json } from './codec-core.ts';
import { boundedLength, flag } from './codec-leaves.ts';

/** An fp-ts Option: one byte 0 or 1 in front; null in JSON. An `inner` that takes null itself is refused when declared. */
export const option = <A>(inner: Codec<A>): Codec<Option<A>> => {
  const name = `option(${inner.name})`;
  if (E.isRight(inner.json.decode(null))) throw new Error(`${name}: null would mean both none and a value`);
  return {
    name,
    json: new t.Type<Option<A>, Json>(
      name,
      (u): u is Option<A> => isOption(u) && (O.isNone(u) || inner.json.is(u.value)),
      (u, c) => {
        if (u === null) return E.right(O.none);
        const value = inner.json.validate(u, c);
        return E.isRight(value) ? E.right(O.some(value.right)) : value;
      },
      (a) => (O.isNone(a) ? null : inner.json.encode(a.value)),
    ),
    bytes: {
      size: undefined,
      write: (writer, o) => {
        if (!isOption(o)) throw new Error(`expected none or some, got ${found(o)}`);
        flag.write(writer, O.isSome(o));
        if (O.isSome(o)) inner.bytes.write(writer, o.value);
      },
      read: (reader) => (flag.read(reader) ? O.some(inner.bytes.read(reader)) : O.none),
    },
  };
};

const isOption = (u: unknown): u is Option<unknown> =>
  typeof u === 'object' && u !== null && '_tag' in u && (u._tag === 'None' || (u._tag === 'Some' && 'value' in u));

/** Elements with their count in front. */
const list = <A>(what: string, max: number, inner: ByteCoder<A>): ByteCoder<readonly A[]> => {
  const count = boundedLength(what, max);
  if (inner.size === 0) throw new Error(`${what} of zero-size elements: their count would be free`);
  return {
    size: undefined,
    write: (writer, elements) => {
      if (!Array.isArray(elements)) throw new Error(`expected a list, got ${found(elements)}`);
      count.write(writer, elements.length);
      let i = 0;
      try {
        for (; i < elements.length; i++) inner.write(writer, elements[i] as A);
      } catch (cause) {
        throw inField(i, cause);
      }
    },
    read: (reader) => {
      const length = count.read(reader);
      // Elements of fixed size: a count that cannot be true is refused before the first of them.
      if (inner.size !== undefined && length * inner.size > reader.left())
        throw new Error(
          `${String(length)} elements of ${String(inner.size)} bytes exceed ${String(reader.left())} bytes left`,
        );
      const elements: A[] = [];
      try {
        while (elements.length < length) elements.push(inner.read(reader));
      } catch (cause) {
        throw inField(elements.length, cause);
      }
      return elements;
    },
  };
};

/** A list of at most `max` elements, with a u32 count in front. Elements of no bytes are refused when declared. */
export const array = <A>(inner: Codec<A>, max: number): Codec<readonly A[]> => {
  const name = `array(${inner.name})`;
  return {
    name,
    json: new t.Type<readonly A[], Json>(
      name,
      (u): u is readonly A[] => Array.isArray(u) && u.length <= max && Array.from(u).every((x) => inner.json.is(x)),
      (u, c) => {
        if (!Array.isArray(u)) return t.failure(u, c, `expected a list, got ${found(u)}`);
        if (u.length > max)
          return t.failure(u, c, `a list of length ${String(u.length)} is over the limit of ${String(max)}`);
        const out: A[] = [];
        for (const [i, x] of u.entries()) {
          const element = inner.json.validate(x, t.appendContext(c, String(i), inner.json, x));
          if (E.isLeft(element)) return element;
          out.push(element.right);
        }
        return E.right(out);
      },
      (a) => a.map((x) => inner.json.encode(x)),
    ),
    bytes: list('a list', max, inner.bytes),
  };
};

/**
 * A map of at most `max` entries, in the order of its keys as strings (for hashes and identities that is byte order): a u32
 * count and the pairs on the wire, where an unsorted or repeated key is refused; an object in JSON, whose members may come
 * in any order.
 */
export const map = <K extends string, V>(key: Codec<K>, value: Codec<V>, max: number): Codec<ReadonlyMap<K, V>> => {
  const name = `map(${key.name}, ${value.name})`;
  const pair: ByteCoder<readonly [K, V]> = {
    size: undefined,
    write: (writer, [k, v]) => {
      key.bytes.write(writer, k);
      value.bytes.write(writer, v);
    },
    read: (reader) => [key.bytes.read(reader), value.bytes.read(reader)],
  };
  const sorted = (entries: Iterable<readonly [K, V]>): [K, V][] =>
    Array.from(entries, ([k, v]): [K, V] => [k, v]).sort(([a], [b]) => (a < b ? -1 : 1));
  const rising = (pairs: readonly (readonly [K, V])[]): ReadonlyMap<K, V> => {
    let previous: K | undefined;
    for (const [k] of pairs) {
      if (previous !== undefined && previous >= k) throw new Error(`key ${quoted(k)} is repeated or out of order`);
      previous = k;
    }
    return new Map(pairs);
  };
  return {
    name,
    json: new t.Type<ReadonlyMap<K, V>, Json>(
      name,
      (u): u is ReadonlyMap<K, V> =>
        u instanceof Map && u.size <= max && [...u].every(([k, v]) => key.json.is(k) && value.json.is(v)),
      (u, c) => {
        if (typeof u !== 'object' || u === null || Array.isArray(u))
          return t.failure(u, c, `expected an object, got ${found(u)}`);
        const members = Object.entries(u);
        if (members.length > max)
          return t.failure(u, c, `an object of ${String(members.length)} members is over the limit of ${String(max)}`);
        const out: [K, V][] = [];
        for (const [name_, member] of members) {
          const k = key.json.validate(name_, c);
          if (E.isLeft(k)) return k;
          const v = value.json.validate(member, t.appendContext(c, name_, value.json, member));
          if (E.isLeft(v)) return v;
          out.push([k.right, v.right]);
        }
        return E.right(new Map(sorted(out)));
      },
      (a) => Object.fromEntries(sorted(a).map(([k, v]) => [k, value.json.encode(v)])),
    ),
    bytes: mapped(list('a map', max, pair), rising, sorted),
  };
};

/** The same encoding, fewer values: `check` answers undefined, or what is wrong. Applies to JSON and bytes alike. */
export const refine = <A>(inner: Codec<A>, name: string, check: (a: A) => string | undefined): Codec<A> => ({
  name,
  json: new t.Type<A, Json>(
    name,
    (u): u is A => inner.json.is(u) && check(u) === undefined,
    (u, c) => {
      const value = inner.json.validate(u, c);
      if (E.isLeft(value)) return value;
      const wrong = check(value.right);
      return wrong === undefined ? value : t.failure(u, c, wrong);
    },
    inner.json.encode,
  ),
  bytes: mapped(inner.bytes, trusted(check), trusted(check)),
});

const trusted =
  <A>(check: (a: A) => string | undefined) =>
  (value: A): A => {
    const wrong = check(value);
    if (wrong !== undefined) throw new Error(wrong);
    return value;
  };

/** The same encoding under a branded or otherwise narrowed type. */
export const named = <A>(name: string, inner: Codec<A>): Codec<A> => ({ ...inner, name });
