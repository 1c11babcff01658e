import { resolve } from 'node:path';

/** Where the API reference lies: `ZHTP_SPEC`, by default `../shared/spec/api-reference.md`, both relative to the repository. */
export const referencePath = (root: string): string =>
  resolve(root, process.env['ZHTP_SPEC'] ?? '../shared/spec/api-reference.md');
