#!/usr/bin/env node
// In a clone: the sources, so that nothing needs a build. Installed from the registry: the compiled program.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const inClone = !import.meta.url.includes('/node_modules/');
const main = fileURLToPath(new URL(inClone ? '../src/main.ts' : '../dist/main.js', import.meta.url));
const command = [...(inClone ? ['--conditions=@zhtp/source'] : []), main, ...process.argv.slice(2)];

if (process.execve && process.platform !== 'win32') {
  process.execve(process.execPath, [process.execPath, ...command], process.env);
} else {
  process.on('SIGINT', () => {}); // a terminal sends it to both; the program decides when to end
  process.exit(spawnSync(process.execPath, command, { stdio: 'inherit' }).status ?? 1);
}
