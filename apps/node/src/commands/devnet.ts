import { fileURLToPath } from 'node:url';
import { either as E } from 'fp-ts';
import type { Command } from 'commander';
import type { Run } from './common.ts';
import type { IdentityId } from '@zhtp/types';
import { prepareDevnet, type DevnetFolder } from '../devnet/devnet-folder.ts';
import { createFleet, type Block, type Fleet, type Member } from '../devnet/fleet.ts';
import { terminalScreen, type Screen } from '../devnet/screen.ts';
import { blockLine, tableLines } from '../devnet/table.ts';
import type { Outcome } from '../outcome.ts';
import { addTestnetOptions, testnetRequest, type TestnetOptions } from './testnet.ts';

interface DevnetOptions extends TestnetOptions {
  readonly home?: string;
  readonly restart: boolean;
}

const DEFAULT_API_PORT = 26_601;

/** Where everything is, and what to paste into another terminal. */
const introduction = (devnet: DevnetFolder): readonly string[] => {
  const { folder, nodes, accounts, firstApiPort } = devnet;
  const node = firstApiPort === DEFAULT_API_PORT ? '' : ` --node http://127.0.0.1:${String(firstApiPort)}`;
  const [from, to] = accounts;
  const transfer =
    from === undefined || to === undefined
      ? []
      : [
          `  npm run zhtp -- tx send --from ${from.keyFile} --to ${to.identity} --amount 2.5 --wait${node}`,
          `  npm run zhtp -- query account ${to.identity}${node}`,
        ];
  return [
    `${devnet.reused ? 'Continuing' : 'New'} chain ${devnet.chainId}: ${String(nodes.length)} validators, each its own process with its own keys, journal and database.`,
    `Folder: ${folder} (continue this chain later: npm start -- --home ${folder})`,
    `Log of a validator: ${nodes[0]?.home ?? folder}/data/node.log. Keys and passphrases there are for development only.`,
    '',
    'Try in another terminal, in this folder:',
    `  npm run zhtp -- status${node}`,
    ...transfer,
    `  curl http://127.0.0.1:${String(firstApiPort)}/blocks/latest`,
    'Ctrl-C stops all validators.',
    '',
  ];
};

/** This program's own entry: sources start sources, the compiled program itself. */
const mainProgram = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url),
);

/** Known once all processes run. */
const killHint = (members: readonly Member[], restart: boolean): readonly string[] => {
  const last = members.at(-1);
  return last?.pid === undefined
    ? []
    : [
        `  kill -9 ${String(last.pid)}   (kills ${last.name}; the others go on${restart ? ', and it is started again after 3 seconds' : ''})`,
      ];
};

interface Progress {
  lastBlock: Block | undefined;
  intervalMs: number | undefined;
  transactions: number;
}

const advance = (progress: Progress, block: Block): void => {
  const before = progress.lastBlock;
  progress.intervalMs =
    before === undefined || block.height !== before.height + 1n ? undefined : Number(block.time - before.time);
  progress.lastBlock = block;
  progress.transactions += block.transactions;
};

const REDRAW_MS = 500;

const plainScreen: Screen = {
  draw: () => undefined,
  print: (lines) => {
    process.stdout.write(`${lines.join('\n')}\n`);
  },
};

const nameIn =
  (devnet: DevnetFolder) =>
  (identity: IdentityId): string =>
    devnet.nodes.find((node) => node.identity === identity)?.name ?? `${identity.slice(0, 8)}…`;

const devnet = async (options: DevnetOptions): Outcome<void> => {
  const request = await testnetRequest(options, '');
  if (E.isLeft(request)) return request;
  const prepared = await prepareDevnet(options.home, request.right);
  if (E.isLeft(prepared)) return prepared;
  await runFleet(prepared.right, options);
  return E.right(undefined);
};

const runFleet = async (folder: DevnetFolder, { restart, application }: DevnetOptions): Promise<void> => {
  const isTerminal = process.stdout.isTTY;
  const screen = isTerminal ? terminalScreen(process.stdout) : plainScreen;
  const progress: Progress = { lastBlock: undefined, intervalMs: undefined, transactions: 0 };
  const nameOf = nameIn(folder);
  let hinted = false;
  screen.print(introduction(folder));

  const fleet: Fleet = createFleet({
    program: mainProgram,
    homes: folder.nodes,
    application,
    restart,
    onEvent: (event) => {
      switch (event._tag) {
        case 'Block':
          advance(progress, event.block);
          if (isTerminal) redraw();
          else screen.print([blockLine(event.block, progress.intervalMs, nameOf, fleet.members())]);
          return;
        case 'Ready':
          if (!isTerminal)
            screen.print([
              `${event.member.name} runs as process ${String(event.member.pid)}, API http://127.0.0.1:${String(event.member.apiPort)}`,
            ]);
          if (!hinted && fleet.members().every(({ state }) => state._tag === 'Running')) {
            hinted = true;
            screen.print(killHint(fleet.members(), restart));
          }
          return;
        case 'Down':
          if (!isTerminal)
            screen.print([
              `${event.member.name} is down: ${event.why}${event.delayMs === undefined ? '' : `; it is started again in ${String(event.delayMs / 1_000)} s`}`,
            ]);
          return;
        case 'Changed':
          return;
      }
    },
  });
  const redraw = (): void => {
    screen.draw(tableLines({ ...progress, members: fleet.members(), nameOf, nowMs: performance.now() }));
  };
  fleet.start();
  const timer = isTerminal ? setInterval(redraw, REDRAW_MS) : undefined;
  await untilStopped(fleet, screen);
  clearInterval(timer);
  if (isTerminal) redraw();
  screen.print([`All validators are stopped. Continue this chain with: npm start -- --home ${folder.folder}`]);
};

/** The first signal asks all validators to stop, the second does not ask. */
const untilStopped = (fleet: Fleet, screen: Screen): Promise<void> =>
  new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (!asked) screen.print(['Stopping all validators…']);
      const first = !asked;
      asked = true;
      const stopped = fleet.stop();
      if (first) void stopped.then(resolve);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    process.on('SIGHUP', stop);
  });

export const addDevnetCommand = (program: Command, run: Run): void => {
  addTestnetOptions(program.command('devnet'))
    .description('run a whole test network on this machine, one process per validator')
    .option('--home <folder>', 'keep the chain there and continue it when it exists; a temporary folder otherwise')
    .option('--no-restart', 'leave a validator that ended down')
    .addHelpText('after', '\nExample:\n  zhtp devnet --validators 4 --home ./devnet\n')
    .action((options: DevnetOptions) => run(devnet(options)));
};
