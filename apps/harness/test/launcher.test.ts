import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

test('the program that npm links at installation is there before any build, and starts', () => {
  const manifest: unknown = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  expect(manifest).toHaveProperty('bin.harness', './bin/harness.js');
  expect(execFileSync(process.execPath, [at('bin/harness.js'), '--help'], { encoding: 'utf8' })).toContain(
    'conformance',
  );
}, 30_000);
