// The API reference as a checklist: `node tools/api-coverage.ts [--all] [--mutate N|all [--seed N]]`.
//   default        every gap, and the sums
//   --all          one row per documented item
//   --mutate       bodies of documented methods replaced by a throw: the tests that name them must fail
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { coverage, type CoverageRow } from './api-coverage/coverage.ts';
import { runMutants } from './api-coverage/mutation-run.ts';
import { referencePath } from './api-coverage/reference-path.ts';
import { readReference } from './api-coverage/reference.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    mutate: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});

const line = ({ item, name, homes, gap, testedIn }: CoverageRow): string =>
  `${gap === undefined ? 'ok  ' : 'GAP '} ${item.kind.padEnd(7)} ${name.padEnd(52)} ${gap ?? testedIn ?? homes.join(', ')}`;

const report = (): void => {
  const rows = coverage(root, readReference(readFileSync(referencePath(root), 'utf8')));
  const gaps = rows.filter(({ gap }) => gap !== undefined);
  for (const row of values.all ? rows : gaps) console.log(line(row));
  console.log(`${String(rows.length)} documented items, ${String(gaps.length)} gaps`);
  if (gaps.length > 0) process.exitCode = 1;
};

const mutate = (wanted: string): void => {
  const items = readReference(readFileSync(referencePath(root), 'utf8'));
  const methods = coverage(root, items)
    .filter(({ item, gap }) => item.kind === 'method' && gap === undefined)
    .map(({ item }) => item);
  const count = wanted === 'all' ? methods.length : Number(wanted);
  const outcomes = runMutants(root, methods, { count, seed: Number(values.seed) });
  for (const { name, folder, isNoticed } of outcomes)
    console.log(`${isNoticed ? 'noticed ' : 'SURVIVED'} ${name.padEnd(52)} ${folder}`);
  const survivors = outcomes.filter(({ isNoticed }) => !isNoticed).length;
  console.log(`${String(outcomes.length)} bodies replaced, ${String(survivors)} without a test that fails`);
  if (survivors > 0) process.exitCode = 1;
};

if (!existsSync(referencePath(root)))
  console.log(`skipped: no API reference at ${referencePath(root)}; set ZHTP_SPEC to its path`);
else if (values.mutate === undefined) report();
else mutate(values.mutate);
