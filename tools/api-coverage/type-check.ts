// Lets the compiler judge which claims about public types hold.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimsProgram } from './candidates.ts';
import type { PublicPackage } from './exports.ts';
import type { ReferenceItem } from './reference.ts';

const FOLDER = 'out-tsc/api-coverage';

const CONFIG = {
  extends: '../../tsconfig.base.json',
  compilerOptions: { noEmit: true, composite: false, incremental: false, declaration: false, declarationMap: false },
  include: ['claims.ts'],
};

/** The items of which at least one claim compiles. */
export const itemsInTypes = (
  root: string,
  items: readonly ReferenceItem[],
  packages: readonly PublicPackage[],
): ReadonlySet<ReferenceItem> => {
  const { code, lines } = claimsProgram(items, packages);
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(join(root, FOLDER, 'claims.ts'), code);
  writeFileSync(join(root, FOLDER, 'tsconfig.json'), JSON.stringify(CONFIG));
  const { stdout, status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, FOLDER), '--pretty', 'false'],
    { cwd: root, encoding: 'utf8' },
  );
  const reported = [...stdout.matchAll(/^(.*?)\((\d+),\d+\): error/gm)];
  const foreign = reported.find(([, file = '']) => !file.endsWith('claims.ts'));
  if (foreign !== undefined || (status !== 0 && reported.length === 0))
    throw new Error(`the packages do not compile, so nothing can be said of their types:\n${stdout.slice(0, 2_000)}`);
  const refused = new Set(reported.map(([, , line]) => Number(line) - 1));
  return new Set(lines.flatMap((item, i) => (item === undefined || refused.has(i) ? [] : [item])));
};
