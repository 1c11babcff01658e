import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { either as E } from 'fp-ts';
import { fromJson } from '@zhtp/types';
import { childReportCodec, type ChildReport } from '../child-report.ts';
import { homeAt } from '../home.ts';

const readReport = fromJson(childReportCodec);

/** What happens to one validator process, as its supervisor sees it. */
export interface ChildEvents {
  readonly onReport: (report: ChildReport) => void;
  /** The last line it wrote to standard error, '' when it said nothing. */
  readonly onExit: (code: number | null, signal: NodeJS.Signals | null, lastLine: string) => void;
}

/** What a process is started with. */
export interface ChildStart {
  /** Path of this program. */
  readonly program: string;
  readonly home: string;
  readonly application: string | undefined;
}

export interface Child {
  readonly pid: number | undefined;
  /** Asks it to stop; `SIGKILL` does not ask. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => void;
}

const LINE_CHARACTERS_MAX = 500;

/** Keeps the last line of a stream. */
const lastLineOf = (child: ChildProcess): (() => string) => {
  let line = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => {
    const lines = chunk.split('\n').filter((text) => text.trim() !== '');
    line = (lines.at(-1) ?? line).slice(0, LINE_CHARACTERS_MAX);
  });
  return () => line;
};

/**
 * One validator in a process of its own: this very program with `start`. Its IPC channel carries reports up, and its end
 * tells the child that nobody supervises it any more, so that no process is left behind whatever happens to this one.
 */
export const startChild = ({ program, home, application }: ChildStart, events: ChildEvents): Child => {
  const hosted = application === undefined ? [] : ['--application', application];
  const child = spawn(
    process.execPath,
    [...process.execArgv, program, 'start', '--home', home, '--log-file', homeAt(home).log, ...hosted],
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  );
  const lastLine = lastLineOf(child);
  child.stderr?.pipe(createWriteStream(`${homeAt(home).log}.stderr`, { flags: 'a' }));
  child.on('message', (message) => {
    const report = readReport(message);
    if (E.isRight(report)) events.onReport(report.right);
  });
  let ended = false;
  const exit = (code: number | null, signal: NodeJS.Signals | null, line: string): void => {
    if (ended) return;
    ended = true;
    events.onExit(code, signal, line);
  };
  child.on('error', (cause) => {
    exit(null, null, cause.message);
  });
  child.on('close', (code, signal) => {
    exit(code, signal, lastLine());
  });
  return {
    pid: child.pid,
    end: (signal) => {
      child.kill(signal);
    },
  };
};
