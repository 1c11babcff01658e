import { Command } from 'commander';
import { either as E } from 'fp-ts';
import { findCulprits, genesisHashOf, verifyNow } from '@zhtp/chain';
import { readGenesisFile, readShownFile } from './culprits-files.ts';
import { collectByHeight } from './culprits-messages.ts';
import { culpritsLines } from './culprits-report.ts';
import { readTrustedBlock, setsOfFiles } from './culprits-sets.ts';

const HELP = `
Evidence files are what "zhtp evidence export" and "zhtp query evidence" write; give those of both sides. Each height is judged by
the set of that height, which the file shows by headers that the sets before it decided, from genesis on. JSON arrays of peer
messages, as nodes received them, are read too; by themselves they show the set of the first two heights alone.

Examples:
  harness culprits genesis.json node0.json node3.json
  harness culprits genesis.json --trusted 5000:9f3c… node0.json node3.json

Exit code 0: nobody is named. 1: culprits are named. 2: a file cannot be read or does not verify, or the set of a height is not
shown and nobody is named.
`;

interface CulpritsOptions {
  readonly trusted?: string;
}

/** Names who broke the protocol, from files alone (protocol.md, Evidence and accountability). */
export const culpritsCommand = (): Command => {
  const command = new Command('culprits')
    .description('Name the validators that made a fork, with the evidence, from what nodes of both sides can show.')
    .showHelpAfterError('(harness culprits --help shows what is accepted)')
    .argument('<genesis>', 'the genesis file of the chain')
    .argument('<evidence...>', 'files of evidence')
    .option(
      '--trusted <height:block>',
      'a block before the fork that you know to be right, where a file cannot go back to genesis',
    )
    .addHelpText('after', HELP);
  return command.action((genesisPath: string, paths: readonly string[], options: CulpritsOptions) => {
    const refuse = (message: string): never => command.error(`error: ${message}`, { exitCode: 2 });
    const genesis = readGenesisFile(genesisPath);
    if (E.isLeft(genesis)) return refuse(genesis.left);
    const trusted = options.trusted === undefined ? undefined : readTrustedBlock(options.trusted);
    if (trusted !== undefined && E.isLeft(trusted)) return refuse(trusted.left);
    const files = E.traverseArray(readShownFile)(paths);
    if (E.isLeft(files)) return refuse(files.left);
    const setsAt = setsOfFiles(genesis.right, files.right, trusted?.right);
    if (E.isLeft(setsAt)) return refuse(setsAt.left);
    const context = { genesisHash: genesisHashOf(genesis.right), algorithm: genesis.right.signatureAlgorithm };
    const heights = collectByHeight(files.right);
    const lines = [...heights].flatMap(([height, collected]) =>
      setsAt.right(height).flatMap((set) => culpritsLines(findCulprits(context, set, height, collected, verifyNow))),
    );
    const unjudged = [...heights.keys()].filter((height) => setsAt.right(height).length === 0);
    const judged = heights.size - unjudged.length;
    process.stdout.write(
      lines.length === 0 ? `Nobody is named: ${String(judged)} heights looked at.\n` : `${lines.join('\n')}\n`,
    );
    if (unjudged.length > 0)
      process.stdout.write(
        `Not judged: no file shows the validator set of ${unjudged.length === 1 ? 'height' : 'heights'} ${unjudged.join(', ')}.\n`,
      );
    if (lines.length > 0) process.exitCode = 1;
    else if (unjudged.length > 0) process.exitCode = 2;
  });
};
