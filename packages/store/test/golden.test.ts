import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hexToBytes } from '@zhtp/types';
import { makeVectors } from './golden/vectors.ts';
import { openFiles, rightOf } from './support.ts';

const golden: unknown = JSON.parse(readFileSync(join(import.meta.dirname, 'golden/formats.json'), 'utf8'));

describe('the file formats', () => {
  test('are byte for byte as committed, and are read as written', () => {
    const made = makeVectors();
    expect(made).toEqual(golden);
    const [name = '', hex = ''] = made.journal.afterRotation.split(' ');
    const opened = rightOf(openFiles(new Map([[name, rightOf(hexToBytes(hex))]])));
    expect(opened.lastSequence).toBe(6n);
    expect(opened.records).toEqual(made.journal.payloads.map((payload) => rightOf(hexToBytes(payload))));
  });
});
