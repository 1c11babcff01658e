#!/usr/bin/env node
import { Command, Option } from 'commander';
import { culpritsCommand } from './culprits-command.ts';
import { exploreCommand } from './explore-command.ts';
import { ledgerSoakCommand } from './ledger-soak-command.ts';
import { conformanceCommand } from './conformance/conformance-command.ts';
import {
  contradiction,
  readCrash,
  readDelay,
  readHeights,
  readLoss,
  readSeed,
  readValidators,
  type RunOptions,
} from './run-options.ts';
import { reportLines } from './run-report.ts';
import { runSimulation } from './run-simulation.ts';

const EXAMPLES = `
Examples:
  harness run                                     4 validators, 100 heights, seed 1
  harness run --seed 7 --heights 1000 --loss 20% --crash 1
  harness run --validators 7 --delay 50..400 --transactions
  harness run --heights 5 --real-keys             real ML-DSA-65 signatures, slow

The same options print the same bytes. Exit code 1: a height is missing or a property was violated.
`;

const run = async (options: RunOptions, refuse: (message: string) => never): Promise<void> => {
  const refusal = contradiction(options);
  if (refusal !== undefined) refuse(`error: ${refusal}`);
  const startedAtMs = performance.now();
  const result = await runSimulation(options);
  process.stdout.write(`${reportLines(options, result).join('\n')}\n`);
  if (options.timing) {
    const ms = performance.now() - startedAtMs;
    const perHeight = ms / Math.max(1, result.heights.length);
    process.stderr.write(
      `${ms.toFixed(0)} ms, ${perHeight.toFixed(2)} ms per height, ${String(result.events)} events\n`,
    );
  }
  if (!result.isComplete || result.violations.length > 0) process.exitCode = 1;
};

const program = new Command('harness')
  .description('Deterministic simulation and conformance of ZHTP consensus.')
  .showHelpAfterError('(harness run --help shows what is accepted)');
const runCommand = program
  .command('run')
  .description('Run validators with the shipping engine in one process, on virtual time.')
  .option('--validators <count>', 'how many validators, 1 to 200', readValidators, 4)
  .option('--heights <count>', 'how many heights to decide', readHeights, 100)
  .option('--seed <number>', 'seed of everything that varies', readSeed, 1)
  .option('--loss <share>', 'messages lost: 20% or 200‰', readLoss, 0)
  .option('--crash <count>', 'validators that crash for good within the first 10 s', readCrash, 0)
  .addOption(
    new Option('--delay <range>', 'message delay in milliseconds: 5..60')
      .argParser(readDelay)
      .default({ minMs: 5, maxMs: 60 }, '5..60'),
  )
  .option('--real-keys', 'sign with ML-DSA-65 instead of the test-only null scheme', false)
  .option('--transactions', 'let accounts pay each other', false)
  .option('--timing', 'print wall-clock figures on stderr', false)
  .addHelpText('after', EXAMPLES);
runCommand.action((options: RunOptions) => run(options, (message) => runCommand.error(message)));
program.addCommand(conformanceCommand());
program.addCommand(culpritsCommand());
program.addCommand(exploreCommand());
program.addCommand(ledgerSoakCommand());

await program.parseAsync();
