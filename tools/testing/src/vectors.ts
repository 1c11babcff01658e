import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, test } from 'vitest';

const workspaceRoot = resolve(import.meta.dirname, '../../..');

/** Folder of the outside vectors: `ZHTP_VECTORS`, by default `../shared/vectors`, both relative to the repository; null when absent. */
export const vectorsFolder = (): string | null => {
  const folder = resolve(workspaceRoot, process.env['ZHTP_VECTORS'] ?? '../shared/vectors');
  return existsSync(folder) ? folder : null;
};

/** Contents of one vector file, unpacked when its name ends in `.gz`. `file` is relative to the vectors folder. */
export const readVectorBytes = (file: string): Uint8Array => {
  const folder = vectorsFolder();
  if (folder === null)
    throw new Error(`vector file ${file}: no outside vectors here, set ZHTP_VECTORS to their folder`);
  const stored = readFileSync(join(folder, file));
  return file.endsWith('.gz') ? gunzipSync(stored) : stored;
};

/** A JSON vector file; the caller names its documented shape, which is not checked here. */
export const readVector = <Shape>(file: string): Shape =>
  JSON.parse(new TextDecoder().decode(readVectorBytes(file))) as Shape;

/**
 * A suite over one outside JSON vector file, which is read when tests are collected.
 * Without the vectors folder it counts as one skipped test; with the folder but without the file it fails.
 */
export const describeVectors = <Shape>(title: string, file: string, suite: (vectors: Shape) => void): void => {
  if (vectorsFolder() === null) {
    describe(title, () => {
      test.skip(`needs outside vectors: ${file}`);
    });
    return;
  }
  const vectors = readVector<Shape>(file);
  describe(title, () => suite(vectors));
};
