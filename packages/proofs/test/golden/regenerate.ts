// Writes proofs.json anew: node --conditions=@zhtp/source test/golden/regenerate.ts
import { writeFileSync } from 'node:fs';
import { goldenVectors } from './vectors.ts';

writeFileSync(new URL('proofs.json', import.meta.url), `${JSON.stringify(await goldenVectors(), null, 2)}\n`);
