// Runs before `npm start`, `npm test` and the like, on whatever Node the machine has: installs what is missing, else stays silent.
// `--installed` (the root postinstall) only records that the installation matches the lock file.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const stamp = join(root, 'node_modules', '.installed-lock');
const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
const installed = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash();

const npmCi = () => {
  // dev and optional packages even where NODE_ENV=production or an npm setting would leave them out
  const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error'];
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  const npm = process.env.npm_execpath;
  return npm
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: true });
};

const finish = () => {
  require('./link-node.cjs');
  writeFileSync(stamp, lockHash());
};

if (process.argv.includes('--installed')) finish();
else if (!installed()) {
  console.log(
    `Installing dependencies (npm ci): ${existsSync(stamp) ? 'package-lock.json has changed' : 'node_modules is missing or incomplete'}. This takes about a minute the first time.`,
  );
  if (npmCi().status === 0) finish();
  else {
    console.error(
      'npm ci failed, see above. A first installation needs the npm registry; run the same command again once it is reachable.',
    );
    if (process.env.npm_lifecycle_event === 'pretest') console.log('\n0 passed, 1 failed');
    process.exit(1);
  }
}
