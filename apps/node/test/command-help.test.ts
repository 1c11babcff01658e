import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addQueryCommand } from '../src/commands/query.ts';
import { addTxCommand } from '../src/commands/tx.ts';

const run = (): Promise<void> => Promise.resolve();

const commandsOf = (add: (program: Command, run: () => Promise<void>) => void): readonly Command[] => {
  const program = new Command('zhtp');
  add(program, run);
  return program.commands.flatMap(({ commands }) => commands);
};

const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (more) => (text += more) });
  command.outputHelp();
  return text;
};

const all = [
  ...commandsOf(addTxCommand).map((command) => ['tx', command] as const),
  ...commandsOf(addQueryCommand).map((command) => ['query', command] as const),
];

describe('every command that sends or asks', () => {
  test('has an example in its help that uses only options it knows and none that it lacks', () => {
    expect(all.length).toBeGreaterThan(30);
    for (const [group, command] of all) {
      const [, example = ''] = /\nExample:\n {2}(zhtp .*)\n/.exec(helpOf(command)) ?? [];
      expect(example, `${group} ${command.name()}`).toMatch(new RegExp(`^zhtp ${group} ${command.name()}( |$)`));
      const known = command.options.map(({ long }) => long);
      const used = example.match(/--[a-z-]+/g) ?? [];
      expect(known).toEqual(expect.arrayContaining(used));
      const required = command.options.filter(({ mandatory }) => mandatory).map(({ long }) => long);
      expect(used).toEqual(expect.arrayContaining(required));
    }
  });

  test('prints JSON where it is asked to, and every transaction can be tried without sending it', () => {
    for (const [group, command] of all) {
      const known = command.options.map(({ long }) => long);
      expect(known, command.name()).toContain(
        group === 'tx' ? '--dry-run' : command.name() === 'evidence' ? '--out' : '--json',
      );
    }
  });
});
