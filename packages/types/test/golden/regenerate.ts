// node --conditions=@zhtp/source test/golden/regenerate.ts
// Only when the wire format changes on purpose: a difference in messages.json is a break for every stored and sent byte.
import { writeFileSync } from 'node:fs';
import { goldenMessages } from './messages.ts';

writeFileSync(new URL('messages.json', import.meta.url), `${JSON.stringify(goldenMessages(), undefined, 1)}\n`);
