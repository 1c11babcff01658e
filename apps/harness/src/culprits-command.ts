import { Command } from 'commander';
import { either as E } from 'fp-ts';
import { findCulprits, genesisHashOf, verifyNow } from '@zhtp/chain';
import { validatorsFromGenesis } from '@zhtp/validators';
import { collectByHeight, readGenesisFile, readMessages } from './culprits-files.ts';
import { culpritsLines } from './culprits-report.ts';

const HELP = `
Evidence files are JSON arrays of peer messages as nodes received them: votes, polkas, rounds, proposals and decisions. Give
those of both sides. The set of genesis judges every height.

Exit code 0: nobody is named. 1: culprits are named. 2: a file cannot be read.
`;

/** Names who broke the protocol, from files alone (protocol.md, Evidence and accountability). */
export const culpritsCommand = (): Command => {
  const command = new Command('culprits')
    .description('Name the validators that made a fork, with the evidence, from messages that nodes received.')
    .argument('<genesis>', 'the genesis file of the chain')
    .argument('<evidence...>', 'files of messages')
    .addHelpText('after', HELP);
  return command.action((genesisPath: string, paths: readonly string[]) => {
    const refuse = (message: string): never => command.error(`error: ${message}`, { exitCode: 2 });
    const genesis = readGenesisFile(genesisPath);
    if (E.isLeft(genesis)) return refuse(genesis.left);
    const set = validatorsFromGenesis(genesis.right);
    if (E.isLeft(set)) return refuse(set.left);
    const files = E.traverseArray(readMessages)(paths);
    if (E.isLeft(files)) return refuse(files.left);
    const context = { genesisHash: genesisHashOf(genesis.right), algorithm: genesis.right.signatureAlgorithm };
    const heights = collectByHeight(files.right.flat());
    const lines = [...heights].flatMap(([height, collected]) =>
      culpritsLines(findCulprits(context, set.right, height, collected, verifyNow)),
    );
    process.stdout.write(
      lines.length === 0 ? `Nobody is named: ${String(heights.size)} heights looked at.\n` : `${lines.join('\n')}\n`,
    );
    if (lines.length > 0) process.exitCode = 1;
  });
};
