// nx target `bench`, run in the project's folder: its `bench/*.bench.ts` under vitest, then its `bench/main.ts` as a program,
// on a runtime with the flags given here.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';

const run = (program: string, ...args: readonly string[]): void => {
  const { status } = spawnSync(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exitCode = 1;
};

if (globSync('bench/**/*.bench.ts').length > 0) {
  run(
    'vitest',
    'bench',
    '--run',
    '--reporter=default',
    '--expect.requireAssertions=false',
    '-c',
    join(import.meta.dirname, '../vitest.config.ts'),
  );
}
if (existsSync('bench/main.ts')) run('node', ...process.argv.slice(2), '--conditions=@zhtp/source', 'bench/main.ts');
