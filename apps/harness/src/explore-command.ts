import { Command, Option } from 'commander';
import {
  describeTrace,
  explore,
  FOUR_VALIDATORS,
  PAPER,
  walk,
  WITH_ADDITIONS,
  type BoundedWorld,
  type Breach,
  type Trace,
} from '@zhtp/simulator';
import { readCount, readSeed } from './run-options.ts';

interface ExploreCommandOptions {
  readonly rounds: number;
  readonly values: number;
  readonly states: number;
  readonly depth: number;
  readonly search: 'by-turns' | 'just-in-time' | 'every-delivery';
  readonly additions: boolean;
  readonly random: boolean;
  readonly seed: number;
  readonly walks: number;
  readonly steps: number;
}

const say = (...lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};

const sayBreach = (breach: Breach | null, trace: Trace | null): void => {
  if (breach === null) return;
  say(`VIOLATION ${breach.property}: ${breach.detail}`, ...describeTrace(trace ?? []));
  process.exitCode = 1;
};

const exploreAll = ({ rounds, values, states, depth, search, additions }: ExploreCommandOptions): void => {
  const world: BoundedWorld = {
    ...FOUR_VALIDATORS,
    proposers: FOUR_VALIDATORS.proposers.slice(0, rounds),
    values: FOUR_VALIDATORS.values.slice(0, values),
    options: additions ? WITH_ADDITIONS : PAPER,
    evidenceContents: search === 'every-delivery',
  };
  const found = explore({ world, search, statesMax: states, depthMax: depth });
  say(
    `bounds         4 validators, 1 of them lies, ${String(rounds)} rounds, ${String(values)} values`,
    `depth          ${String(found.depth)}`,
    `states         ${String(found.states)} distinct`,
    `steps          ${String(found.transitions)}`,
    `histories      ${String(found.histories)}`,
    `decided        ${String(found.decidedStates)} states, ${String(found.laterRoundStates)} beyond the first round`,
    `frontier       ${found.unexpanded === 0 ? 'empty: everything within the bounds was seen' : `${String(found.unexpanded)} states not expanded`}`,
  );
  sayBreach(found.breach, found.trace);
};

const walkSeeds = ({ seed, walks, steps }: ExploreCommandOptions): void => {
  let [taken, decided] = [0, 0];
  for (let at = seed; at < seed + walks; at++) {
    const walked = walk(at, steps);
    taken += walked.steps;
    decided += walked.decided;
    if (walked.breach !== null) say(`seed ${String(at)}`);
    sayBreach(walked.breach, walked.trace);
  }
  say(`walks          ${String(walks)}, ${String(taken)} steps, ${String(decided)} decisions`);
};

const OF_WALKS = ['seed', 'walks', 'steps'];
const OF_SEARCHES = ['rounds', 'values', 'states', 'depth', 'search', 'additions'];

/** An option of the search that does not run: ignored, it would let its bounds be believed. */
const misplaced = (command: Command, random: boolean): string | undefined => {
  const given = (random ? OF_SEARCHES : OF_WALKS).filter((name) => command.getOptionValueSource(name) === 'cli');
  const names = given.map((name) => `--${name}`).join(', ');
  if (given.length === 0) return undefined;
  return random ? `${names}: not with --random; leave it or them out` : `${names}: only with --random; add it`;
};

/** `harness explore`: bounded worlds seen exhaustively, or larger ones by seeded walks. */
export const exploreCommand = (): Command =>
  new Command('explore')
    .description('Model-check the consensus core: one height, one lying validator.')
    .showHelpAfterError('(harness explore --help shows what is accepted)')
    .option('--rounds <count>', 'bound on rounds, 1 to 3', (text) => readCount('The number of rounds', text, 1, 3), 2)
    .option('--values <count>', 'values to propose, 1 or 2', (text) => readCount('The number of values', text, 1, 2), 2)
    .option('--states <count>', 'stop after as many', (text) => readCount('The states', text, 1, 50_000_000), 1_000_000)
    .option('--depth <count>', 'expand no deeper', (text) => readCount('The depth', text, 1, 1_000), 1_000)
    .addOption(
      new Option('--search <name>', 'a step is one delivery, or all that made a node speak')
        .choices(['every-delivery', 'by-turns', 'just-in-time'])
        .default('every-delivery'),
    )
    .option('--additions', 'with both additions to the paper', false)
    .option('--random', 'seeded walks instead, 4 to 7 validators; the next three options are theirs', false)
    .option('--seed <number>', 'first seed of the walks', readSeed, 1)
    .option('--walks <count>', 'how many', (text) => readCount('The number of walks', text, 1, 1_000_000), 1_000)
    .option('--steps <count>', 'deliveries per walk', (text) => readCount('The steps', text, 1, 100_000), 500)
    .action((options: ExploreCommandOptions, command: Command) => {
      const refused = misplaced(command, options.random);
      if (refused !== undefined) command.error(`error: ${refused}`);
      if (options.random) walkSeeds(options);
      else exploreAll(options);
    });
