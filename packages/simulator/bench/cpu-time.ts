export const secondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;

/** CPU seconds of all threads of this process since `start`: what else the machine does hardly shows in it. */
export const cpuSecondsSince = (start: NodeJS.CpuUsage): number => secondsOf(process.cpuUsage(start));

export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export const micros = (seconds: number): string => `${(seconds * 1e6).toFixed(1)} µs`;

export const millis = (seconds: number): string => `${(seconds * 1e3).toFixed(2)} ms`;
