import { runReadmeExample } from '@zhtp/testing';
import { test } from 'vitest';

test('the example of the README runs', () => {
  runReadmeExample(import.meta.url);
});
