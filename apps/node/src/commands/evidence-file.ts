import { writeFile } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import { evidenceFileJson, type EvidenceFile } from '@zhtp/chain';
import type { ExportRange } from '@zhtp/engine';
import { makeValidatorSet } from '@zhtp/validators';
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

/** Heights whose block is in the file without the set that decided it: nobody can be named there. */
const heightsWithoutSet = ({ fromHeight, sets, headers }: EvidenceFile): readonly bigint[] => {
  const held = new Set(
    sets.flatMap((validators) => {
      const set = makeValidatorSet(validators);
      return E.isRight(set) ? [set.right.hash] : [];
    }),
  );
  return headers.flatMap(({ header }) =>
    header.height < fromHeight || held.has(header.validatorsHash) ? [] : [header.height],
  );
};

/** What whoever exports should know before the file is needed; undefined when it shows all its sets. */
export const warningOfSets = (file: EvidenceFile): string | undefined => {
  const without = heightsWithoutSet(file);
  const [first] = without;
  const last = without.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const which = first === last ? `height ${String(first)}` : `heights ${String(first)} to ${String(last)}`;
  return (
    `this node no longer has the validator set of ${which}, so "harness culprits" can name nobody there: a set is kept as ` +
    'long as evidence of it may be handed in (evidenceAgeMs of genesis); export from a node that still has it, and sooner the next time'
  );
};

/** To a new file, or to standard output. */
export const writeEvidence = async (file: EvidenceFile, { out }: OutOption): Outcome<void> => {
  const warning = warningOfSets(file);
  // Beside the file, which may be going to standard output.
  if (warning !== undefined) process.stderr.write(`warning: ${warning}\n`);
  const text = JSON.stringify(evidenceFileJson(file));
  if (out === undefined) {
    print(text);
    return E.right(undefined);
  }
  const written = await attemptFile('writing evidence', out, () => writeFile(out, `${text}\n`, { flag: 'wx' }));
  if (E.isRight(written)) print(`${out}: ${summary(file)}`);
  return written;
};
