import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const workspaceRoot = join(import.meta.dirname, '../../..');

/** Brings every package's `dist` up to date: nothing to do after a build, some seconds in a fresh checkout. */
export const buildPackages = (): void => {
  const configs = globSync('packages/*/tsconfig.lib.json', { cwd: workspaceRoot });
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...configs], {
    cwd: workspaceRoot,
    stdio: 'inherit',
  });
};
