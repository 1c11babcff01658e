import { isRecord } from '@zhtp/types';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';

export const LOG_LEVELS: readonly Level[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];

export const isLogLevel = (text: string): text is Level => LOG_LEVELS.some((level) => level === text);

const NAMES: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO ',
  40: 'WARN ',
  50: 'ERROR',
  60: 'FATAL',
};

/** One JSON line of the log as people read it. */
export const prettyLine = (line: string): string => {
  const json: unknown = JSON.parse(line);
  if (!isRecord(json)) return line;
  const { level, time, msg, ...fields } = json;
  const clock = typeof time === 'number' ? new Date(time).toISOString().slice(11, 23) : '';
  const rest = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${clock} ${typeof level === 'number' ? (NAMES[level] ?? String(level)) : ''} ${String(msg)}${rest.join('')}\n`;
};

const prettyStream: DestinationStream = {
  write: (line) => {
    process.stdout.write(prettyLine(line));
  },
};

export interface NodeLog {
  readonly logger: Logger;
  flush(): void;
}

/** JSON lines into `file`, or to standard output, where a terminal gets them in readable form. A disk that is full loses log lines only. */
export const openLog = (level: Level, file: string | undefined): NodeLog => {
  const options = { level, base: null };
  if (file === undefined && process.stdout.isTTY)
    return { logger: pino(options, prettyStream), flush: () => undefined };
  const destination = pino.destination({ dest: file ?? 1, append: true, sync: false, mode: 0o600, mkdir: false });
  destination.on('error', () => undefined);
  return {
    logger: pino(options, destination),
    flush: () => {
      try {
        destination.flushSync();
      } catch {
        // Nothing was written yet, or nothing can be: the process is on its way out.
      }
    },
  };
};
