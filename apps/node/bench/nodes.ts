import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { homeAt } from '../src/home.ts';
import { PASSPHRASE_FILE } from '../src/passphrase.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A line of a node's log, as far as it is looked at here; `time` in unix milliseconds, the same clock for all. */
export interface LogLine {
  readonly time: number;
  readonly msg: string;
  readonly height?: string;
  readonly round?: number;
  readonly step?: string;
  readonly transactions?: number;
}

/** A validator in a process of its own. */
export interface RunningNode {
  readonly apiPort: number;
  readonly lines: readonly LogLine[];
  readonly stop: () => Promise<void>;
}

const isLogLine = (u: unknown): u is LogLine => typeof u === 'object' && u !== null && 'time' in u && 'msg' in u;

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });

/** @param home of a test network: its passphrase lies beside its keys */
export const startNode = (home: string, apiPort: number): RunningNode => {
  const args = ['--conditions=@zhtp/source', MAIN, 'start', '--home', home, '--log-level', 'debug'];
  const passphrase = ['--passphrase-file', `${homeAt(home).folder}/keys/${PASSPHRASE_FILE}`];
  const child = spawn(process.execPath, [...args, ...passphrase], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: LogLine[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line: unknown = JSON.parse(text);
    if (isLogLine(line)) lines.push(line);
  });
  const closed = ended(child);
  return {
    apiPort,
    lines,
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
};
