import { either as E } from 'fp-ts';
import { addJsonOption, print, printJson, type JsonOption } from '../commands/common.ts';
import { fail, type Outcome } from '../outcome.ts';
import {
  combined,
  readSharedTransaction,
  sharedTransactionId,
  writeSharedTransaction,
  type SharedTransaction,
} from '../shared-transaction.ts';
import type { AddToTx } from './message-command.ts';
import { bodyJson } from './show-transaction.ts';
import { progressJson, progressLine } from './sign-command.ts';

interface CombineOptions extends JsonOption {
  readonly output: string;
  readonly dryRun?: boolean;
}

const combine = async (files: readonly string[], options: CombineOptions): Outcome<void> => {
  const { output, dryRun, json } = options;
  const read: SharedTransaction[] = [];
  for (const file of files) {
    const shared = await readSharedTransaction(file);
    if (E.isLeft(shared)) return shared;
    read.push(shared.right);
  }
  const [first, ...others] = read;
  if (first === undefined) return fail('no file was named; give the files that the holders signed');
  const all = combined(first, others);
  if (E.isLeft(all)) return fail(`${all.left}; nothing was written`);
  const id = sharedTransactionId(all.right);
  if (dryRun === true) {
    printJson({ id, ...progressJson(all.right), transaction: bodyJson(all.right.body) });
    return E.right(undefined);
  }
  const written = await writeSharedTransaction(output, all.right);
  if (E.isLeft(written)) return written;
  if (json === true) printJson({ id, file: output, ...progressJson(all.right) });
  else print(progressLine(all.right, output));
  return E.right(undefined);
};

export const combineCommand: AddToTx = (tx, run) => {
  addJsonOption(tx.command('combine <files...>'))
    .description('put the signatures of holders who signed copies of one transaction into one file; needs no node')
    .requiredOption('--output <file>', 'the file to write; never overwritten')
    .option('--dry-run', 'print what the file would hold as JSON; write nothing')
    .addHelpText('after', '\nExample:\n  zhtp tx combine ./by-alice.json ./by-bob.json --output ./payment.json\n')
    .action((files: readonly string[], options: CombineOptions) => run(combine(files, options)));
};
