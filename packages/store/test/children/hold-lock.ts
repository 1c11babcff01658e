// Takes the lock of a folder, says so, and holds it until it is killed.
import { writeSync } from 'node:fs';
import { acquireLock } from '@zhtp/store/node';
import { succeed } from '@zhtp/store/compliance';

await succeed((done) => acquireLock(process.argv[2] ?? '', done));
writeSync(1, `${String(process.pid)}\n`);
process.stdin.resume();
