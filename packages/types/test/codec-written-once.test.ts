import {
  array,
  chainParametersCodec,
  decode,
  DEFAULT_CHAIN_PARAMETERS,
  encode,
  writtenOnce,
  struct,
  u32,
  u64,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const plain = struct('Outer', { before: u32, inner: struct('Inner', { a: u64, b: array(u32, 8) }), after: u32 });
const keeping = struct('Outer', {
  before: u32,
  inner: writtenOnce(struct('Inner', { a: u64, b: array(u32, 8) })),
  after: u32,
});

const u32s = fc.nat(2 ** 32 - 1);
const inners = fc.record({ a: fc.bigInt(0n, 2n ** 64n - 1n), b: fc.array(u32s, { maxLength: 8 }) });

describe('a value whose bytes are kept', () => {
  test('is written and read as any other, the first time and afterwards', () => {
    fc.assert(
      fc.property(
        fc.array(inners, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(u32s, fc.nat(2), u32s)),
        (values, records) => {
          for (const [before, which, after] of records) {
            const inner = values[which % values.length] ?? { a: 0n, b: [] };
            const bytes = encode(keeping)({ before, inner, after });
            expect(bytes).toEqual(encode(plain)({ before, inner, after }));
            expect(decode(keeping)(bytes)).toEqual(E.right({ before, inner, after }));
          }
        },
      ),
    );
  });

  test('is refused each time when it is none of its type', () => {
    const parameters = { ...DEFAULT_CHAIN_PARAMETERS, maxBlockBytes: 1 };
    const write = encode(struct('Outer', { parameters: writtenOnce(chainParametersCodec) }));
    for (let times = 0; times < 2; times++)
      expect(() => write({ parameters })).toThrow('Outer.parameters: maxBlockBytes is 1, it must be from 1024');
  });

  test('does not share its bytes with who reads the record', () => {
    const inner = { a: 1n, b: [2] };
    const first = encode(keeping)({ before: 3, inner, after: 4 });
    first.fill(0xff);
    expect(encode(keeping)({ before: 3, inner, after: 4 })).toEqual(encode(plain)({ before: 3, inner, after: 4 }));
  });
});
