import { readFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import { RECEIPTS_MAX, submitWork as messageOf } from '@zhtp/ledger';
import { receiptCodec, type Receipt } from '@zhtp/proofs';
import { fromJson } from '@zhtp/types';
import { collect } from '../../commands/common.ts';
import { parseJson } from '../../home.ts';
import { attemptFile, fail, type Outcome } from '../../outcome.ts';
import { messageCommand } from '../message-command.ts';

const readReceipt = fromJson(receiptCodec);

/** One receipt, or a list of them. */
const receiptsIn = async (file: string): Outcome<readonly Receipt[]> => {
  const source = await attemptFile('reading a receipt', file, () => readFile(file, 'utf8'));
  if (E.isLeft(source)) return source;
  const json = parseJson(file, source.right);
  if (E.isLeft(json)) return json;
  const receipts: Receipt[] = [];
  for (const each of Array.isArray(json.right) ? (json.right as readonly unknown[]) : [json.right]) {
    const receipt = readReceipt(each);
    if (E.isLeft(receipt)) return fail(`${file} holds what is no receipt: ${receipt.left.message}`);
    receipts.push(receipt.right);
  }
  return E.right(receipts);
};

export const submitWork = messageCommand<'SubmitWork', { readonly file: readonly string[] }>({
  name: 'submit-work',
  description: 'hand in receipts of work that a validator did for others in this epoch',
  example: 'submit-work --from ./testnet/node0 --file receipt.json --wait',
  addOptions: (command) =>
    command.requiredOption(
      '--file <file>',
      'a receipt that `zhtp receipt` wrote, or a list of them; may be given again',
      collect,
      [],
    ),
  message: async ({ file }) => {
    const receipts: Receipt[] = [];
    for (const each of file) {
      const read = await receiptsIn(each);
      if (E.isLeft(read)) return read;
      receipts.push(...read.right);
    }
    return receipts.length > 0 && receipts.length <= RECEIPTS_MAX
      ? E.right(messageOf(receipts))
      : fail(`--file names ${String(receipts.length)} receipts; hand in 1 to ${String(RECEIPTS_MAX)} at a time`);
  },
});
