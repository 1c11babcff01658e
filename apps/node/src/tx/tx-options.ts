import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Command } from 'commander';
import { parseZhtp } from '@zhtp/types';
import { addJsonOption, addNodeOption, type JsonOption, type NodeOption } from '../commands/common.ts';
import { fail, failure, type Failure } from '../outcome.ts';

/** What every command that signs a transaction takes. */
export interface TxOptions extends NodeOption, JsonOption {
  readonly from: string;
  readonly account?: string;
  readonly fee?: string;
  readonly nonce?: string;
  readonly memo: string;
  readonly chainId?: string;
  readonly passphraseFile?: string;
  readonly dryRun?: boolean;
  /** False with `--no-check`. */
  readonly check: boolean;
  readonly wait?: boolean;
  readonly waitSeconds: string;
  readonly output?: string;
}

export const addTxOptions = (command: Command): Command =>
  addJsonOption(addNodeOption(command))
    .requiredOption(
      '--from <key>',
      'key file of the sender, or a home folder, whose account key is taken, or the file of an account of several keys',
    )
    .option('--account <identity>', 'the account itself, where its key was changed: 64 hex characters')
    .option('--fee <zhtp>', 'the least the chain accepts when left out')
    .option('--nonce <number>', "the account's next one when left out")
    .option('--memo <text>', 'up to 256 bytes', '')
    .option('--chain-id <id>', 'refuse to send on any other chain')
    .option('--passphrase-file <file>', 'file with the passphrase of the key (or set ZHTP_PASSPHRASE)')
    .option('--dry-run', 'sign and print as JSON, with id, fee and what the chain would say; send nothing')
    .option('--no-check', 'send without asking the node first whether the chain would refuse it')
    .option(
      '--output <file>',
      'with an account of several keys: where to write the transaction for its holders to sign',
    )
    .option('--wait', 'wait until a block holds it')
    .option('--wait-seconds <seconds>', 'how long', '60');

/** An amount in ZHTP as micro-ZHTP, at least 1. */
export const amountOption = (option: string, text: string): Either<Failure, bigint> => {
  const amount = parseZhtp(text);
  if (E.isLeft(amount)) return E.left(failure(`${option}: ${amount.left}`));
  return amount.right === 0n ? fail(`${option} is 0; give at least 0.000001 ZHTP`) : amount;
};

export const optionalFee = (text: string | undefined): Either<Failure, bigint | undefined> =>
  text === undefined ? E.right(undefined) : E.mapLeft((reason: string) => failure(`--fee: ${reason}`))(parseZhtp(text));

const NONCE = /^(0|[1-9][0-9]{0,18})$/;

export const optionalNonce = (text: string | undefined): Either<Failure, bigint | undefined> => {
  if (text === undefined) return E.right(undefined);
  return NONCE.test(text)
    ? E.right(BigInt(text))
    : fail(`--nonce is "${text.slice(0, 40)}"; give the number of the account's earlier transactions, or leave it out`);
};

const U64_TEXT = /^(0|[1-9][0-9]{0,18})$/;

/** A whole number of any size that fits, within its range. */
export const u64Option = (option: string, text: string, low = 0n): Either<Failure, bigint> =>
  U64_TEXT.test(text) && BigInt(text) >= low
    ? E.right(BigInt(text))
    : fail(`${option} is "${text.slice(0, 40)}"; give a whole number from ${String(low)} up`);
