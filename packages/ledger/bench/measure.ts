/** Seconds of the fastest of several runs: other work on the machine only ever adds time. */
export const secondsOf = (work: () => unknown, runs = 5): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const startedMs = performance.now();
    work();
    best = Math.min(best, (performance.now() - startedMs) / 1000);
  }
  return best;
};

export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
