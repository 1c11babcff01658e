import { runReadmeExample } from '@zhtp/testing';
import { expect, test } from 'vitest';

test('the example of the README runs', () => {
  expect(() => {
    runReadmeExample(import.meta.url);
  }).not.toThrow();
});
