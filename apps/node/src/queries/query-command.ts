import { either as E } from 'fp-ts';
import type { Command } from 'commander';
import type { Codec } from '@zhtp/types';
import {
  addJsonOption,
  addNodeOption,
  columns,
  print,
  printJson,
  type JsonOption,
  type NodeOption,
  type Run,
} from '../commands/common.ts';
import { addHeightOption, atHeight, type HeightOption } from './height-option.ts';
import { nodeClient, readAnswer } from '../node-client.ts';
import type { Outcome } from '../outcome.ts';

type Rows = readonly (readonly [string, string])[];

/** A command of `zhtp query` that asks one path and shows what it answers. */
export interface QueryCommand<A> {
  /** With its argument, as commander wants it. */
  readonly usage: string;
  readonly description: string;
  /** What follows `zhtp query` in the example of the help. */
  readonly example: string;
  readonly path: (argument: string) => Outcome<string>;
  readonly codec: Codec<A>;
  /** For people; one block of two columns each. */
  readonly describe: (answer: A) => readonly Rows[];
  /** What to say when there is nothing. */
  readonly whenEmpty?: string;
  /** Its path answers for the last block alone. */
  readonly isOfNow?: boolean;
}

export type AddToQuery = (query: Command, run: Run) => void;

type QueryOptions = NodeOption & JsonOption & HeightOption;

const ask = async <A>(query: QueryCommand<A>, argument: string, options: QueryOptions): Outcome<void> => {
  const path = await query.path(argument);
  if (E.isLeft(path)) return path;
  const full = atHeight(path.right, options);
  if (E.isLeft(full)) return full;
  const client = nodeClient(options.node);
  const json = await client.get(full.right);
  if (E.isLeft(json)) return json;
  if (options.json === true) {
    printJson(json.right);
    return E.right(undefined);
  }
  const answer = readAnswer(client, query.codec, json.right);
  if (E.isLeft(answer)) return answer;
  const blocks = query.describe(answer.right).filter((rows) => rows.length > 0);
  print(blocks.length === 0 ? (query.whenEmpty ?? 'nothing') : blocks.map(columns).join('\n\n'));
  return E.right(undefined);
};

export const queryCommand =
  <A>(query: QueryCommand<A>): AddToQuery =>
  (program, run) => {
    const command = addJsonOption(addNodeOption(program.command(query.usage)));
    if (query.isOfNow !== true) addHeightOption(command);
    command.description(query.description).addHelpText('after', `\nExample:\n  zhtp query ${query.example}\n`);
    if (query.usage.includes(' '))
      command.action((argument: string, options: QueryOptions) => run(ask(query, argument, options)));
    else command.action((options: QueryOptions) => run(ask(query, '', options)));
  };
