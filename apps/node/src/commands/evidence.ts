import { causeText } from '@zhtp/types';
import { access } from 'node:fs/promises';
import { either as E } from 'fp-ts';
import type { Command } from 'commander';
import { createClosing } from '../closing.ts';
import { homeAt } from '../home.ts';
import { attemptFile, type Outcome } from '../outcome.ts';
import type { Run } from './common.ts';
import { readHeights, writeEvidence, type OutOption } from './evidence-file.ts';

interface ExportOptions extends OutOption {
  readonly home: string;
}

const exported = async (from: string, to: string | undefined, options: ExportOptions): Outcome<void> => {
  const range = readHeights(from, to);
  if (E.isLeft(range)) return range;
  const home = homeAt(options.home);
  // A home that never started has no data: nothing is made there by asking.
  const present = await attemptFile('reading the data folder', home.blocks, () => access(home.blocks));
  if (E.isLeft(present)) return present;
  const closing = createClosing((cause) => {
    process.stderr.write(`closing failed: ${causeText(cause)}\n`);
  });
  try {
    // The databases are loaded only here: other commands do without them.
    const { exportFromHome } = await import('../export-evidence.ts');
    const file = await exportFromHome(home, range.right, closing);
    return E.isLeft(file) ? file : await writeEvidence(file.right, options);
  } finally {
    await closing.closeAll();
  }
};

export const addEvidenceCommand = (program: Command, run: Run): void => {
  const evidence = program
    .command('evidence')
    .description('what a node can show of who broke the protocol')
    .addHelpText('after', '\nExample:\n  zhtp evidence export 41 43 --home ./testnet/node0 --out node0.json\n');
  evidence
    .command('export <from> [to]')
    .description('write what the stopped node of a home can show of some heights, for harness culprits')
    .requiredOption('--home <folder>', 'home folder of the node; stop it first, or ask it with zhtp query evidence')
    .option('--out <file>', 'write it there instead of standard output')
    .addHelpText(
      'after',
      `
The file holds certificates, kept polkas, evidence, every signed message of the height in progress, and the headers and sets that
show whose they are. At most 100 heights; the last may be the one in progress. Give the files of both sides of a fork to
"harness culprits genesis.json <file> <file>".

Example:
  zhtp evidence export 41 43 --home ./testnet/node0 --out node0.json
`,
    )
    .action((from: string, to: string | undefined, options: ExportOptions) => run(exported(from, to, options)));
};
