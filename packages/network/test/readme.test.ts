import { runReadmeExample } from '@zhtp/testing';
import { test } from 'vitest';

test('the README example connects two nodes, delivers a message and ends', () => {
  runReadmeExample(import.meta.url);
});
