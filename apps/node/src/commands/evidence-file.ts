import { writeFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { evidenceFileJson, type EvidenceFile } from '@zhtp/chain';
import type { ExportRange } from '@zhtp/engine';
import { attemptFile, fail, type Failure, type Outcome } from '../outcome.ts';
import { print } from './common.ts';

export interface OutOption {
  readonly out?: string;
}

const HEIGHT = /^[0-9]{1,19}$/;

/** The heights of a command line; one alone is both ends. */
export const readHeights = (from: string, to: string = from): Either<Failure, ExportRange> => {
  const wrong = [from, to].find((height) => !HEIGHT.test(height));
  return wrong === undefined
    ? E.right({ fromHeight: BigInt(from), toHeight: BigInt(to) })
    : fail(`the height is "${wrong.slice(0, 40)}"; give a number`);
};

/** One line that says what a file holds. */
const summary = ({ fromHeight, toHeight, headers, messages, evidence }: EvidenceFile): string =>
  `heights ${fromHeight.toString()} to ${toHeight.toString()}: ${String(headers.length)} headers, ${String(messages.length)} messages, ${String(evidence.length)} pieces of evidence`;

/** To a new file, or to standard output. */
export const writeEvidence = async (file: EvidenceFile, { out }: OutOption): Outcome<void> => {
  const text = JSON.stringify(evidenceFileJson(file));
  if (out === undefined) {
    print(text);
    return E.right(undefined);
  }
  const written = await attemptFile('writing evidence', out, () => writeFile(out, `${text}\n`, { flag: 'wx' }));
  if (E.isRight(written)) print(`${out}: ${summary(file)}`);
  return written;
};
