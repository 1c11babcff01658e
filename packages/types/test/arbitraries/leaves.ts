import type { Option } from 'fp-ts/lib/Option.js';
import { option as O } from 'fp-ts';
import fc, { type Arbitrary } from 'fast-check';
import { bytesToHex, U64_MAX, type Hash, type IdentityId, type Json } from '@zhtp/types';

export const u8 = fc.integer({ min: 0, max: 0xff });
export const u16 = fc.integer({ min: 0, max: 0xffff });
export const u32 = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(0, 0xffff_ffff));
export const i64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
export const u128 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  fc.constantFrom(0n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 128n - 1n),
);
export const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: U64_MAX }),
  fc.constantFrom(0n, 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, U64_MAX),
);
export const f64 = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (Object.is(x, -0) ? 0 : x));

const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesToHex);
export const hash = hex32.map((hex) => hex as Hash);
export const identity = hex32.map((hex) => hex as IdentityId);
/** A few only, so that repetitions and neighbours happen. */
export const bytes = (maxLength = 24): Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
/** Any well-formed Unicode, of at most `bytesMax` UTF-8 bytes. */
export const text = (bytesMax = 40): Arbitrary<string> => fc.string({ unit: 'binary', maxLength: bytesMax >> 2 });

export const option = <A>(inner: Arbitrary<A>): Arbitrary<Option<A>> =>
  fc.option(inner, { nil: undefined, freq: 2 }).map((value) => (value === undefined ? O.none : O.some(value)));

export const none: Arbitrary<Option<never>> = fc.constant(O.none);

export const list = <A>(inner: Arbitrary<A>, maxLength = 3): Arbitrary<readonly A[]> => fc.array(inner, { maxLength });

export const map = <K, V>(key: Arbitrary<K>, value: Arbitrary<V>, maxLength = 4): Arbitrary<ReadonlyMap<K, V>> =>
  fc.uniqueArray(fc.tuple(key, value), { maxLength, selector: ([k]) => k }).map((entries) => new Map(entries));

const jsonLeaf: Arbitrary<Json> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger().map((n) => (Object.is(n, -0) ? 0 : n)),
  text(),
);

export const json: Arbitrary<Json> = fc.letrec<{ readonly value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    jsonLeaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text(), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
