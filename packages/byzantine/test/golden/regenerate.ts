// Writes byzantine.json anew: node --conditions=@zhtp/source test/golden/regenerate.ts
import { writeFileSync } from 'node:fs';
import { goldenVectors } from './vectors.ts';

writeFileSync(new URL('byzantine.json', import.meta.url), `${JSON.stringify(goldenVectors(), null, 2)}\n`);
