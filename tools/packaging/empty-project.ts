// A project of a user: an empty folder, npm, and nothing of this workspace in reach.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Run {
  readonly status: number;
  readonly output: string;
}

export interface EmptyProject {
  readonly folder: string;
  readonly write: (path: string, text: string) => void;
  readonly node: (...args: readonly string[]) => Promise<Run>;
  readonly npm: (...args: readonly string[]) => Promise<Run>;
  /** As `npx` does, but never from anywhere but this project. */
  readonly npx: (...args: readonly string[]) => Promise<Run>;
}

/** What a user's shell has: none of the settings of the npm, nx or vitest that runs this. */
const plainEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|nx_|vitest|node_options$|node_env$|force_color$)/i.test(name),
    ),
  );

const execute = (command: string, args: readonly string[], cwd: string, isShell = false): Promise<Run> =>
  new Promise((resolve) => {
    const options = { cwd, env: plainEnvironment(), timeout: 120_000, maxBuffer: 1 << 26, shell: isShell };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      resolve({
        status: error === null ? 0 : typeof error.code === 'number' ? error.code : 1,
        output: stdout + stderr,
      });
    });
    child.stdin?.end();
  });

/** npm as whoever runs this has it: the one that runs the script, else the first on PATH. */
const npmCommand = (): readonly [string, readonly string[]] => {
  const path = process.env['npm_execpath'];
  return path === undefined || !path.endsWith('.js') ? ['npm', []] : [process.execPath, [path]];
};

export const runNpm = (args: readonly string[], cwd: string): Promise<Run> => {
  const [command, first] = npmCommand();
  return execute(command, [...first, ...args], cwd, command === 'npm' && process.platform === 'win32');
};

/** A folder below `parent` with a package.json; its npm asks `registry` and keeps its cache in `parent`. */
export const emptyProject = (parent: string, name: string, registry: string): EmptyProject => {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
  write('package.json', JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  write(
    '.npmrc',
    [
      `registry=${registry}`,
      'noproxy=127.0.0.1',
      `cache=${join(parent, 'npm-cache')}`,
      'prefer-offline=true',
      'ignore-scripts=true',
      'audit=false',
      'fund=false',
      'update-notifier=false',
      'loglevel=error',
    ].join('\n'),
  );
  const noUserSettings = `--userconfig=${join(parent, 'no-npmrc')}`;
  const npm = (...args: readonly string[]): Promise<Run> => runNpm([noUserSettings, ...args], folder);
  return {
    folder,
    write,
    node: (...args) => execute(process.execPath, args, folder),
    npm,
    npx: (...args) => npm('exec', '--offline', '--', ...args),
  };
};
