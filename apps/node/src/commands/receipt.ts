import { writeFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { Command } from 'commander';
import { issueReceipt, receiptCodec } from '@zhtp/proofs';
import { toJson, type UsefulWorkType } from '@zhtp/types';
import { workAnswerCodec } from '../answers/work.ts';
import { readKeyFile, readPublicKeyFile } from '../key-files.ts';
import { nodeClient, readAnswer, type NodeClient } from '../node-client.ts';
import { asFailure, attemptFile, fail, type Outcome } from '../outcome.ts';
import { passphraseFor } from '../passphrase.ts';
import { identityArgument, keyFileAt } from '../recipient.ts';
import { u64Option } from '../tx/tx-options.ts';
import { chainFacts } from '../tx/wallet.ts';
import { addNodeOption, print, printJson, type NodeOption, type Run } from './common.ts';

interface ReceiptOptions extends NodeOption {
  readonly from: string;
  readonly prover: string;
  readonly kind: string;
  readonly units: string;
  readonly epoch?: string;
  readonly sequence?: string;
  readonly chainId?: string;
  readonly passphraseFile?: string;
  readonly out?: string;
}

const KINDS: ReadonlyMap<string, UsefulWorkType> = new Map([
  ['routing', 'NetworkRouting'],
  ['computation', 'Computation'],
]);

/** As given, or the one that the chain is in. */
const epochOf = async (client: NodeClient, prover: string, given: string | undefined): Outcome<bigint> => {
  if (given !== undefined) return u64Option('--epoch', given);
  const json = await client.get(`/staking/validators/${prover}/work`);
  if (E.isLeft(json)) return json;
  const answer = readAnswer(client, workAnswerCodec, json.right);
  return E.isLeft(answer) ? answer : E.right(answer.right.epoch);
};

const receiptJson = toJson(receiptCodec);

const confirm = async (options: ReceiptOptions): Outcome<void> => {
  const kind = KINDS.get(options.kind);
  if (kind === undefined)
    return fail(`--kind is "${options.kind.slice(0, 40)}"; use ${[...KINDS.keys()].join(' or ')}`);
  const units = u64Option('--units', options.units, 1n);
  if (E.isLeft(units)) return units;
  const sequence = u64Option('--sequence', options.sequence ?? String(Date.now()));
  if (E.isLeft(sequence)) return sequence;
  const prover = await identityArgument(options.prover);
  if (E.isLeft(prover)) return prover;
  const path = await keyFileAt(options.from);
  const client = await readPublicKeyFile(path);
  if (E.isLeft(client)) return client;
  const node = nodeClient(options.node);
  const facts = await chainFacts(node, options.chainId);
  if (E.isLeft(facts)) return facts;
  const epoch = await epochOf(node, prover.right, options.epoch);
  if (E.isLeft(epoch)) return epoch;
  const passphrase = await passphraseFor(path, options.passphraseFile);
  if (E.isLeft(passphrase)) return passphrase;
  const clientKey = await readKeyFile(path, passphrase.right);
  if (E.isLeft(clientKey)) return clientKey;
  const receipt = asFailure(
    issueReceipt(
      {
        prover: prover.right,
        client: client.right.identity,
        kind,
        units: units.right,
        epoch: epoch.right,
        sequence: sequence.right,
      },
      { chainId: facts.right.chainId, clientKey: clientKey.right },
    ),
  );
  if (E.isLeft(receipt)) return receipt;
  const json = receiptJson(receipt.right);
  const { out } = options;
  if (out === undefined) {
    printJson(json);
    return E.right(undefined);
  }
  const written = await attemptFile('writing a receipt', out, () =>
    writeFile(out, `${JSON.stringify(json, null, 2)}\n`, { flag: 'wx' }),
  );
  if (E.isRight(written))
    print(`wrote ${out}; its prover hands it in with: zhtp tx submit-work --from KEY --file ${out}`);
  return written;
};

export const addReceiptCommand = (program: Command, run: Run): void => {
  addNodeOption(program.command('receipt'))
    .description('confirm work that a validator did for you, for it to hand in within the epoch')
    .requiredOption('--from <key>', 'key file of the client, or a home folder, whose account key is taken')
    .requiredOption('--prover <identity>', 'the validator: an identity, a key file or a home')
    .requiredOption('--kind <kind>', 'routing or computation')
    .requiredOption('--units <units>', 'of work, at least 1')
    .option('--epoch <number>', 'the one that the chain is in when left out')
    .option('--sequence <number>', 'counts once for each prover in an epoch; the time in milliseconds when left out')
    .option('--chain-id <id>', 'refuse to sign for any other chain')
    .option('--passphrase-file <file>', 'file with the passphrase of the key (or set ZHTP_PASSPHRASE)')
    .option('--out <file>', 'write it there instead of standard output')
    .addHelpText(
      'after',
      '\nExample:\n  zhtp receipt --from ./testnet/accounts/alice.json --prover ./testnet/node0 --kind routing --units 500 --out receipt.json\n',
    )
    .action((options: ReceiptOptions) => run(confirm(options)));
};
