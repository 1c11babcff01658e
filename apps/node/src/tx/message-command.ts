import { either as E, option as O } from 'fp-ts';
import type { Command } from 'commander';
import { transactionCodec, type LedgerMessage, type LedgerMessageOf } from '@zhtp/ledger';
import { bytesToHex, toJson } from '@zhtp/types';
import { printJson, type Run } from '../commands/common.ts';
import { readKeyFile } from '../key-files.ts';
import { fail, type Outcome } from '../outcome.ts';
import { passphraseFor } from '../passphrase.ts';
import { prepareOrder, type MessageOrigin, type Prepared } from './prepare-order.ts';
import { signAndSend, tryOut } from './send-order.ts';
import { beginShared } from './begin-shared.ts';
import { reportSent } from './show-transaction.ts';
import { addTxOptions, type TxOptions } from './tx-options.ts';
import { signOrder, type KeyOrder } from './wallet.ts';

/** A command of `zhtp tx`: its options, and the message that they ask for. All else is the same for every message. */
export interface MessageCommand<Message extends LedgerMessage, Options> {
  readonly name: string;
  readonly description: string;
  /** What follows `zhtp tx` in the example of the help. */
  readonly example: string;
  readonly addOptions: (command: Command) => Command;
  /** What follows, for whoever sends it. */
  readonly afterwards?: string;
  readonly message: (options: Options & TxOptions, origin: MessageOrigin) => Outcome<Message>;
}

/** Prepared, and the key at hand. */
interface Unlocked extends Prepared {
  readonly order: KeyOrder;
}

const unlock = async (prepared: Prepared, passphraseFile: string | undefined): Outcome<Unlocked> => {
  const { path, order } = prepared;
  const passphrase = await passphraseFor(path, passphraseFile);
  if (E.isLeft(passphrase)) return passphrase;
  const signer = await readKeyFile(path, passphrase.right);
  return E.isLeft(signer) ? signer : E.right({ ...prepared, order: { ...order, signer: signer.right } });
};

const transactionJson = toJson(transactionCodec);

const dryRun = async ({ client, order, nonce }: Unlocked): Outcome<void> => {
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
const checkFirst = async ({ client, order, nonce }: Unlocked): Outcome<void> => {
  const signed = signOrder(order, nonce ?? order.account.nonce);
  if (E.isLeft(signed)) return signed;
  const trial = await tryOut(client, signed.right.bytes);
  if (E.isLeft(trial)) return trial;
  return O.isSome(trial.right.refusal)
    ? fail(`the chain would refuse this: ${trial.right.refusal.value}; nothing was sent`)
    : E.right(undefined);
};

const send = async (unlocked: Unlocked, options: TxOptions, afterwards?: string): Outcome<void> => {
  const { client, order, nonce, waitSeconds } = unlocked;
  const checked = options.check ? await checkFirst(unlocked) : E.right(undefined);
  if (E.isLeft(checked)) return checked;
  const signed = await signAndSend(client, order, nonce);
  if (E.isLeft(signed)) return signed;
  const { id, transaction } = signed.right;
  return reportSent({ client, id, body: transaction, waitSeconds, afterwards }, options);
};

const perform = async <Options>(
  command: MessageCommand<LedgerMessage, Options>,
  options: Options & TxOptions,
): Outcome<void> => {
  const prepared = await prepareOrder(options, (origin) => command.message(options, origin));
  if (E.isLeft(prepared)) return prepared;
  if (prepared.right.file.policy !== undefined) return beginShared(prepared.right, options);
  if (options.output !== undefined)
    return fail('--output is for an account of several keys; leave it out, one key signs and sends at once');
  const unlocked = await unlock(prepared.right, options.passphraseFile);
  if (E.isLeft(unlocked)) return unlocked;
  return options.dryRun === true ? dryRun(unlocked.right) : send(unlocked.right, options, command.afterwards);
};

/** Adds a command to `zhtp tx`. */
export type AddToTx = (tx: Command, run: Run) => void;

declare const sent: unique symbol;

/** Adds the command that sends messages of one kind, which only its type says: a list by kind holds each in its place. */
export interface AddMessage<Tag extends LedgerMessage['_tag']> extends AddToTx {
  readonly [sent]?: Tag;
}

export const messageCommand =
  <Tag extends LedgerMessage['_tag'], Options>(
    command: MessageCommand<LedgerMessageOf<Tag>, Options>,
  ): AddMessage<Tag> =>
  (tx, run) => {
    addTxOptions(command.addOptions(tx.command(command.name)))
      .description(command.description)
      .addHelpText('after', `\nExample:\n  zhtp tx ${command.example}\n`)
      .action((options: Options & TxOptions) => run(perform(command, options)));
  };
