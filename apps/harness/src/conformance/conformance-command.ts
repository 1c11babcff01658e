import { Command } from 'commander';
import { either as E } from 'fp-ts';
import { fileLines, jsonReport, totalLines } from './conformance-report.ts';
import { runConformance } from './run-conformance.ts';

const EXAMPLES = `
Examples:
  harness conformance ./vectors                   every .json and .json.gz file below the folder
  harness conformance ./vectors --only consensus  files with "consensus" in their path
  harness conformance ./vectors --json            one JSON object on stdout

Formats are recognised by content. A case passed, failed, was declared not ours (with the reason) or was not understood.
Exit code 0: every case passed or was declared. 1: anything else, also when there is nothing to run.
`;

interface ConformanceOptions {
  readonly only?: string;
  readonly json: boolean;
}

const print = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};

/** `harness conformance <folder>`. */
export const conformanceCommand = (): Command => {
  const command = new Command('conformance')
    .description('Run a folder of conformance vectors against the packages.')
    .argument('<folder>', 'where the vector files are; searched with everything below')
    .option('--only <part>', 'only files whose path below the folder contains this')
    .option('--json', 'print one JSON object instead of lines', false)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(harness conformance --help shows what is accepted)');
  return command.action((folder: string, { only, json }: ConformanceOptions) => {
    const report = runConformance({
      folder,
      only,
      observe: (file) => {
        if (!json) print(fileLines(file));
      },
    });
    if (E.isLeft(report)) return command.error(`error: ${report.left}`);
    print(json ? [jsonReport(report.right)] : totalLines(report.right));
    if (!report.right.isAccountedFor) process.exitCode = 1;
    return undefined;
  });
};
