import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { runReadmeExample } from '@zhtp/testing';

const packageWithReadme = (readme: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  mkdirSync(join(folder, 'test'));
  writeFileSync(join(folder, 'README.md'), readme);
  return pathToFileURL(join(folder, 'test', 'readme.test.ts')).href;
};
const block = (...lines: readonly string[]): string =>
  ['# A package', '```ts', ...lines, '```', '```ts', 'not run', '```'].join('\n');

test('the first block runs as TypeScript', () => {
  const readme = block(
    "import assert from 'node:assert/strict';",
    'const two: number = 1 + 1;',
    'assert.equal(two, 2);',
  );
  expect(() => runReadmeExample(packageWithReadme(readme))).not.toThrow();
});

test('a wrong assertion fails with its message', () => {
  const readme = block("import assert from 'node:assert/strict';", "assert.equal(1, 2, 'one is not two');");
  expect(() => runReadmeExample(packageWithReadme(readme))).toThrow(/one is not two/);
});

test.each([
  ['without a block', '# A package'],
  ['without an assertion', block('console.log(1);')],
])('a README %s fails', (_, readme) => {
  expect(() => runReadmeExample(packageWithReadme(readme))).toThrow(/must import node:assert/);
});
