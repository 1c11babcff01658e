import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const examplesIn = (readme: string): readonly string[] =>
  [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, example = '']) => example);

/**
 * Runs a ```ts block of the package's README.md as a program of its own, in the package's folder and against its
 * sources, and fails unless it ends well. The block checks itself with `node:assert`.
 * @param testUrl `import.meta.url` of a file in the package's `test/` folder
 * @param which the first block is 0
 */
export const runReadmeExample = (testUrl: string, which = 0): void => {
  const packageFolder = fileURLToPath(new URL('..', testUrl));
  const example = examplesIn(readFileSync(`${packageFolder}README.md`, 'utf8'))[which] ?? '';
  expect(example, `\`\`\`ts block ${String(which)} of README.md must import node:assert and assert something`).toMatch(
    /from 'node:assert(\/strict)?'[^]*\bassert\b/,
  );
  const run = spawnSync(process.execPath, ['--conditions=@zhtp/source', '--input-type=module-typescript', '-'], {
    cwd: packageFolder,
    input: example,
    encoding: 'utf8',
  });
  expect(run.status, `the README example failed:\n${run.stderr}`).toBe(0);
};
