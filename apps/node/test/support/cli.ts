import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { freePortsFrom } from '../../src/ports.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Only what a program needs: no passphrase or node address of whoever runs the tests. */
const environment = (extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const {
    ZHTP_PASSPHRASE: _passphrase,
    ZHTP_NODE: _node,
    NODE_OPTIONS: _options,
    VITEST: _vitest,
    ...rest
  } = process.env;
  return { ...rest, ...extra };
};

const folders: string[] = [];
const processes: Program[] = [];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The real program, running. */
export interface Program {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<Ended>;
  readonly hasEnded: () => boolean;
}

export const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Program => {
  const child = spawn(process.execPath, ['--conditions=@zhtp/source', MAIN, ...args], {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  let done = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      done = true;
      resolve({ code, signal });
    });
  });
  const program = { child, stdout: () => out, stderr: () => err, ended, hasEnded: () => done };
  processes.push(program);
  return program;
};

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Result> => {
  const program = start(args, env);
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

/** Runs a command that must succeed; answers with what it printed. */
export const succeed = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(args);
  expect(code, `zhtp ${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
};

/** Runs a command that must fail with one line on standard error; answers with that line. */
export const refused = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const { code, stderr } = await run(args, env);
  expect(code, stderr).toBe(1);
  expect(stderr).toMatch(/^error: [^\n]+\n$/);
  return stderr;
};

/**
 * Waits for a condition by asking again, never by guessing how long it takes.
 * @param what is waited for; a function is asked when it did not come
 */
export const until = async <A>(
  what: string | (() => string),
  ask: () => Promise<A | undefined> | A | undefined,
  seconds = 40,
): Promise<A> => {
  const deadline = Date.now() + seconds * 1_000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(50);
  }
  throw new Error(`gave up after ${String(seconds)} s: ${typeof what === 'string' ? what : what()}`);
};

export const getJson = async (url: string): Promise<unknown> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return response.ok ? ((await response.json()) as unknown) : undefined;
  } catch {
    return undefined;
  }
};

export const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'zhtp-test-'));
  folders.push(folder);
  return folder;
};

export const copyOf = async (folder: string): Promise<string> => {
  const copy = join(await newFolder(), 'home');
  await cp(folder, copy, { recursive: true });
  return copy;
};

/**
 * Below the ports that systems give to outgoing connections: one of those would take the port of a node that is down, and it
 * could not come back.
 */
const LOWEST_PORT = 11_000;
const HIGHEST_PORT = 32_000;
/** Four nodes with two ports each, and some that join. */
const NETWORK_PORTS = 16;

/** A port that is free, as are those behind it that a network takes. */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT - NETWORK_PORTS);
    if ((await freePortsFrom(port, NETWORK_PORTS)) === port) return port;
  }
  throw new Error(
    `no ${String(NETWORK_PORTS)} free ports in a row from ${String(LOWEST_PORT)} to ${String(HIGHEST_PORT)}`,
  );
};

/** Changes fields of a home's configuration. */
export const reconfigure = async (home: string, fields: Readonly<Record<string, unknown>>): Promise<void> => {
  const path = join(home, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...config, ...fields }));
};

/** Ends every process and removes every folder of the tests before. */
export const cleanUp = async (): Promise<void> => {
  for (const { child, hasEnded } of processes) if (!hasEnded()) child.kill('SIGKILL');
  await Promise.all(processes.splice(0).map(({ ended }) => ended));
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
};
