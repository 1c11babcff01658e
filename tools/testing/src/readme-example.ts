import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const firstExample = (readme: string): string => /^```ts\n(.*?)^```/ms.exec(readme)?.[1] ?? '';

/**
 * Runs the first ```ts block of the package's README.md as a program of its own, in the package's folder and
 * against its sources, and fails unless it ends well. The block checks itself with `node:assert`.
 * @param testUrl `import.meta.url` of a file in the package's `test/` folder
 */
export const runReadmeExample = (testUrl: string): void => {
  const packageFolder = fileURLToPath(new URL('..', testUrl));
  const example = firstExample(readFileSync(`${packageFolder}README.md`, 'utf8'));
  expect(example, 'the first ```ts block of README.md must import node:assert and assert something').toMatch(
    /from 'node:assert(\/strict)?'[^]*\bassert\b/,
  );
  const run = spawnSync(process.execPath, ['--conditions=@zhtp/source', '--input-type=module-typescript', '-'], {
    cwd: packageFolder,
    input: example,
    encoding: 'utf8',
  });
  expect(run.status, `the README example failed:\n${run.stderr}`).toBe(0);
};
