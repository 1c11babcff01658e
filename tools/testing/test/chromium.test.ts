import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeInChromium, findChromium } from '@zhtp/testing';

const folder = mkdtempSync(join(tmpdir(), 'chromium-'));
const [empty, first, second] = ['empty', 'first', 'second'].map((name) => join(folder, name));
const program = (place: string | undefined, name: string): string => {
  const path = join(place ?? '', name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
  return path;
};
for (const place of [empty, first, second]) mkdirSync(place ?? '');
mkdirSync(join(empty ?? '', 'chromium')); // a folder of that name is no program
const chrome = program(first, 'google-chrome');
const chromium = program(second, 'chromium');

beforeEach(() => {
  vi.stubEnv('ZHTP_CHROMIUM', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test('the first folder of PATH with one of the known names wins', () => {
  vi.stubEnv('PATH', [empty, first, second].join(delimiter));
  expect(findChromium()).toBe(chrome);
  vi.stubEnv('PATH', [empty, second, first].join(delimiter));
  expect(findChromium()).toBe(chromium);
});

test('without any on PATH there is none', () => {
  vi.stubEnv('PATH', ['', empty].join(delimiter));
  expect(findChromium()).toBeNull();
});

test('ZHTP_CHROMIUM goes before PATH, and empty it means none', () => {
  vi.stubEnv('PATH', first);
  vi.stubEnv('ZHTP_CHROMIUM', chromium);
  expect(findChromium()).toBe(chromium);
  vi.stubEnv('ZHTP_CHROMIUM', '');
  expect(findChromium()).toBeNull();
});

test('a ZHTP_CHROMIUM that does not exist is no reason to skip: starting it will fail', () => {
  vi.stubEnv('ZHTP_CHROMIUM', join(folder, 'absent'));
  expect(findChromium()).toBe(join(folder, 'absent'));
});

vi.stubEnv('ZHTP_CHROMIUM', chromium);
describeInChromium('a suite that drives a chromium', (path) => {
  test('is given its path', () => {
    expect(path).toBe(chromium);
  });
});
vi.unstubAllEnvs();
