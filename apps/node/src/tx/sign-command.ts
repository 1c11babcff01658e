import { either as E } from 'fp-ts';
import { addJsonOption, print, printJson, type JsonOption } from '../commands/common.ts';
import { readKeyFile, readPublicKeyFile } from '../key-files.ts';
import { fail, type Outcome } from '../outcome.ts';
import { passphraseFor } from '../passphrase.ts';
import { keyFileAt } from '../recipient.ts';
import {
  holderIndex,
  progressOf,
  readSharedTransaction,
  replaceSharedTransaction,
  sharedTransactionId,
  withCosignature,
  writeSharedTransaction,
  type SharedTransaction,
} from '../shared-transaction.ts';
import type { AddToTx } from './message-command.ts';
import { bodyJson, describeTransaction } from './show-transaction.ts';

interface SignOptions extends JsonOption {
  readonly file: string;
  readonly key: string;
  readonly output?: string;
  readonly chainId?: string;
  readonly passphraseFile?: string;
  readonly dryRun?: boolean;
}

/** How far a transaction is, in the form that every command about one prints. */
export const progressJson = (shared: SharedTransaction): object => {
  const progress = progressOf(shared);
  return E.isLeft(progress)
    ? {}
    : { signed: progress.right.signed.length, needed: progress.right.needed, keys: progress.right.keys.length };
};

export const progressLine = (shared: SharedTransaction, file: string): string => {
  const progress = progressOf(shared);
  if (E.isLeft(progress)) return '';
  const { signed, needed } = progress.right;
  return signed.length < needed
    ? `${String(signed.length)} of ${String(needed)} signatures are in ${file}`
    : `all ${String(needed)} signatures are in ${file}; send it with: zhtp tx broadcast --file ${file}`;
};

const sign = async (options: SignOptions): Outcome<void> => {
  const { file, output, chainId, json } = options;
  const shared = await readSharedTransaction(file);
  if (E.isLeft(shared)) return shared;
  const { body, algorithm } = shared.right;
  if (chainId !== undefined && chainId !== body.chainId)
    return fail(`${file} is for chain ${body.chainId}, not ${chainId}; nothing was signed`);
  const path = await keyFileAt(options.key);
  const key = await readPublicKeyFile(path);
  if (E.isLeft(key)) return key;
  if (key.right.algorithm !== algorithm)
    return fail(`${path} is a key of ${key.right.algorithm}, the account has keys of ${algorithm}; nothing was signed`);
  const index = holderIndex(shared.right, key.right.publicKey);
  if (E.isLeft(index)) return fail(`${path} is ${index.left}; nothing was signed`);
  const id = sharedTransactionId(shared.right);
  if (options.dryRun === true) {
    printJson({ id, key: index.right, ...progressJson(shared.right), transaction: bodyJson(body) });
    return E.right(undefined);
  }
  // Whoever signs sees what, before a passphrase is asked for.
  if (json !== true) print(describeTransaction(body, id));
  const passphrase = await passphraseFor(path, options.passphraseFile);
  if (E.isLeft(passphrase)) return passphrase;
  const keyPair = await readKeyFile(path, passphrase.right);
  if (E.isLeft(keyPair)) return keyPair;
  const signed = withCosignature(shared.right, keyPair.right);
  const target = output ?? file;
  const written = await (output === undefined
    ? replaceSharedTransaction(file, signed)
    : writeSharedTransaction(output, signed));
  if (E.isLeft(written)) return written;
  if (json === true) printJson({ id, file: target, ...progressJson(signed) });
  else print(progressLine(signed, target));
  return E.right(undefined);
};

export const signCommand: AddToTx = (tx, run) => {
  addJsonOption(tx.command('sign'))
    .description('add the signature of one holder to a transaction of an account of several keys; needs no node')
    .requiredOption('--file <file>', 'what a command of zhtp tx wrote with --output')
    .requiredOption('--key <key>', 'key file of the holder, or a home folder, whose account key is taken')
    .option('--output <file>', 'write the signed one there and leave --file as it is')
    .option('--chain-id <id>', 'refuse to sign for any other chain')
    .option('--passphrase-file <file>', 'file with the passphrase of the key (or set ZHTP_PASSPHRASE)')
    .option('--dry-run', 'print what would be signed as JSON; sign nothing')
    .addHelpText('after', '\nExample:\n  zhtp tx sign --file ./payment.json --key ./testnet/accounts/alice.json\n')
    .action((options: SignOptions) => run(sign(options)));
};
