import { runReadmeExample } from '@zhtp/testing';
import { test } from 'vitest';

test('the README example runs', () => runReadmeExample(import.meta.url), 30_000);
