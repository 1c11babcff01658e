/** CPU seconds of the cheapest of several runs: what else the machine does only ever adds to it. */
export const secondsOf = (work: () => unknown, runs = 5): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const started = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
};

export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
