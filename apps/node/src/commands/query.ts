import { either as E, option as O } from 'fp-ts';
import type { Command } from 'commander';
import { readEvidenceFile } from '@zhtp/chain';
import { accountCodec, type TransactionLocation } from '@zhtp/ledger';
import {
  formatZhtp,
  array,
  blockCodec,
  commitCertificateCodec,
  hash,
  hashCodec,
  identityCodec,
  option,
  struct,
  u32,
  u64,
} from '@zhtp/types';
import { resultsAnswerCodec, type ResultsAnswer } from '../answers/results.ts';
import { describeMessage } from '../describe-message.ts';
import { nodeClient, readAnswer } from '../node-client.ts';
import { asFailure, fail, type Outcome } from '../outcome.ts';
import { identityArgument } from '../recipient.ts';
import { delegations } from '../queries/delegations.ts';
import { addHeightOption, atHeight, type HeightOption } from '../queries/height-option.ts';
import { entry } from '../queries/entry.ts';
import { offences } from '../queries/offences.ts';
import { parameters } from '../queries/parameters.ts';
import { proposal } from '../queries/proposal.ts';
import { proposals } from '../queries/proposals.ts';
import type { AddToQuery } from '../queries/query-command.ts';
import { rewards } from '../queries/rewards.ts';
import { storage } from '../queries/storage.ts';
import { supply } from '../queries/supply.ts';
import { treasury } from '../queries/treasury.ts';
import { validator } from '../queries/validator.ts';
import { validators } from '../queries/validators.ts';
import { work } from '../queries/work.ts';
import { transactionAnswerCodec } from '../transaction-answer.ts';
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
import { readHeights, writeEvidence, type OutOption } from './evidence-file.ts';

type QueryOptions = NodeOption & JsonOption;

const BLOCK_TRANSACTIONS_SHOWN_MAX = 100_000;
const SET_MAX = 1_000;

const blockAnswerCodec = struct('BlockAnswer', {
  height: u64,
  blockId: hashCodec,
  time: u64,
  proposer: identityCodec,
  round: u32,
  transactions: array(option(hashCodec), BLOCK_TRANSACTIONS_SHOWN_MAX),
  signers: option(array(identityCodec, SET_MAX)),
  block: blockCodec,
  certificate: commitCertificateCodec,
});

const account = async (who: string, options: QueryOptions & HeightOption): Outcome<void> => {
  const identity = await identityArgument(who);
  if (E.isLeft(identity)) return identity;
  const path = atHeight(`/accounts/${identity.right}`, options);
  if (E.isLeft(path)) return path;
  const client = nodeClient(options.node);
  const json = await client.get(path.right);
  if (E.isLeft(json)) return json;
  const read = readAnswer(client, accountCodec, json.right);
  if (E.isLeft(read)) return read;
  const { balance, nonce, publicKey } = read.right;
  if (options.json === true) printJson(json.right);
  else
    print(
      columns([
        ['account', identity.right],
        ['balance', `${formatZhtp(balance)} ZHTP`],
        ['nonce', nonce.toString()],
        ['key', O.isSome(publicKey) ? 'known' : 'not yet; its first transaction brings it'],
      ]),
    );
  return E.right(undefined);
};

const HEIGHT_OR_LATEST = /^([0-9]{1,19}|latest)$/;
const badBlock = (height: string): ReturnType<typeof fail> =>
  fail(`the height is "${height.slice(0, 40)}"; give a number or "latest"`);

interface ResultsOption {
  readonly results?: boolean;
}

const describeResult = ({ id, applied, sentence, fee }: ResultsAnswer['transactions'][number]): [string, string] => [
  id,
  `${applied ? 'applied' : `failed: ${sentence}`}, fee ${formatZhtp(fee)} ZHTP`,
];

const blockResults = async (height: string, options: QueryOptions): Outcome<void> => {
  if (!HEIGHT_OR_LATEST.test(height)) return badBlock(height);
  const client = nodeClient(options.node);
  const json = await client.get(`/blocks/${height}/results`);
  if (E.isLeft(json)) return json;
  const read = readAnswer(client, resultsAnswerCodec, json.right);
  if (E.isLeft(read)) return read;
  if (options.json === true) {
    printJson(json.right);
    return E.right(undefined);
  }
  const { transactions, events } = read.right;
  print(
    columns([
      ['height', read.right.height.toString()],
      ['transactions', String(transactions.length)],
      ...transactions.map(describeResult),
      ['events', String(events.length)],
      ...events.map(({ event, text }): [string, string] => [event, text]),
    ]),
  );
  return E.right(undefined);
};

const block = async (height: string, options: QueryOptions): Outcome<void> => {
  if (!HEIGHT_OR_LATEST.test(height)) return badBlock(height);
  const client = nodeClient(options.node);
  const json = await client.get(`/blocks/${height}`);
  if (E.isLeft(json)) return json;
  if (options.json === true) {
    printJson(json.right);
    return E.right(undefined);
  }
  const read = readAnswer(client, blockAnswerCodec, json.right);
  if (E.isLeft(read)) return read;
  const { blockId, time, proposer, round, transactions, signers, certificate } = read.right;
  print(
    columns([
      ['height', read.right.height.toString()],
      ['block', blockId],
      ['time', new Date(Number(time)).toISOString()],
      ['proposer', proposer],
      ['round', String(round)],
      ['app hash', `${read.right.block.header.appHash} (before this block)`],
      ['signatures', `${String(certificate.signatures.length)} of ${String(certificate.setSize)}`],
      ...(O.isSome(signers) ? signers.value.map((signer): [string, string] => ['  signer', signer]) : []),
      ['transactions', String(transactions.length)],
      ...transactions.map((id): [string, string] => ['  id', O.isSome(id) ? id.value : 'unreadable']),
    ]),
  );
  return E.right(undefined);
};

const describeLocation = ({ height, index, receipt }: TransactionLocation): readonly (readonly [string, string])[] => [
  ['block', `${height.toString()}, place ${String(index)}`],
  [
    'result',
    O.isNone(receipt.failure)
      ? 'applied'
      : `failed: ${receipt.failure.value.reason}; the fee was paid, nothing else moved`,
  ],
  ['fee', `${formatZhtp(receipt.fee)} ZHTP`],
];

const transaction = async (id: string, options: QueryOptions): Outcome<void> => {
  const checked = hash(id);
  if (E.isLeft(checked)) return fail(`the transaction id: ${checked.left}; give the one that sending it printed`);
  const client = nodeClient(options.node);
  const json = await client.get(`/transactions/${checked.right}`);
  if (E.isLeft(json)) return json;
  const read = readAnswer(client, transactionAnswerCodec, json.right);
  if (E.isLeft(read)) return read;
  if (options.json === true) {
    printJson(json.right);
    return E.right(undefined);
  }
  const { location, transaction: body } = read.right;
  print(
    columns([
      ['transaction', read.right.id],
      ...(O.isNone(location)
        ? [['block', 'none yet: it waits in the mempool of this node'] as const]
        : describeLocation(location.value)),
      ...(O.isNone(body)
        ? []
        : [
            ['from', body.value.sender] as const,
            ['nonce', body.value.nonce.toString()] as const,
            ...body.value.messages.map(describeMessage),
            ...(body.value.memo === '' ? [] : [['memo', JSON.stringify(body.value.memo)] as const]),
          ]),
    ]),
  );
  return E.right(undefined);
};

const queriedEvidence = async (
  from: string,
  to: string | undefined,
  options: QueryOptions & OutOption,
): Outcome<void> => {
  const range = readHeights(from, to);
  if (E.isLeft(range)) return range;
  const client = nodeClient(options.node);
  const { fromHeight, toHeight } = range.right;
  const json = await client.get(`/evidence/${fromHeight.toString()}/${toHeight.toString()}`);
  if (E.isLeft(json)) return json;
  const file = asFailure(readEvidenceFile(json.right));
  return E.isLeft(file) ? file : writeEvidence(file.right, options);
};

/** Questions about committed state, in the order of the help. */
const LEDGER_QUERIES: readonly AddToQuery[] = [
  validators,
  validator,
  delegations,
  rewards,
  storage,
  work,
  offences,
  proposals,
  proposal,
  treasury,
  parameters,
  supply,
  entry,
];

export const addQueryCommand = (program: Command, run: Run): void => {
  const query = program
    .command('query')
    .description('ask a node about its chain')
    .addHelpText('after', '\nExample:\n  zhtp query block latest\n');
  const add = (name: string, description: string, example: string): Command =>
    addJsonOption(addNodeOption(query.command(name)))
      .description(description)
      .addHelpText('after', `\nExample:\n  zhtp query ${example}\n`);
  addHeightOption(
    add('account <identity>', 'balance and nonce; an identity or a key file', 'account ./testnet/accounts/alice.json'),
  ).action((who: string, options: QueryOptions & HeightOption) => run(account(who, options)));
  add('block [height]', 'a block and who signed it, or what it did', 'block latest --results')
    .option('--results', 'what became of its transactions, and everything else it did; of the last 100 heights')
    .action((height: string | undefined, options: QueryOptions & ResultsOption) =>
      run(options.results === true ? blockResults(height ?? 'latest', options) : block(height ?? 'latest', options)),
    );
  add(
    'evidence <from> [to]',
    'what a running node can show of some heights, for harness culprits',
    'evidence 41 43 --out node0.json',
  )
    .option('--out <file>', 'write it there instead of standard output')
    .action((from: string, to: string | undefined, options: QueryOptions & OutOption) =>
      run(queriedEvidence(from, to, options)),
    );
  add('tx <id>', 'where a transaction is and what became of it', 'tx 3f0c…').action(
    (id: string, options: QueryOptions) => run(transaction(id, options)),
  );
  for (const addTo of LEDGER_QUERIES) addTo(query, run);
};
