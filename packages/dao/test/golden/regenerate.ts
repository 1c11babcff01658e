// Writes governance.json anew: node --conditions=@zhtp/source test/golden/regenerate.ts
import { writeFileSync } from 'node:fs';
import { goldenVectors } from './cases.ts';

writeFileSync(new URL('governance.json', import.meta.url), `${JSON.stringify(goldenVectors(), null, 2)}\n`);
