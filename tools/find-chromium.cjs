// Prints the chromium that the tests drive, with size and time of change, so that cached results change with it; nothing
// when there is none. ZHTP_CHROMIUM names one; empty, it means none. Plain CommonJS for any Node.
const { statSync } = require('node:fs');
const { delimiter, join } = require('node:path');

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const stamp = (path) => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? `${path}\n${found.size} ${found.mtimeMs}` : undefined;
};

const onPath = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .map(stamp)
    .find((found) => found !== undefined);

const named = process.env.ZHTP_CHROMIUM;
const answer = named === undefined ? onPath() : named === '' ? undefined : (stamp(named) ?? named);
if (answer !== undefined) console.log(answer);
