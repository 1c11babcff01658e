import { either as E, option as O } from 'fp-ts';
import type { Command } from 'commander';
import { transactionCodec, type LedgerMessage, type SignedTransaction } from '@zhtp/ledger';
import { bytesToHex, formatZhtp, toJson, type IdentityId } from '@zhtp/types';
import { columns, print, printJson, type Run } from '../commands/common.ts';
import { wholeNumber } from '../commands/testnet.ts';
import { describeMessage } from '../describe-message.ts';
import { readKeyFile, readPublicKeyFile } from '../key-files.ts';
import { nodeClient, type NodeClient } from '../node-client.ts';
import { fail, type Outcome } from '../outcome.ts';
import { passphraseFor } from '../passphrase.ts';
import { keyFileAt } from '../recipient.ts';
import { signAndSend, tryOut, untilIncluded } from './send-order.ts';
import { addTxOptions, optionalFee, optionalNonce, type TxOptions } from './tx-options.ts';
import { chainFacts, senderAccount, signOrder, type ChainFacts, type Order } from './wallet.ts';

/** Who sends a message, and on which chain. */
export interface MessageOrigin {
  readonly sender: IdentityId;
  readonly facts: ChainFacts;
}

/** A command of `zhtp tx`: its options, and the message that they ask for. All else is the same for every message. */
export interface MessageCommand<Options> {
  readonly name: string;
  readonly description: string;
  /** What follows `zhtp tx` in the example of the help. */
  readonly example: string;
  readonly addOptions: (command: Command) => Command;
  readonly message: (options: Options & TxOptions, origin: MessageOrigin) => Outcome<LedgerMessage>;
}

interface Prepared {
  readonly client: NodeClient;
  readonly order: Order;
  readonly nonce: bigint | undefined;
  readonly waitSeconds: number;
}

const prepare = async <Options>(command: MessageCommand<Options>, options: Options & TxOptions): Outcome<Prepared> => {
  const waitSeconds = wholeNumber('--wait-seconds', options.waitSeconds, 1, 3_600);
  if (E.isLeft(waitSeconds)) return waitSeconds;
  const fee = optionalFee(options.fee);
  if (E.isLeft(fee)) return fee;
  const nonce = optionalNonce(options.nonce);
  if (E.isLeft(nonce)) return nonce;
  const path = await keyFileAt(options.from);
  // Nobody is asked for the passphrase of a file that is no key, or for a message that cannot be.
  const key = await readPublicKeyFile(path);
  if (E.isLeft(key)) return key;
  const client = nodeClient(options.node);
  const facts = await chainFacts(client, options.chainId);
  if (E.isLeft(facts)) return facts;
  const message = await command.message(options, { sender: key.right.identity, facts: facts.right });
  if (E.isLeft(message)) return message;
  const account = await senderAccount(client, facts.right.chainId, key.right.identity);
  if (E.isLeft(account)) return account;
  const passphrase = await passphraseFor(path, options.passphraseFile);
  if (E.isLeft(passphrase)) return passphrase;
  const keyPair = await readKeyFile(path, passphrase.right);
  if (E.isLeft(keyPair)) return keyPair;
  return E.right({
    client,
    nonce: nonce.right,
    waitSeconds: waitSeconds.right,
    order: {
      facts: facts.right,
      account: account.right,
      keyPair: keyPair.right,
      messages: [message.right],
      fee: fee.right,
      memo: options.memo,
    },
  });
};

const describe = ({ transaction, id }: SignedTransaction): string =>
  columns([
    ['transaction', id],
    ['from', transaction.sender],
    ...transaction.messages.map(describeMessage),
    ['fee', `${formatZhtp(transaction.fee)} ZHTP`],
    ['nonce', transaction.nonce.toString()],
  ]);

const transactionJson = toJson(transactionCodec);

const dryRun = async ({ client, order, nonce }: Prepared): Outcome<void> => {
  const signed = signOrder(order, nonce ?? order.account.nonce);
  if (E.isLeft(signed)) return signed;
  const { id, transaction, bytes } = signed.right;
  const trial = await tryOut(client, bytes);
  if (E.isLeft(trial)) return trial;
  const { refusal } = trial.right;
  printJson({
    id,
    sent: false,
    fee: transaction.fee.toString(),
    applies: O.isNone(refusal),
    refusal: O.toNullable(refusal),
    transaction: transactionJson(transaction),
    bytes: bytesToHex(bytes),
  });
  return E.right(undefined);
};

/** Whoever sends what the chain refuses pays the fee for nothing: the node is asked first. */
const checkFirst = async ({ client, order, nonce }: Prepared): Outcome<void> => {
  const signed = signOrder(order, nonce ?? order.account.nonce);
  if (E.isLeft(signed)) return signed;
  const trial = await tryOut(client, signed.right.bytes);
  if (E.isLeft(trial)) return trial;
  return O.isSome(trial.right.refusal)
    ? fail(`the chain would refuse this: ${trial.right.refusal.value}; nothing was sent`)
    : E.right(undefined);
};

const send = async (prepared: Prepared, options: TxOptions): Outcome<void> => {
  const isJson = options.json === true;
  const { client, order, nonce, waitSeconds } = prepared;
  const checked = options.check ? await checkFirst(prepared) : E.right(undefined);
  if (E.isLeft(checked)) return checked;
  const signed = await signAndSend(client, order, nonce);
  if (E.isLeft(signed)) return signed;
  const { id } = signed.right;
  if (!isJson) print(describe(signed.right));
  if (options.wait !== true) {
    if (isJson) printJson({ id, sent: true });
    else print(`sent; see what becomes of it with: zhtp query tx ${id}`);
    return E.right(undefined);
  }
  const located = await untilIncluded(client, id, waitSeconds);
  if (E.isLeft(located)) return located;
  const { height, failure } = located.right;
  if (isJson) printJson({ id, sent: true, height: height.toString(), applied: failure === undefined });
  if (failure !== undefined)
    return fail(
      `the transaction is in block ${height.toString()} but failed: ${failure}; its fee was paid, nothing else moved`,
    );
  if (!isJson) print(`in block ${height.toString()}`);
  return E.right(undefined);
};

const perform = async <Options>(command: MessageCommand<Options>, options: Options & TxOptions): Outcome<void> => {
  const prepared = await prepare(command, options);
  if (E.isLeft(prepared)) return prepared;
  return options.dryRun === true ? dryRun(prepared.right) : send(prepared.right, options);
};

/** Adds a message to `zhtp tx`. */
export type AddToTx = (tx: Command, run: Run) => void;

export const messageCommand =
  <Options>(command: MessageCommand<Options>): AddToTx =>
  (tx, run) => {
    addTxOptions(command.addOptions(tx.command(command.name)))
      .description(command.description)
      .addHelpText('after', `\nExample:\n  zhtp tx ${command.example}\n`)
      .action((options: Options & TxOptions) => run(perform(command, options)));
  };
