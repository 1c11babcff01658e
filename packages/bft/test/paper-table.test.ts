import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const read = (path: string): string => {
  const url = new URL(`../${path}`, import.meta.url);
  return existsSync(url) ? readFileSync(url, 'utf8') : '';
};

/** Rows of the two tables of the README's section on the paper, without their heads. */
const [section = ''] = read('README.md').split("## From the paper's lines to code and tests").slice(1);
const rows = (section.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('|') && !line.includes('---') && !line.includes('| what happens'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const matches = (cell: string | undefined, pattern: RegExp): readonly (readonly string[])[] =>
  Array.from((cell ?? '').matchAll(pattern), (match) => match.slice(1).map((group) => group));

const functionsOf = ([, , code]: readonly string[]) => matches(code, /`([\w-]+\.ts):(\w+)`/g);
const testsOf = ([, , , tests]: readonly string[]) => matches(tests, /`([\w-]+\.test\.ts)` “([^”]+)”/g);

/** A function or method of this name is made in the source. */
const defines = (source: string, name: string): boolean =>
  new RegExp(`(^|\\n)(export )?(const ${name} = |  ${name}\\()`).test(source);

describe('the table from the paper to code and tests', () => {
  test('leaves no line of Algorithm 1 out', () => {
    const lines = rows.flatMap(([first = '']) => {
      const range = /^(\d+)(?:–(\d+))?$/.exec(first);
      if (range === null) return [];
      const from = Number(range[1]);
      return Array.from({ length: Number(range[2] ?? from) - from + 1 }, (_, i) => from + i);
    });
    expect(lines).toEqual(Array.from({ length: 67 }, (_, i) => i + 1));
  });

  test('has no empty cell', () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const row of rows) {
      expect(row.length, row.join('|')).toBe(4);
      expect(
        row.every((cell) => cell !== ''),
        row.join('|'),
      ).toBe(true);
      expect([functionsOf(row).length, testsOf(row).length], row[0]).not.toContain(0);
    }
  });

  test.each(rows.map((row) => [row[0] ?? '', row] as const))(
    '%s: names functions and tests that exist',
    (_lines, row) => {
      for (const [file = '', name = ''] of functionsOf(row))
        expect(defines(read(`src/${file}`), name), `${file}:${name}`).toBe(true);
      for (const [file = '', title = ''] of testsOf(row))
        expect(read(`test/${file}`).includes(`test('${title}'`), `${file} “${title}”`).toBe(true);
    },
  );

  test('would notice a function that is not there', () => {
    expect(defines(read('src/driver-rules.ts'), 'commitRule')).toBe(true);
    expect(defines(read('src/driver-rules.ts'), 'commitRules')).toBe(false);
    expect(defines(read('src/no-such-file.ts'), 'commitRule')).toBe(false);
  });
});
