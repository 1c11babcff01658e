import { runReadmeExample } from '@zhtp/testing';
import { test } from 'vitest';

test('the example in README.md runs', () => {
  runReadmeExample(import.meta.url);
});
