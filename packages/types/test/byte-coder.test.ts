import { either as E } from 'fp-ts';
import { expect, test } from 'vitest';
import * as C from '@zhtp/types';
import { decode, encode } from '@zhtp/types';

const blob = C.bytes(3 * 1024 * 1024);
const pair = C.struct('Pair', { first: blob, second: C.u8 });

test('values far longer than the memory kept for writing survive, and so do short ones after them', () => {
  for (const length of [0, 16_379, 16_380, 16_381, 65_536, 2_500_000, 3]) {
    const value = { first: new Uint8Array(length).fill(length & 0xff), second: 7 };
    const written = encode(pair)(value);
    expect(written.length).toBe(length + 5);
    expect(decode(pair)(written)).toEqual(E.right(value));
  }
});

test('an encoding is bytes of its own: the next one does not change it', () => {
  const first = encode(C.u64)(1n);
  encode(C.u64)(2n);
  expect([...first]).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  expect(first.buffer.byteLength).toBe(8);
});

test('a refused value leaves nothing behind in the next encoding', () => {
  const wrong = { first: new Uint8Array(9), second: 256 };
  expect(() => encode(pair)(wrong)).toThrow('Pair.second: expected a whole number from 0 to 255, got 256');
  expect([...encode(pair)({ first: Uint8Array.of(5), second: 1 })]).toEqual([0, 0, 0, 1, 5, 1]);
});

test('a codec may encode while it is encoded itself', () => {
  const selfish = C.refine(pair, 'Selfish', (value) => (encode(C.u8)(value.second).length === 1 ? undefined : 'never'));
  const list = C.array(selfish, 3);
  const value = [
    { first: Uint8Array.of(1, 2), second: 3 },
    { first: Uint8Array.of(4), second: 5 },
  ];
  expect([...encode(list)(value)]).toEqual([0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 0, 0, 0, 1, 4, 5]);
  expect(decode(list)(encode(list)(value))).toEqual(E.right(value));
});

test('a byte error inside a list names the element', () => {
  const list = C.array(C.struct('Held', { of: C.text(2) }), 3);
  const message = (bytes: readonly number[]): string => {
    const read = decode(list)(Uint8Array.from(bytes));
    return E.isLeft(read) ? read.left.message : 'accepted';
  };
  expect(message([0, 0, 0, 2, 0, 0, 0, 1, 65, 0, 0, 0, 9])).toBe(
    'array(Held).1.of: text of length 9 is over the limit of 2',
  );
  expect(message([0, 0, 0, 1, 0, 0, 0, 2, 65])).toBe('array(Held).0.of: Unexpected end of buffer');
});

test('bytes for immediate use are those of an encoding, also when encodings nest', () => {
  const seen: number[][] = [];
  C.encodeFor(C.u32)(0x01020304, (outer) => {
    C.encodeFor(C.u16)(0x0506, (inner) => seen.push([...inner]));
    seen.push([...outer], [...encode(C.u8)(7)]);
  });
  expect(seen).toEqual([[5, 6], [1, 2, 3, 4], [7]]);
  expect(() => C.encodeFor(C.u8)(256, () => seen.push([]))).toThrow('expected a whole number from 0 to 255');
  expect([...encode(C.u8)(8)]).toEqual([8]);
});
