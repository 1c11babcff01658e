import { dirname } from 'node:path';
import { either as E } from 'fp-ts';
import type { Command } from 'commander';
import { makeFolders } from '../folders.ts';
import { homeAt } from '../home.ts';
import { loadHosted } from '../hosted-module.ts';
import { isLogLevel, LOG_LEVELS, openLog } from '../log.ts';
import { readParts } from '../node-parts.ts';
import { attemptFile, fail, type Outcome } from '../outcome.ts';
import { heightIn } from '../api/height-text.ts';
import type { Run } from './common.ts';
import { stopSignal } from './stop-signals.ts';
import { addTrustOptions, stateSyncOf, type TrustOptions } from './trust-options.ts';

export interface StartOptions extends TrustOptions {
  readonly home: string;
  readonly passphraseFile?: string;
  readonly rotatedKey?: boolean;
  readonly application?: string;
  readonly snapshotEvery: string;
  readonly logLevel: string;
  readonly logFile?: string;
}

/** How long closing may take before the process ends anyway: everything that must be durable already is. */
const CLOSING_MS_MAX = 10_000;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

const start = async (options: StartOptions): Outcome<void> => {
  if (!isLogLevel(options.logLevel))
    return fail(`--log-level is "${options.logLevel}"; use one of ${LOG_LEVELS.join(', ')}`);
  const stateSync = stateSyncOf(options);
  if (E.isLeft(stateSync)) return stateSync;
  const snapshotEvery = heightIn(options.snapshotEvery);
  if (snapshotEvery === undefined)
    return fail(`--snapshot-every is "${options.snapshotEvery.slice(0, 40)}"; give a number of blocks, or 0 for none`);
  const stop = stopSignal();
  const home = homeAt(options.home);
  const parts = await readParts(home, options);
  if (E.isLeft(parts)) return parts;
  const hosted = await loadHosted(options.application);
  if (E.isLeft(hosted)) return hosted;
  const { logFile } = options;
  if (logFile !== undefined) {
    const folder = await attemptFile('preparing the log folder', logFile, () => makeFolders(dirname(logFile)));
    if (E.isLeft(folder)) return folder;
  }
  const log = openLog(options.logLevel, logFile);
  stop.addEventListener('abort', () => {
    setTimeout(() => process.exit(0), CLOSING_MS_MAX).unref();
  });
  process.on('uncaughtException', (cause) => {
    log.logger.fatal({ stack: cause.stack ?? cause.message }, 'broken invariant');
    log.flush();
    process.stderr.write(
      `error: the node broke off over a fault of its own, report it: ${oneLine(cause.message)}; the log has the details\n`,
    );
    process.exit(1);
  });
  // libp2p and the databases are loaded by the commands that run a node, not by those that ask one.
  const { runNode } = await import('../run-node.ts');
  const result = await runNode({
    parts: { ...parts.right, hosted: hosted.right, snapshotEvery, stateSync: stateSync.right },
    logger: log.logger,
    stop,
  });
  log.flush();
  return result;
};

export const addStartCommand = (program: Command, run: Run): void => {
  addTrustOptions(program.command('start'))
    .description('run the node of a home folder until it is stopped with Ctrl-C or SIGTERM')
    .requiredOption('--home <folder>', 'home folder with config.json, genesis.json and keys/')
    .option('--passphrase-file <file>', 'file with the passphrase of the consensus key (or set ZHTP_PASSPHRASE)')
    .option(
      '--rotated-key',
      'in a home that has not started yet: the consensus key is not that of genesis, the chain took it by tx rotate-key',
    )
    .option('--application <file>', 'module with the application that the chain hosts, see the README')
    .option('--snapshot-every <blocks>', 'keep a snapshot for nodes that join at each multiple of it; 0: none', '1000')
    .option('--log-level <level>', LOG_LEVELS.join(', '), 'info')
    .option('--log-file <file>', 'write the log there instead of standard output')
    .addHelpText(
      'after',
      '\nExample:\n  zhtp start --home ./testnet/node0 --log-level debug\n  zhtp start --home ./node4 --trust-height 2100 --trust-block 1f8b…c3 (what zhtp status prints as "to trust")\n',
    )
    .action(async (options: StartOptions) => {
      await run(start(options));
      // Everything is closed: a client that keeps its connection open is no reason to stay.
      process.exit();
    });
};
