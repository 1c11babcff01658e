import { either as E } from 'fp-ts';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Command } from 'commander';
import { fail, type Failure } from '../outcome.ts';

export interface HeightOption {
  readonly height?: string;
}

export const addHeightOption = (command: Command): Command =>
  command.option('--height <height>', 'as it was after this block; a node keeps the last 100');

/** The path, asked about the height of the option. */
export const atHeight = (path: string, { height }: HeightOption): Either<Failure, string> => {
  if (height === undefined) return E.right(path);
  return /^(0|[1-9][0-9]{0,18})$/.test(height)
    ? E.right(`${path}?height=${height}`)
    : fail(`--height is "${height.slice(0, 40)}"; give the number of a block`);
};
