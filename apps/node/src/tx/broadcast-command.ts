import { either as E, option as O } from 'fp-ts';
import { addJsonOption, addNodeOption, printJson, type JsonOption, type NodeOption } from '../commands/common.ts';
import { wholeNumber } from '../commands/testnet.ts';
import { nodeClient, type NodeClient } from '../node-client.ts';
import { fail, type Outcome } from '../outcome.ts';
import { assembled, readSharedTransaction, type SharedTransaction } from '../shared-transaction.ts';
import type { AddToTx } from './message-command.ts';
import { tryOut } from './send-order.ts';
import { bodyJson, reportSent } from './show-transaction.ts';
import { chainFacts } from './wallet.ts';

interface BroadcastOptions extends NodeOption, JsonOption {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly check: boolean;
  readonly wait?: boolean;
  readonly waitSeconds: string;
}

/** Signatures hold on one chain: on another the node would call them wrong, and nobody would know why. */
const sameChain = async (client: NodeClient, file: string, { genesisHash, body }: SharedTransaction): Outcome<void> => {
  const facts = await chainFacts(client, body.chainId);
  if (E.isLeft(facts)) return facts;
  return facts.right.genesisHash === genesisHash
    ? E.right(undefined)
    : fail(
        `${file} was signed for another genesis of chain ${body.chainId} than that of the node at ${client.url}; nothing was sent: name a node of that chain with --node`,
      );
};

const broadcast = async (options: BroadcastOptions): Outcome<void> => {
  const { file } = options;
  const waitSeconds = wholeNumber('--wait-seconds', options.waitSeconds, 1, 3_600);
  if (E.isLeft(waitSeconds)) return waitSeconds;
  const shared = await readSharedTransaction(file);
  if (E.isLeft(shared)) return shared;
  const signed = assembled(shared.right);
  if (E.isLeft(signed)) return fail(`${file} cannot be sent: ${signed.left}`);
  const { bytes, id } = signed.right;
  const { body } = shared.right;
  const client = nodeClient(options.node);
  const here = await sameChain(client, file, shared.right);
  if (E.isLeft(here)) return here;
  const dryRun = options.dryRun === true;
  const trial = options.check || dryRun ? await tryOut(client, bytes) : E.right({ refusal: O.none });
  if (E.isLeft(trial)) return trial;
  const { refusal } = trial.right;
  if (dryRun) {
    const fee = body.fee.toString();
    printJson({
      id,
      sent: false,
      fee,
      applies: O.isNone(refusal),
      refusal: O.toNullable(refusal),
      transaction: bodyJson(body),
    });
    return E.right(undefined);
  }
  if (O.isSome(refusal)) return fail(`the chain would refuse this: ${refusal.value}; nothing was sent`);
  const answer = await client.ask('/transactions', bytes);
  if (E.isLeft(answer)) return answer;
  if (answer.right._tag === 'Refused') return fail(answer.right.refusal.message);
  return reportSent({ client, id, body, waitSeconds: waitSeconds.right }, options);
};

export const broadcastCommand: AddToTx = (tx, run) => {
  addJsonOption(addNodeOption(tx.command('broadcast')))
    .description('send a transaction that as many holders of an account of several keys have signed as must')
    .requiredOption('--file <file>', 'the file with the signatures')
    .option('--dry-run', 'print as JSON what the chain would say; send nothing')
    .option('--no-check', 'send without asking the node first whether the chain would refuse it')
    .option('--wait', 'wait until a block holds it')
    .option('--wait-seconds <seconds>', 'how long', '60')
    .addHelpText('after', '\nExample:\n  zhtp tx broadcast --file ./payment.json --wait\n')
    .action((options: BroadcastOptions) => run(broadcast(options)));
};
