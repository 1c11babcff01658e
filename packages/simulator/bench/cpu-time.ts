import { cpuUsage, threadCpuUsage } from 'node:process';

export const secondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;

/**
 * CPU seconds of the calling thread so far. Linux brings its account of a running thread up to date at ticks, every few
 * milliseconds, and whenever somebody asks for the time of the whole process: by ticks alone a call of a fifth of a
 * millisecond would take nothing or four of them.
 */
export const threadSeconds = (): number => {
  cpuUsage();
  return secondsOf(threadCpuUsage());
};

/** CPU seconds of all threads of this process since `start`: what else the machine does hardly shows in it. */
export const cpuSecondsSince = (start: NodeJS.CpuUsage): number => secondsOf(cpuUsage(start));

export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export const micros = (seconds: number): string => `${(seconds * 1e6).toFixed(1)} µs`;

export const millis = (seconds: number): string => `${(seconds * 1e3).toFixed(2)} ms`;
