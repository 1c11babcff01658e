import type { Command } from 'commander';
import type { Outcome } from '../outcome.ts';

/** How a command hands its outcome to the program: the failure's one line, and the exit code. */
export type Run = (outcome: Outcome<void>) => Promise<void>;

export interface NodeOption {
  readonly node: string;
}

export interface JsonOption {
  readonly json?: boolean;
}

export const addNodeOption = (command: Command): Command =>
  command.option(
    '--node <url>',
    'HTTP API of a node (or set ZHTP_NODE)',
    process.env['ZHTP_NODE'] ?? 'http://127.0.0.1:26601',
  );

export const addJsonOption = (command: Command): Command => command.option('--json', 'print JSON');

/** Of an option that may be given again. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

export const printJson = (json: unknown): void => {
  print(JSON.stringify(json, null, 2));
};

/** Names and values in two columns. */
export const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
};
