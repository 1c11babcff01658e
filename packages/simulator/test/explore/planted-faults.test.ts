import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plantedFaults } from './planted-faults.ts';

const script = join(import.meta.dirname, 'planted-fault.ts');

const exploreFaulty = (name: string, ...properties: readonly string[]): string => {
  const ran = spawnSync(process.execPath, ['--conditions=@zhtp/source', script, name, ...properties], {
    encoding: 'utf8',
  });
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

  test('finds that a quorum of two thirds lets two nodes decide differently', () => {
    const found = exploreFaulty('quorum of two thirds', 'S1');
    expect(found).toContain('"property":"S1"');
    expect(found).toMatch(/"replayed":\[[^\]]*"S1"/);
    expect(found).toContain('"unsent":[]');
  }, 120_000);

  test('finds that a lock cleared on round change lets a later round prevote against it', () => {
    const found = exploreFaulty('lock cleared on round change', 'S14');
    expect(found).toContain('"property":"S14"');
    expect(found).toMatch(/"replayed":\[[^\]]*"S14"/);
  }, 120_000);
});
