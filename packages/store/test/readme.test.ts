import { test } from 'vitest';
import { runReadmeExample } from '@zhtp/testing';

test('the example of the README runs', () => {
  runReadmeExample(import.meta.url);
});
