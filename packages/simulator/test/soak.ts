// Usage: npm run soak -w @zhtp/simulator -- [count] [first seed]. Runs that many seeded worlds; prints every failing seed, minimised.
import { isClean, minimised, runSeed } from '@zhtp/simulator';

const readNumber = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`a count or seed must be a whole number, got ${text}`);
  return Number(text);
};

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, entry: unknown) => (typeof entry === 'bigint' ? String(entry) : entry));

const count = readNumber(process.argv[2], 1_000);
const first = readNumber(process.argv[3], 1);
const sums = { runs: 0, heights: 0, faults: 0, failed: 0 };
for (let seed = first; seed < first + count; seed++) {
  const outcome = await runSeed(seed);
  sums.runs += 1;
  sums.heights += outcome.heights;
  sums.faults += outcome.plan.faults.length;
  if (!isClean(outcome)) {
    sums.failed += 1;
    const { plan, violations, complaints } = await minimised(outcome);
    process.stdout.write(`seed ${String(seed)}\n  plan ${show(plan)}\n  ${show({ violations, complaints })}\n`);
  }
  if (sums.runs % 100 === 0) process.stdout.write(`${show(sums)}\n`);
}
process.stdout.write(`${show(sums)}\n`);
if (sums.failed > 0) process.exitCode = 1;
