import { expect, test } from 'vitest';
import { contradiction, readDelay, readLoss } from '../src/run-options.ts';

test('loss is read in per cent and in thousandths, up to its limit', () => {
  expect(['20%', '200‰', '200', '0%', '90%', '900‰'].map(readLoss)).toEqual([200, 200, 200, 0, 900, 900]);
  for (const text of ['', '91%', '901‰', '-1', '1e1', '20 %', '0.5%', '%'])
    expect(() => readLoss(text)).toThrow('Loss');
});

test('delays are a range of milliseconds', () => {
  expect(readDelay('5..60')).toEqual({ minMs: 5, maxMs: 60 });
  expect(readDelay('0..0')).toEqual({ minMs: 0, maxMs: 0 });
  expect(readDelay('10000..10000')).toEqual({ minMs: 10_000, maxMs: 10_000 });
  for (const text of ['5', '..', '5..', '6..5', '0..10001', 'a..b']) expect(() => readDelay(text)).toThrow('Delays');
});

test('more than two thirds of the validators must run', () => {
  for (const [validators, crash] of [
    [4, 1],
    [1, 0],
    [7, 2],
    [10, 3],
  ] as const)
    expect(contradiction({ validators, crash })).toBeUndefined();
  for (const [validators, crash] of [
    [4, 2],
    [1, 1],
    [6, 2],
    [9, 3],
  ] as const)
    expect(contradiction({ validators, crash })).toContain('more than two thirds must run');
});
