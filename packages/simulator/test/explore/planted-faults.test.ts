import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plantedFaults } from './planted-faults.ts';

const script = join(import.meta.dirname, 'planted-fault.ts');

const exploreFaulty = (name: string): string => {
  const ran = spawnSync(process.execPath, ['--conditions=@zhtp/source', script, name], { encoding: 'utf8' });
  return ran.status === 0 ? ran.stdout : `failed: ${ran.stderr}`;
};

describe('the exploration, on a core with one line changed', () => {
  test.each(Object.entries(plantedFaults))('finds: %s', { timeout: 120_000 }, (name, { finds }) => {
    const found = exploreFaulty(name);
    expect(found).toContain(`"property":"${finds}"`);
    expect(found).toMatch(/"trace":\["1\. [A-C] gets/);
    // On fresh cores with the same fault, with messages that were sent.
    expect(found).toMatch(new RegExp(`"replayed":\\[[^\\]]*"${finds}"`));
    expect(found).toContain('"unsent":[]');
  });
});
