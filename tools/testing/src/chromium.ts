import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'vitest';

const finder = join(import.meta.dirname, '../../find-chromium.cjs');

/** Path of the chromium that tests drive: `ZHTP_CHROMIUM`, by default the first on `PATH`; null when there is none. */
export const findChromium = (): string | null => {
  const [path = ''] = execFileSync(process.execPath, [finder], { encoding: 'utf8' }).split('\n', 1);
  return path === '' ? null : path;
};

/** A suite that drives a chromium, whose path it is given. Without one it counts as one skipped test. */
export const describeInChromium = (title: string, suite: (executablePath: string) => void): void => {
  const executablePath = findChromium();
  if (executablePath === null) {
    describe(title, () => {
      test.skip('needs a chromium');
    });
    return;
  }
  describe(title, () => suite(executablePath));
};
