import { either as E } from 'fp-ts';
import { expect, test } from 'vitest';
import { exportState, importState } from '@zhtp/ledger';
import { eventfulLedger } from '../support/eventful-ledger.ts';
import { right } from '../support/chain.ts';

const { meta, state } = eventfulLedger();
const text = [...exportState({ meta, state })].join('');

type Editable = { format: unknown; meta: Record<string, unknown>; maps: Record<string, Record<string, unknown>> };
const edited = (edit: (json: Editable) => void): unknown => {
  const json = JSON.parse(text) as Editable;
  edit(json);
  return json;
};
const refusal = (json: unknown): string => {
  const read = importState(json);
  return E.isLeft(read) ? read.left : 'imported';
};

test('an exported state comes back as it was, and its export is the same text', () => {
  const back = right(importState(JSON.parse(text)));
  expect(back.meta).toStrictEqual(meta);
  expect({ ...back.state, tries: 0, accounts: 0, keys: 0 }).toStrictEqual({ ...state, tries: 0, accounts: 0, keys: 0 });
  expect([...exportState(back)].join('')).toBe(text);
});

test('an export has one entry per line, maps and keys in order', () => {
  const { maps } = JSON.parse(text) as Editable;
  expect(Object.keys(maps)).toEqual(Object.keys(maps).toSorted());
  for (const [name, entries] of Object.entries(maps)) {
    expect(Object.keys(entries)).toEqual(Object.keys(entries).toSorted());
    for (const key of Object.keys(entries))
      expect(text.split('\n').filter((line) => line.startsWith(`      "${key}": `)).length).toBeGreaterThan(0);
    expect(name).toMatch(/^[a-z-]+$/);
  }
});

test.each<readonly [string, (json: Editable) => void, string]>([
  ['another format', (json) => (json.format = 9), 'format is 9, this release reads 1'],
  ['no meta', (json) => delete (json as Partial<Editable>).meta, 'meta: LedgerMeta: expected an object'],
  ['a height that is none', (json) => (json.meta['height'] = -1), 'meta: LedgerMeta.height: expected a decimal string'],
  ['a map less', (json) => delete json.maps['votes'], 'maps.votes is missing'],
  ['a map more', (json) => (json.maps['dreams'] = {}), 'maps.dreams is unknown to this release'],
  ['a list for a map', (json) => (json.maps['votes'] = [] as never), 'maps.votes must be an object of entries'],
  ['an unknown field', (json) => ((json as never as Record<string, unknown>)['x'] = 1), 'x is no field of an export'],
  [
    'an unreadable entry',
    (json) => (json.maps['accounts'] = { ...json.maps['accounts'], ['0'.repeat(64)]: { balance: 1, nonce: '0' } }),
    `maps.accounts.${'0'.repeat(64)}: AccountRecord.balance: expected a decimal string`,
  ],
  [
    'an account more',
    (json) => (json.maps['accounts'] = { ...json.maps['accounts'], ['0'.repeat(64)]: { balance: '1', nonce: '0' } }),
    'the export is damaged: its entries give app hash',
  ],
  ['another height', (json) => (json.meta['height'] = '3'), 'it is said to be after 3'],
  ['another chain', (json) => (json.meta['chainId'] = 'elsewhere'), 'it is said to be of elsewhere'],
  ['another total', (json) => ((json.meta['totals'] as Record<string, unknown>)['balances'] = '1'), 'give app hash'],
])('an export with %s is refused, and what is wrong is said', (_, edit, message) => {
  expect(refusal(edited(edit))).toContain(message);
});

test('what is no export at all is refused', () => {
  for (const json of [null, undefined, 3, 'x', [], {}]) expect(refusal(json)).not.toBe('imported');
});
