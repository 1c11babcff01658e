import { describe, expect, test } from 'vitest';
import { declared, DECLARATIONS } from '../../src/conformance/declarations.ts';
import { FORMATS } from '../../src/conformance/formats.ts';

describe('the list of what is not ours', () => {
  test('names formats that exist, each section once, with a reason', () => {
    const names = FORMATS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { format, reason } of DECLARATIONS) {
      expect(names).toContain(format);
      expect(reason.length).toBeGreaterThan(20);
    }
    const sections = DECLARATIONS.map(({ format, section }) => `${format} ${section}`);
    expect(new Set(sections).size).toBe(sections.length);
  });

  test('is the only source of that outcome', () => {
    expect(() => declared('governance tally', 'anything else')).toThrow('not among the declared ones');
  });
});
