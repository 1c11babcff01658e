import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { describeVectors, readVector, readVectorBytes, vectorsFolder } from '@zhtp/testing';

const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
writeFileSync(join(folder, 'plain.json'), '{"cases":[1]}');
writeFileSync(join(folder, 'packed.json.gz'), gzipSync('{"cases":[1,2]}'));

afterEach(() => {
  vi.unstubAllEnvs();
});

test('ZHTP_VECTORS names the folder', () => {
  vi.stubEnv('ZHTP_VECTORS', folder);
  expect(vectorsFolder()).toBe(folder);
});

test('an absent folder is null and reading from it says what to set', () => {
  vi.stubEnv('ZHTP_VECTORS', join(folder, 'absent'));
  expect(vectorsFolder()).toBeNull();
  expect(() => readVectorBytes('plain.json')).toThrow(/plain\.json.*set ZHTP_VECTORS/);
});

test('plain and packed files read alike', () => {
  vi.stubEnv('ZHTP_VECTORS', folder);
  expect(readVector('plain.json')).toEqual({ cases: [1] });
  expect(readVector('packed.json.gz')).toEqual({ cases: [1, 2] });
});

vi.stubEnv('ZHTP_VECTORS', folder);
describeVectors<{ readonly cases: readonly number[] }>('a suite over a vector file', 'packed.json.gz', ({ cases }) => {
  test.each(cases)('case %i of the file', (value) => {
    expect(cases).toContain(value);
  });
});
vi.unstubAllEnvs();
