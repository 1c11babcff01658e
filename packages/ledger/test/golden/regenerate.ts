// node --conditions=@zhtp/source test/golden/regenerate.ts: writes the golden vectors anew. A change is a break of format.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldenMaps, goldenStates, goldenTransactions } from './cases.ts';

const write = (name: string, content: unknown): void =>
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(content, null, 2)}\n`);

write('transactions.json', goldenTransactions());
write('maps.json', goldenMaps());
write('states.json', goldenStates());
