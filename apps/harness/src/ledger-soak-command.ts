import { addCounts, NO_COUNTS, runLedgerSoak } from '@zhtp/simulator';
import { Command } from 'commander';
import { countsJson, messageLines, runJson, runLine, unseenLine } from './ledger-soak-report.ts';
import { readCount, readSeed } from './run-options.ts';

const EXAMPLES = `
Examples:
  harness ledger-soak 20                       seeds 1 to 20
  harness ledger-soak 1 --seed 7 --blocks 300  one run again, longer
  harness ledger-soak 5 --accounts 5000 --json one JSON object per run, and one for all

The same seed and options give the same chain. Exit code 1: nodes differed, or something else was not as it must be.
`;

interface LedgerSoakCommandOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly blocks: number;
  readonly transactions: number;
  readonly json: boolean;
}

const say = (lines: readonly (string | undefined)[]): void => {
  for (const line of lines) if (line !== undefined) process.stdout.write(`${line}\n`);
};

const soak = async (count: number, options: LedgerSoakCommandOptions): Promise<void> => {
  const { seed: first, accounts, blocks, transactions: transactionsMax, json } = options;
  let counts = NO_COUNTS;
  const failed: number[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await runLedgerSoak({ seed, accounts, blocks, transactionsMax });
    counts = addCounts(counts, outcome.counts);
    if (outcome.trouble !== undefined) failed.push(seed);
    say([json ? JSON.stringify(runJson(outcome)) : runLine(outcome)]);
  }
  const end = `${String(count)} runs, ${String(failed.length)} not equal`;
  say(
    json
      ? [JSON.stringify({ runs: count, notEqual: failed, counts: countsJson(counts) })]
      : [...messageLines(counts), unseenLine(counts), end],
  );
  if (failed.length > 0) process.exitCode = 1;
};

/** `harness ledger-soak`: chains of drawn transactions on nodes with different histories, which must hold the same state. */
export const ledgerSoakCommand = (): Command =>
  new Command('ledger-soak')
    .description(
      'Run chains of drawn transactions on ledgers with different histories and compare them at every height.',
    )
    .showHelpAfterError('(harness ledger-soak --help shows what is accepted)')
    .argument('[count]', 'how many seeds', (text) => readCount('The number of runs', text, 1, 1_000_000), 10)
    .option('--seed <number>', 'the first seed', readSeed, 1)
    .option('--accounts <count>', 'accounts at genesis', (text) => readCount('The accounts', text, 30, 100_000), 1_000)
    .option('--blocks <count>', 'blocks of each run', (text) => readCount('The blocks', text, 1, 100_000), 150)
    .option(
      '--transactions <count>',
      'most transactions drawn for a block',
      (text) => readCount('The transactions', text, 0, 1_000),
      16,
    )
    .option('--json', 'one JSON object per run and one for all', false)
    .addHelpText('after', EXAMPLES)
    .action(soak);
