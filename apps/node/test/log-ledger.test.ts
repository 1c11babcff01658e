import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { ChainEvent } from '@zhtp/ledger';
import { identityId } from '@zhtp/types';
import { logLedgerBlock } from '../src/log-ledger.ts';

const parsed = identityId('ab'.repeat(32));
const validator = parsed._tag === 'Right' ? parsed.right : expect.fail('an identity');

const linesOf = (events: readonly ChainEvent[]): readonly Readonly<Record<string, unknown>>[] => {
  const lines: string[] = [];
  const logger = pino({ level: 'info', base: null }, { write: (line: string) => void lines.push(line) });
  logLedgerBlock(logger, { height: 7n, executed: [], events });
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
};

const jailed: ChainEvent = { _tag: 'ValidatorJailed', validator, until: 1_700_000_600n };

test('each event of a block is one line in plain words', () => {
  expect(
    linesOf([
      { _tag: 'ValidatorSlashed', validator, slashType: 'DoubleSign', taken: 50_000_000n, own: 20_000_000n },
      jailed,
    ]),
  ).toMatchObject([
    {
      level: 30,
      height: '7',
      event: 'ValidatorSlashed',
      msg: `validator ${validator} was slashed for DoubleSign: 50 ZHTP, of it 20 ZHTP its own`,
    },
    { level: 30, msg: `validator ${validator} is jailed until 2023-11-14T22:23:20.000Z` },
  ]);
});

test('an alarm is a warning, and what another event tells in full is not told twice', () => {
  expect(
    linesOf([
      { _tag: 'SetBelowFour', actsAt: 9n, validators: 3 },
      { _tag: 'PoolSlashed', validator, tokensBefore: 5n, tokensAfter: 4n },
      { _tag: 'FundsMoved', from: { _tag: 'Escrow' }, to: { _tag: 'Treasury' }, amount: 1n },
    ]),
  ).toMatchObject([{ level: 40, msg: 'only 3 validators decide from block 9 on: no fault is tolerated' }]);
});

test.each([
  [100, 100, undefined],
  [101, 101, '1 more events; `zhtp query block 7 --results` shows all'],
  [5_000, 101, '4900 more events; `zhtp query block 7 --results` shows all'],
])('of %i events at most a hundred are lines', (count, lines, last) => {
  const written = linesOf(Array.from({ length: count }, () => jailed));
  expect(written.length).toBe(lines);
  if (last !== undefined) expect(written.at(-1)).toMatchObject({ msg: last });
});
