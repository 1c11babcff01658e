import { Command, CommanderError } from 'commander';
import { either as E } from 'fp-ts';
import { addDevnetCommand } from './commands/devnet.ts';
import { addEvidenceCommand } from './commands/evidence.ts';
import { addInitCommand } from './commands/init.ts';
import { addKeysCommand } from './commands/keys.ts';
import { addQueryCommand } from './commands/query.ts';
import { addReceiptCommand } from './commands/receipt.ts';
import { addStartCommand } from './commands/start.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTestnetCommand } from './commands/testnet.ts';
import { addTxCommand } from './commands/tx.ts';
import type { Outcome } from './outcome.ts';
import { ownVersion } from './own-version.ts';

const run = async (outcome: Outcome<void>): Promise<void> => {
  const result = await outcome;
  if (E.isRight(result)) return;
  process.stderr.write(`error: ${result.left.message}\n`);
  process.exitCode = 1;
};

/** Runs one command line and sets the exit code. Failures are one line on standard error. */
export const runCli = async (argv: readonly string[]): Promise<void> => {
  // Whoever reads our lines may stop reading, as `head` does: there is nobody left to tell anything.
  process.stdout.on('error', () => process.exit());
  const program = new Command('zhtp')
    .description('ZHTP: run a validator, a local network, or talk to one')
    .version(ownVersion(), '--version', 'print the version')
    .addHelpText('after', '\nExample:\n  zhtp devnet\n\nEvery command has --help with an example.\n')
    .exitOverride()
    .showHelpAfterError('(add --help for the options)');
  addDevnetCommand(program, run);
  addTestnetCommand(program, run);
  addInitCommand(program, run);
  addStartCommand(program, run);
  addStatusCommand(program, run);
  addTxCommand(program, run);
  addReceiptCommand(program, run);
  addQueryCommand(program, run);
  addEvidenceCommand(program, run);
  addKeysCommand(program, run);
  try {
    await program.parseAsync([...argv]);
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    process.exitCode = cause.exitCode;
  }
};
