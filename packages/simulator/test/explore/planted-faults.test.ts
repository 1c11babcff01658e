import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blindFaults, plantedFaults } from './planted-faults.ts';

const script = join(import.meta.dirname, 'planted-fault.ts');

const exploreFaulty = (name: string): string => {
  const flags = ['--conditions=@zhtp/source', script, name];
  const { status, stdout, stderr, error } = spawnSync(process.execPath, flags, { encoding: 'utf8', timeout: 110_000 });
  return status === 0 ? stdout : `failed: ${error?.message ?? stderr}`;
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

  test.each(Object.entries(blindFaults))('refuses: %s', { timeout: 120_000 }, (name, { refusedWith }) => {
    expect(exploreFaulty(name)).toMatch(new RegExp(`^failed: [^]*Error: [^\n]*${refusedWith}`));
  });
});
