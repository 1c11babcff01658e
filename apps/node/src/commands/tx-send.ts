import { setTimeout as pause } from 'node:timers/promises';
import { either as E, option as O } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Command } from 'commander';
import { accountIdentity, signTransaction, transactionCodec, type SignedTransaction } from '@zhtp/ledger';
import { formatZhtp, parseZhtp, bytesToHex, toJson, type KeyPair, type Hash } from '@zhtp/types';
import { describeMessage } from '../describe-message.ts';
import { readKeyFile, readPublicKeyFile } from '../key-files.ts';
import { nodeClient, readAnswer, type NodeClient } from '../node-client.ts';
import { asFailure, fail, type Failure, type Outcome } from '../outcome.ts';
import { passphraseFor } from '../passphrase.ts';
import { identityArgument, keyFileAt } from '../recipient.ts';
import { transactionAnswerCodec } from '../transaction-answer.ts';
import { transferBody, transferContext, type Transfer, type TransferContext } from '../transfer.ts';
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
import { wholeNumber } from './testnet.ts';

interface SendOptions extends NodeOption, JsonOption {
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  readonly fee?: string;
  readonly nonce?: string;
  readonly memo: string;
  readonly chainId?: string;
  readonly passphraseFile?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly waitSeconds: string;
}

const openKey = async ({ from, passphraseFile }: SendOptions): Outcome<KeyPair> => {
  const path = await keyFileAt(from);
  // Nobody is asked for the passphrase of a file that is no key.
  const isKey = await readPublicKeyFile(path);
  if (E.isLeft(isKey)) return isKey;
  const passphrase = await passphraseFor(path, passphraseFile);
  return E.isLeft(passphrase) ? passphrase : readKeyFile(path, passphrase.right);
};

const optionalAmount = (text: string | undefined): Either<Failure, bigint | undefined> =>
  text === undefined
    ? E.right(undefined)
    : asFailure(E.mapLeft((reason: string) => `--fee: ${reason}`)(parseZhtp(text)));

const NONCE = /^(0|[1-9][0-9]{0,18})$/;
const optionalNonce = (text: string | undefined): Either<Failure, bigint | undefined> => {
  if (text === undefined) return E.right(undefined);
  return NONCE.test(text)
    ? E.right(BigInt(text))
    : fail(`--nonce is "${text.slice(0, 40)}"; give the number of the account's earlier transactions, or leave it out`);
};

/** Several transfers of one account may wait at once: so many nonces ahead of the chain are tried. */
const NONCES_AHEAD_MAX = 16n;

interface Sent {
  readonly signed: SignedTransaction;
}

/** Signs with the next nonce that does not wait in the node's mempool already, and hands the transaction over. */
const signAndSend = async (
  client: NodeClient,
  context: TransferContext,
  keyPair: KeyPair,
  transfer: Omit<Transfer, 'nonce'>,
  wanted: bigint | undefined,
): Outcome<Sent> => {
  const first = wanted ?? context.sender.nonce;
  for (let nonce = first; ; nonce += 1n) {
    const body = transferBody(context, { ...transfer, nonce });
    if (E.isLeft(body)) return body;
    const signed = signTransaction(body.right, keyPair, context.genesisHash);
    const answer = await client.ask('/transactions', signed.bytes);
    if (E.isLeft(answer)) return answer;
    if (answer.right._tag === 'Answer') return E.right({ signed });
    const { error, message } = answer.right.refusal;
    const waits = error === 'SequenceWaits';
    if (!waits || wanted !== undefined) return fail(message);
    if (nonce - first >= NONCES_AHEAD_MAX)
      return fail(
        `${String(NONCES_AHEAD_MAX)} transactions of this account wait already; wait for the next block and try again`,
      );
  }
};

type Located = { readonly height: bigint; readonly failure: string | undefined };

const POLL_MS = 200;

/** Until a block holds the transaction, at most so long. */
const untilIncluded = async (client: NodeClient, id: Hash, seconds: number): Outcome<Located> => {
  const deadlineMs = performance.now() + seconds * 1_000;
  let waits = false;
  while (performance.now() < deadlineMs) {
    const answer = await client.ask(`/transactions/${id}`);
    if (E.isLeft(answer)) return answer;
    if (answer.right._tag === 'Refused' && answer.right.refusal.error !== 'UnknownTransaction')
      return fail(answer.right.refusal.message);
    waits = answer.right._tag === 'Answer';
    if (answer.right._tag === 'Answer') {
      const read = readAnswer(client, transactionAnswerCodec, answer.right.json);
      if (E.isLeft(read)) return read;
      if (O.isSome(read.right.location)) {
        const { height, receipt } = read.right.location.value;
        return E.right({ height, failure: O.isSome(receipt.failure) ? receipt.failure.value.reason : undefined });
      }
    }
    await pause(POLL_MS);
  }
  return fail(
    `transaction ${id} was sent but is in no block after ${String(seconds)} s${waits ? ', it waits in the mempool' : ''}; ask again later with: zhtp query tx ${id}`,
  );
};

const describeTransfer = ({ signed }: Sent): (readonly [string, string])[] => {
  const { transaction, id } = signed;
  return [
    ['transaction', id],
    ['from', transaction.sender],
    ...transaction.messages.map(describeMessage),
    ['fee', `${formatZhtp(transaction.fee)} ZHTP`],
    ['nonce', transaction.nonce.toString()],
  ];
};

const transactionJson = toJson(transactionCodec);

const prepare = async (
  options: SendOptions,
): Outcome<{
  readonly keyPair: KeyPair;
  readonly transfer: Omit<Transfer, 'nonce'>;
  readonly nonce: bigint | undefined;
}> => {
  const amount = asFailure(E.mapLeft((reason: string) => `--amount: ${reason}`)(parseZhtp(options.amount)));
  if (E.isLeft(amount)) return amount;
  const fee = optionalAmount(options.fee);
  if (E.isLeft(fee)) return fee;
  const nonce = optionalNonce(options.nonce);
  if (E.isLeft(nonce)) return nonce;
  const recipient = await identityArgument(options.to);
  if (E.isLeft(recipient)) return recipient;
  const keyPair = await openKey(options);
  if (E.isLeft(keyPair)) return keyPair;
  return E.right({
    keyPair: keyPair.right,
    nonce: nonce.right,
    transfer: {
      sender: keyPair.right,
      recipient: recipient.right,
      amount: amount.right,
      fee: fee.right,
      memo: options.memo,
    },
  });
};

const dryRun = (
  context: TransferContext,
  keyPair: KeyPair,
  transfer: Transfer,
  json: boolean,
): Either<Failure, void> => {
  const body = transferBody(context, transfer);
  if (E.isLeft(body)) return body;
  const signed = signTransaction(body.right, keyPair, context.genesisHash);
  if (json)
    printJson({
      id: signed.id,
      sent: false,
      transaction: transactionJson(signed.transaction),
      bytes: bytesToHex(signed.bytes),
    });
  else print(`${columns(describeTransfer({ signed }))}\nnot sent (--dry-run)`);
  return E.right(undefined);
};

const send = async (options: SendOptions): Outcome<void> => {
  const seconds = wholeNumber('--wait-seconds', options.waitSeconds, 1, 3_600);
  if (E.isLeft(seconds)) return seconds;
  const prepared = await prepare(options);
  if (E.isLeft(prepared)) return prepared;
  const { keyPair, transfer, nonce } = prepared.right;
  const client = nodeClient(options.node);
  const context = await transferContext(client, accountIdentity(keyPair), transfer.recipient, options.chainId);
  if (E.isLeft(context)) return context;
  if (options.dryRun === true)
    return dryRun(
      context.right,
      keyPair,
      { ...transfer, nonce: nonce ?? context.right.sender.nonce },
      options.json === true,
    );
  const sent = await signAndSend(client, context.right, keyPair, transfer, nonce);
  if (E.isLeft(sent)) return sent;
  const { id } = sent.right.signed;
  if (options.json !== true) print(columns(describeTransfer(sent.right)));
  if (options.wait !== true) {
    if (options.json === true) printJson({ id, sent: true });
    else print(`sent; see what becomes of it with: zhtp query tx ${id}`);
    return E.right(undefined);
  }
  const located = await untilIncluded(client, id, seconds.right);
  if (E.isLeft(located)) return located;
  const { height, failure } = located.right;
  if (options.json === true) printJson({ id, sent: true, height: height.toString(), applied: failure === undefined });
  if (failure !== undefined)
    return fail(
      `the transaction is in block ${height.toString()} but failed: ${failure}; its fee was paid, nothing else moved`,
    );
  if (options.json !== true) print(`in block ${height.toString()}`);
  return E.right(undefined);
};

export const addTxCommand = (program: Command, run: Run): void => {
  const tx = program
    .command('tx')
    .description('sign and send transactions')
    .addHelpText('after', '\nExample:\n  zhtp tx send --from alice.json --to bob.json --amount 2.5 --wait\n');
  addJsonOption(addNodeOption(tx.command('send')))
    .description('send ZHTP to an account')
    .requiredOption('--from <key>', 'key file of the sender, or a home folder, whose account key is taken')
    .requiredOption('--to <identity>', 'identity of the recipient (64 hex characters) or its key file')
    .requiredOption('--amount <zhtp>', 'ZHTP with at most 6 decimals')
    .option('--fee <zhtp>', 'the least the chain accepts when left out')
    .option('--nonce <number>', "the account's next one when left out")
    .option('--memo <text>', 'up to 256 bytes', '')
    .option('--chain-id <id>', 'refuse to send on any other chain')
    .option('--passphrase-file <file>', 'file with the passphrase of the key (or set ZHTP_PASSPHRASE)')
    .option('--dry-run', 'sign and print, do not send')
    .option('--wait', 'wait until a block holds it')
    .option('--wait-seconds <seconds>', 'how long', '60')
    .addHelpText(
      'after',
      '\nExample:\n  zhtp tx send --from ./testnet/accounts/alice.json --to ./testnet/accounts/bob.json --amount 2.5 --wait\n',
    )
    .action((options: SendOptions) => run(send(options)));
};
