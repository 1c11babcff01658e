// Prints what lies in the folder of outside vectors, so that cached test results change with it. Plain CommonJS for any Node.
const { existsSync, readdirSync, statSync } = require('node:fs');
const { join, resolve } = require('node:path');

const folder = resolve(__dirname, '..', process.env.ZHTP_VECTORS ?? '../shared/vectors');
const fingerprint = (path) =>
  readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return fingerprint(child);
      const { size, mtimeMs } = statSync(child);
      return [`${child} ${size} ${mtimeMs}`];
    })
    .sort();

console.log(existsSync(folder) ? fingerprint(folder).join('\n') : 'absent');
