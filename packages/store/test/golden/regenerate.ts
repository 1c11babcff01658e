// Writes the golden vectors anew: node --conditions=@zhtp/source test/golden/regenerate.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeVectors } from './vectors.ts';

writeFileSync(join(import.meta.dirname, 'formats.json'), `${JSON.stringify(makeVectors(), null, 2)}\n`);
