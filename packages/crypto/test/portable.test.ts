import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const golden = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'golden', name), 'utf8'));

const PROGRAM = `
  process.getBuiltinModule = undefined;
  const { goldenHashes, goldenKeyFiles } = await import('./test/golden/cases.ts');
  const { defaultBackendChoice } = await import('@zhtp/crypto');
  console.log(JSON.stringify([goldenHashes(), goldenKeyFiles(), defaultBackendChoice('ML-DSA-65').reason]));
`;

test('without a crypto module of the runtime everything comes out the same', () => {
  const run = spawnSync(process.execPath, ['--conditions=@zhtp/source', '--input-type=module', '-e', PROGRAM], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  });
  expect(run.stderr).not.toContain('Error');
  expect(run.status).toBe(0);
  expect(JSON.parse(run.stdout)).toEqual([
    golden('hashes.json'),
    golden('key-files.json'),
    'noble: this runtime has no crypto module of its own',
  ]);
}, 60_000);
