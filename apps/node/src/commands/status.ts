import { either as E, option as O } from 'fp-ts';
import type { Command } from 'commander';
import { nodeClient, readAnswer } from '../node-client.ts';
import type { Outcome } from '../outcome.ts';
import { statusCodec, type Status } from '../status.ts';
import {
  addJsonOption,
  addNodeOption,
  columns,
  print,
  printJson,
  type JsonOption,
  type NodeOption,
  type Run,
} from './common.ts';

const describeStatus = (status: Status): string =>
  columns([
    ['node', `${status.name} (peer ${status.peerId})`],
    ['chain', `${status.chainId}, genesis ${status.genesisHash}`],
    [
      'validator',
      O.isNone(status.validator)
        ? 'no, a full node'
        : `${status.validator.value}${status.isValidatorNow ? '' : ' (not in the current set)'}`,
    ],
    ['height', status.height.toString()],
    ['block', status.blockId],
    ['block time', new Date(Number(status.blockTime)).toISOString()],
    ['app hash', status.appHash],
    ['to trust', `--trust-height ${status.height.toString()} --trust-block ${status.blockId}`],
    [
      'deciding',
      `height ${status.deciding.height.toString()}, round ${String(status.deciding.round)}, ${status.deciding.step}`,
    ],
    ['peers', String(status.peers)],
    ['mempool', `${String(status.mempool.transactions)} transactions`],
    ['memory', `${String(Math.round(Number(status.memoryBytes) / 1_048_576))} MiB`],
    ['state', O.isNone(status.halted) ? 'running' : `stopped itself: ${status.halted.value}`],
  ]);

const status = async (options: NodeOption & JsonOption): Outcome<void> => {
  const client = nodeClient(options.node);
  const json = await client.get('/status');
  if (E.isLeft(json)) return json;
  const read = readAnswer(client, statusCodec, json.right);
  if (E.isLeft(read)) return read;
  if (options.json === true) printJson(json.right);
  else print(describeStatus(read.right));
  return E.right(undefined);
};

export const addStatusCommand = (program: Command, run: Run): void => {
  addJsonOption(addNodeOption(program.command('status')))
    .description('what a node is doing')
    .addHelpText('after', '\nExample:\n  zhtp status --node http://127.0.0.1:26601\n')
    .action((options: NodeOption & JsonOption) => run(status(options)));
};
