import { runReadmeExample } from '@zhtp/testing';
import { expect, test } from 'vitest';

test.each([
  ['certificates', 0],
  ['light clients', 1],
])('the example of the README for %s runs', (_about, which) => {
  expect(() => {
    runReadmeExample(import.meta.url, which);
  }).not.toThrow();
});
