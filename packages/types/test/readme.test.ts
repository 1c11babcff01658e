import { runReadmeExample } from '@zhtp/testing';
import { expect, test } from 'vitest';

test('the README example runs', () => {
  expect(() => runReadmeExample(import.meta.url)).not.toThrow();
});
