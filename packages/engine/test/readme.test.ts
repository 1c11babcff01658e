import { runReadmeExample } from '@zhtp/testing';
import { test } from 'vitest';

test('the README example runs', () => runReadmeExample(import.meta.url), 30_000);

test('an application of a user runs beside staking and governance', () => runReadmeExample(import.meta.url, 1), 30_000);
