/** Seconds per call, of the fastest of several runs: other work on the machine only ever adds time. */
export const secondsPerCall = (calls: number, call: () => unknown, runs = 5): number => {
  for (let i = 0; i < Math.min(calls, 20); i++) call();
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const startedMs = performance.now();
    for (let i = 0; i < calls; i++) call();
    best = Math.min(best, (performance.now() - startedMs) / 1000 / calls);
  }
  return best;
};

/** Work that ends by calling back. */
export type AsyncWork = (allDone: () => void) => void;

/** What one call takes: by the clock on the wall, and of all cores together. The second hardly feels a busy machine. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

const cpuSecondsSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
};

/**
 * Cost per call of several kinds of work, each the least of many short runs that take turns: whatever else the machine
 * does falls on all of them alike.
 */
export const costPerCallInTurns = async (
  calls: number,
  works: readonly AsyncWork[],
  runs: number,
): Promise<readonly Cost[]> => {
  const best = works.map((): Cost => ({ seconds: Number.POSITIVE_INFINITY, cpuSeconds: Number.POSITIVE_INFINITY }));
  for (let run = 0; run < runs; run++)
    for (const [i, work] of works.entries()) {
      const cpu = process.cpuUsage();
      const startedMs = performance.now();
      await new Promise<void>((resolve) => work(resolve));
      const seconds = (performance.now() - startedMs) / 1000 / calls;
      const cpuSeconds = cpuSecondsSince(cpu) / calls;
      const least = best[i] ?? { seconds, cpuSeconds };
      best[i] = { seconds: Math.min(least.seconds, seconds), cpuSeconds: Math.min(least.cpuSeconds, cpuSeconds) };
    }
  return best;
};

const micros = (seconds: number): string => `${(seconds * 1e6).toFixed(seconds < 1e-5 ? 2 : 0)} µs`;

/** One line: what is compared, the ratio slow / fast, and both figures. */
export const printRatio = (what: string, slow: number, fast: number): number => {
  const ratio = slow / fast;
  console.log(`${what}: ${ratio.toFixed(2)} x  (${micros(slow)} / ${micros(fast)})`);
  return ratio;
};
