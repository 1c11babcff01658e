import { readFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import { evidenceCodec, fromJson } from '@zhtp/types';
import { parseJson } from '../../home.ts';
import { attemptFile, fail } from '../../outcome.ts';
import { messageCommand } from '../message-command.ts';

const readEvidence = fromJson(evidenceCodec);

export const evidence = messageCommand<'SubmitEvidence', { readonly file: string }>({
  name: 'evidence',
  description: 'hand in evidence of a faulty validator that no block has punished yet; a false report costs the fee',
  example: 'evidence --from ./testnet/accounts/alice.json --file double-sign.json --wait',
  addOptions: (command) =>
    command.requiredOption(
      '--file <file>',
      'one piece as JSON: the signed messages, in the form of the evidence that `zhtp query block --json` shows',
    ),
  message: async ({ file }) => {
    const source = await attemptFile('reading evidence', file, () => readFile(file, 'utf8'));
    if (E.isLeft(source)) return source;
    const json = parseJson(file, source.right);
    if (E.isLeft(json)) return json;
    const read = readEvidence(json.right);
    return E.isLeft(read)
      ? fail(`${file} is no evidence: ${read.left.message}`)
      : E.right({ _tag: 'SubmitEvidence', evidence: read.right });
  },
});
