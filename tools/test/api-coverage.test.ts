import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coverage, titlePattern } from '../api-coverage/coverage.ts';
import { documentedValue } from '../api-coverage/defaults.ts';
import { publicPackages } from '../api-coverage/exports.ts';
import { bodiesOf } from '../api-coverage/method-bodies.ts';
import { noticedMutants, runMutants } from '../api-coverage/mutation-run.ts';
import { readReference, type ItemKind, type ReferenceItem } from '../api-coverage/reference.ts';
import { referencePath } from '../api-coverage/reference-path.ts';

const root = resolve(import.meta.dirname, '../..');
const PATIENCE_MS = 600_000;
const SEEDED = { count: 20, seed: 1 };

const item = (kind: ItemKind, owner: string, name = '', ...detail: readonly string[]): ReferenceItem => ({
  kind,
  owner,
  name,
  detail,
});

describe('the reference is read', () => {
  const fence = '```';
  const sample = [
    '### Clock',
    `${fence}rust`,
    'pub struct Clock {',
    '    pub tick_rate: u64, // pub no_field: u64',
    '}',
    fence,
    '**`new(tick_rate: u64) -> Self`**',
    '**`ticks_since_start() -> u64`**',
    '**Default Values (usual):**',
    `${fence}rust`,
    'Clock {',
    '    tick_rate: 60 * 0x10,   // per minute',
    '}',
    fence,
    '### ClockError',
    `${fence}rust`,
    'pub enum ClockError {',
    '    Stopped(String),',
    '}',
    'pub enum Hand {',
    '    Moved { from_hour: u8, seen_by: Vec<(Id, u8)> },',
    '    Still = 2,',
    '    At(Vec<u8>),',
    '}',
    fence,
  ].join('\n');

  test('with every struct, field, enum, variant, method, default and error once', () => {
    expect(readReference(sample)).toEqual([
      item('struct', 'Clock'),
      item('field', 'Clock', 'tickRate'),
      item('method', 'Clock', 'new'),
      item('method', 'Clock', 'ticksSinceStart'),
      item('default', 'Clock', 'tickRate', '60 * 0x10'),
      item('enum', 'ClockError'),
      item('error', 'ClockError', 'Stopped'),
      item('enum', 'Hand'),
      item('variant', 'Hand', 'Moved', 'fromHour', 'seenBy'),
      item('variant', 'Hand', 'Still'),
      item('variant', 'Hand', 'At'),
    ]);
    expect(documentedValue('60 * 0x10')).toBe(960n);
  });

  test('and titles name a method of its owner, `new` under the name it has here', () => {
    const named = titlePattern(item('method', 'Clock', 'new'));
    const titles = ['Clock.create ticks', 'a new Clock ticks', 'Clock.new', 'AlarmClock.new', 'Clock.newest', 'Clock'];
    expect(titles.map((title) => named.test(title))).toEqual([true, true, true, false, false, false]);
  });
});

describe('a gap is seen', () => {
  const items = [
    item('struct', 'Nowhere'),
    item('method', 'Nowhere', 'new'),
    item('field', 'ConsensusConfig', 'minStake'),
    item('field', 'ConsensusConfig', 'unheardOf'),
    item('variant', 'SlashType', 'DoubleSign'),
    item('variant', 'SlashType', 'Lateness'),
    item('variant', 'ConsensusEvent', 'NewBlock', 'height', 'previousHash'),
    item('variant', 'ConsensusEvent', 'NewBlock', 'height', 'weather'),
    item('error', 'DifficultyError', 'InvalidDifficulty'),
    item('error', 'DifficultyError', 'OutOfLuck'),
    item('default', 'DifficultyConfig', 'adjustmentInterval', '2016'),
    item('default', 'DifficultyConfig', 'adjustmentInterval', '2015'),
    item('method', 'DifficultyManager', 'new'),
    item('method', 'DifficultyManager', 'shouldAdjust'),
    item('method', 'DifficultyManager', 'mineBlock'),
    item('method', 'DifficultyConfig', 'validate'),
  ];

  test('in owners, fields, variants and their fields, errors, defaults and methods', { timeout: PATIENCE_MS }, () => {
    expect(coverage(root, items).map(({ gap }) => gap)).toEqual([
      'Nowhere is exported by no package',
      'Nowhere is exported by no package',
      undefined,
      'ConsensusConfig has no unheardOf',
      undefined,
      'SlashType has no Lateness',
      undefined,
      'ConsensusEvent has no NewBlock (height, weather)',
      undefined,
      'DifficultyError has no OutOfLuck',
      undefined,
      'the default is not adjustmentInterval (2015)',
      undefined,
      undefined,
      'DifficultyManager has no mineBlock',
      undefined,
    ]);
  });
});

describe('a body that throws', () => {
  const shouldAdjust = item('method', 'DifficultyManager', 'shouldAdjust');
  const titles = titlePattern(shouldAdjust).source;
  const bodies = bodiesOf(root, shouldAdjust, publicPackages(root))?.bodies ?? [];

  test('is found in its class', () => {
    expect(bodies).toMatchObject([{ file: 'packages/difficulty/src/difficulty-manager.ts', isBlock: true }]);
  });

  test('is noticed by the tests that name it, which pass where it is whole', { timeout: PATIENCE_MS }, () => {
    const run = (planted: typeof bodies) =>
      noticedMutants(root, 'packages/difficulty', [
        { name: 'DifficultyManager.shouldAdjust', titles, bodies: planted },
      ]);
    expect([...run(bodies)]).toEqual(['DifficultyManager.shouldAdjust']);
    expect([...run([])]).toEqual([]);
  });
});

const path = referencePath(root);
const reference = existsSync(path) ? readFileSync(path, 'utf8') : '';
const rows = coverage(root, readReference(reference));
const open = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../api-coverage/open-gaps.json'), 'utf8'),
) as readonly string[];
const named = rows.map((row) => ({ ...row, label: `${row.item.kind} ${row.name}` }));

describe.skipIf(!existsSync(path))(`the API reference, at ${path} or where ZHTP_SPEC says`, () => {
  test.each(named.filter(({ label }) => !open.includes(label)))('$label', ({ gap }) => {
    expect(gap).toBeUndefined();
  });

  test('lists as open only what it documents', () => {
    expect(open.filter((label) => !named.some((row) => row.label === label))).toEqual([]);
    const closed = open.filter((label) => named.some((row) => row.label === label && row.gap === undefined));
    if (closed.length > 0) console.info(`no gaps any more, drop them from open-gaps.json: ${closed.join(', ')}`);
  });

  test('its methods are missed by the tests that name them', { timeout: PATIENCE_MS }, () => {
    const methods = rows
      .filter(({ item: each, gap }) => each.kind === 'method' && gap === undefined)
      .map(({ item: each }) => each);
    const outcomes = runMutants(root, methods, SEEDED);
    expect(outcomes.filter(({ isNoticed }) => !isNoticed)).toEqual([]);
    expect(outcomes).toHaveLength(SEEDED.count);
  });
});
