import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as types from '@zhtp/types';
import { bytesToHex, decode, encode, fromJson, toJson, type Codec } from '@zhtp/types';
import { codecCases } from './arbitraries/all.ts';

const RUNS = { numRuns: 40 };
const FEW = { numRuns: 3 };

const isCodec = (value: unknown): value is Codec<unknown> =>
  typeof value === 'object' && value !== null && 'json' in value && 'bytes' in value && 'name' in value;

/** Every byte of a message, or a sample of a long one: its parts are under test by themselves. */
const stride = (bytes: Uint8Array): number => Math.ceil(bytes.length / 1_500);

/** What bytes decode to is refused, or has exactly these bytes as its encoding. */
const refusedOrCanonical = <A>(codec: Codec<A>, bytes: Uint8Array): boolean => {
  const value = decode(codec)(bytes);
  return E.isLeft(value) || bytesToHex(encode(codec)(value.right)) === bytesToHex(bytes);
};

test('every exported codec is under test', () => {
  const exported = Object.entries(types).flatMap(([name, value]) => (isCodec(value) ? [name] : []));
  expect(codecCases.map((c) => c.exported).toSorted()).toEqual(exported.toSorted());
});

describe.each(codecCases)('$exported', ({ use }) => {
  test('a value survives its bytes and its JSON text, and is recognised', () => {
    use((codec, values) => {
      fc.assert(
        fc.property(values, (value) => {
          expect(decode(codec)(encode(codec)(value))).toEqual(E.right(value));
          expect(fromJson(codec)(JSON.parse(JSON.stringify(toJson(codec)(value))))).toEqual(E.right(value));
          expect(codec.json.is(value)).toBe(true);
        }),
        RUNS,
      );
    });
  });

  test('no prefix of an encoding decodes, and nothing may follow it', () => {
    use((codec, values) => {
      fc.assert(
        fc.property(values, fc.nat(), (value, at) => {
          const bytes = encode(codec)(value);
          for (const cut of new Set([0, bytes.length - 1, bytes.length >> 1, at % bytes.length]))
            expect(E.isLeft(decode(codec)(bytes.subarray(0, cut)))).toBe(true);
          expect(E.isLeft(decode(codec)(Uint8Array.of(...bytes, 0)))).toBe(true);
        }),
        RUNS,
      );
    });
  });

  test('a changed byte is refused or is the one encoding of another value', () => {
    use((codec, values) => {
      fc.assert(
        fc.property(values, fc.integer({ min: 1, max: 255 }), (value, difference) => {
          const bytes = encode(codec)(value);
          const accepted: string[] = [];
          for (let i = difference % stride(bytes); i < bytes.length; i += stride(bytes)) {
            const before = bytes[i] ?? 0;
            for (const after of [before ^ difference, (before + 1) & 0xff]) {
              bytes[i] = after;
              if (!refusedOrCanonical(codec, bytes)) accepted.push(`byte ${String(i)} = ${String(after)}`);
            }
            bytes[i] = before;
          }
          expect(accepted).toEqual([]);
          expect(bytesToHex(bytes)).toBe(bytesToHex(encode(codec)(value)));
        }),
        FEW,
      );
    });
  });

  test('arbitrary bytes are refused or canonical, and never throw', () => {
    use((codec) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200, size: 'max' }), (bytes) => {
          expect(refusedOrCanonical(codec, bytes)).toBe(true);
        }),
        RUNS,
      );
    });
  });

  test('arbitrary JSON is refused or means the value it is read as, and never throws', () => {
    use((codec) => {
      fc.assert(
        fc.property(fc.anything({ withBigInt: true, withMap: true, withSparseArray: true }), (json) => {
          const value = fromJson(codec)(json);
          expect(E.isLeft(value) ? value.left.message : codec.json.is(value.right)).toBeTruthy();
        }),
        RUNS,
      );
    });
  });
});
