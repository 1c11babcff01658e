import { either as E, option as O } from 'fp-ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapRoot } from '../../src/authenticated-map.ts';
import { blankDomains } from '../../src/state/blank-domains.ts';
import { DOMAIN_MAPS } from '../../src/state/domain-maps.ts';
import {
  domainChanges,
  domainEntries,
  domainEntry,
  domainsFrom,
  domainsWith,
  domainTries,
  undone,
  updatedTries,
  type DomainTries,
} from '../../src/state/domain-rows.ts';
import type { ChainDomains } from '../../src/chain-domains.ts';
import { right } from '../support/chain.ts';
import { anyHistory, EVENTFUL, personOf, START } from '../support/domain-history.ts';

const left = <L>(result: E.Either<L, unknown>): L => (E.isLeft(result) ? result.left : expect.fail('a Right'));

type Rows = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;

const rowsOf = (state: ChainDomains): Rows =>
  new Map(Array.from(domainEntries(state), ([map, entries]) => [map, new Map(entries)]));

const changedRows = (rows: Rows, changes: ReturnType<typeof domainChanges>): Rows =>
  new Map(
    Array.from(rows, ([map, entries]) => {
      const next = new Map(entries);
      for (const [key, value] of changes.get(map) ?? [])
        if (O.isSome(value)) next.set(key, value.value);
        else next.delete(key);
      return [map, next];
    }),
  );

const roots = (tries: DomainTries): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from(tries, ([name, trie]) => [name, mapRoot(trie)]));

test('a state is what its rows say, after whatever happened', () => {
  const reached = new Set<string>();
  const check = (state: ChainDomains): void => {
    const rows = rowsOf(state);
    for (const [map, entries] of rows) if (entries.size > 0) reached.add(map);
    expect(right(domainsFrom(blankDomains(), rows))).toStrictEqual(state);
  };
  for (const state of EVENTFUL) check(state);
  fc.assert(
    fc.property(anyHistory, (states) => {
      check(states[states.length >> 1] ?? START);
      check(states.at(-1) ?? START);
    }),
    { numRuns: 40 },
  );
  expect([...reached].sort()).toEqual(DOMAIN_MAPS.map(({ name }) => name).sort());
}, 60_000);

test('states that differ in one entry of whichever map are not taken for the same', () => {
  const person = personOf(1);
  const { staking, governance } = START;
  const others: readonly ChainDomains[] = [
    { ...START, staking: { ...staking, keys: staking.keys.with('00', person) } },
    { ...START, governance: { ...governance, proposalCounts: governance.proposalCounts.with(person, 1n) } },
    { ...START, epochTimes: START.epochTimes.with('1', 1n) },
  ];
  for (const other of others) {
    expect(other).not.toStrictEqual(START);
    expect(domainChanges(START, other).size).toBe(1);
    expect(roots(domainTries(other))).not.toEqual(roots(domainTries(START)));
  }
});

test.each([
  ['validators', 'zz', new Uint8Array(3), 'entry validators/zz is damaged: IdentityId'],
  ['validators', '0'.repeat(64), new Uint8Array(3), `entry validators/${'0'.repeat(64)} is damaged: ValidatorAccount`],
  ['active', '0'.repeat(64), Uint8Array.of(0), `entry active/${'0'.repeat(64)} is damaged: present: expected 1, got 0`],
  ['bonded-history', '0'.repeat(64), new Uint8Array(4), 'map bonded-history is damaged: 000'],
  ['missed-blocks', '0'.repeat(64), Uint8Array.of(0, 0, 0, 1, 1), 'map missed-blocks is damaged: 000'],
  [
    'signing-records',
    'members',
    Uint8Array.of(0, 0, 0, 1, ...new Uint8Array(52)),
    `map signing-records is damaged: ${'0'.repeat(64)} has no entry in validators`,
  ],
  [
    'running-rewards',
    'members',
    Uint8Array.of(0, 0, 0, 1, ...new Uint8Array(56)),
    `map running-rewards is damaged: ${'0'.repeat(64)} has no entry in reward-pools`,
  ],
  ['votes', 'x', Uint8Array.of(0), 'entry votes/x is damaged: LiveVote'],
  ['vote-delegations', 'x', new Uint8Array(8), 'key x is no proposal and identity'],
  ['vote-delegations', `${'0'.repeat(64)}/${'0'.repeat(64)}`, new Uint8Array(8), 'is no proposal'],
  [
    'validator-sets',
    '1',
    Uint8Array.of(0, 0, 0, 1, ...new Uint8Array(72)),
    'height 1 has a key that is not in consensus-keys',
  ],
  ['meta', 'staking', new Uint8Array(1), 'entry meta/staking is damaged: Staking.epoch'],
  ['meta', 'unknown', new Uint8Array(1), 'entry meta/unknown is unknown to this release'],
])('a damaged row of %s is named', (map, key, value, message) => {
  const rows = new Map(rowsOf(START));
  rows.set(map, new Map([...(rows.get(map) ?? []), [key, value]]));
  expect(left(domainsFrom(blankDomains(), rows))).toContain(message);
});

test('a missing scalar, a missing record and an unknown map are named', () => {
  const rows = new Map(rowsOf(START));
  rows.set('meta', new Map([...(rows.get('meta') ?? [])].filter(([key]) => key !== 'treasury')));
  expect(left(domainsFrom(blankDomains(), rows))).toBe('entry meta/treasury is missing');
  const unsigned = new Map([...rowsOf(START)].filter(([map]) => map !== 'signing-records'));
  expect(left(domainsFrom(blankDomains(), unsigned))).toMatch(
    /^map signing-records is damaged: validator [0-9a-f]{64} is missing$/,
  );
  expect(left(domainsFrom(blankDomains(), new Map([['dreams', []]])))).toBe('map dreams is unknown to this release');
});

test('how possession is verified comes from the chain, not from rows', () => {
  const verify = (): 'valid' => 'valid';
  const loaded = right(domainsFrom(blankDomains(verify), rowsOf(START)));
  expect(loaded.staking.rules).toStrictEqual({ ...START.staking.rules, verifyPossession: verify });
});

test('rows and roots by differences are those from scratch, block after block', () => {
  fc.assert(
    fc.property(anyHistory, (states) => {
      let rows = rowsOf(START);
      let tries = domainTries(START);
      let before = START;
      for (const state of states) {
        const changes = domainChanges(before, state);
        rows = changedRows(rows, changes);
        tries = updatedTries(tries, changes);
        before = state;
      }
      expect(rows).toEqual(rowsOf(before));
      expect(roots(tries)).toEqual(roots(domainTries(before)));
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('several blocks at once change what they change one by one', () => {
  fc.assert(
    fc.property(anyHistory, (states) => {
      const last = states.at(-1) ?? START;
      expect(changedRows(rowsOf(START), domainChanges(START, last))).toEqual(rowsOf(last));
      expect(domainChanges(last, last).size).toBe(0);
    }),
    { numRuns: 30 },
  );
}, 60_000);

test('changes lead from one state to the next, and undone back again', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(anyHistory, (states) => {
      let before = START;
      let tries = domainTries(START);
      for (const after of states) {
        const changes = domainChanges(before, after);
        for (const name of changes.keys()) reached.add(name);
        expect(right(domainsWith(before, changes))).toStrictEqual(after);
        expect(rowsOf(right(domainsWith(after, undone(tries, changes))))).toEqual(rowsOf(before));
        expect(right(domainsWith(after, undone(tries, changes)))).toStrictEqual(before);
        tries = updatedTries(tries, changes);
        before = after;
      }
    }),
    { numRuns: 10 },
  );
  for (const state of EVENTFUL) {
    const changes = domainChanges(START, state);
    for (const name of changes.keys()) reached.add(name);
    expect(right(domainsWith(state, undone(domainTries(START), changes)))).toStrictEqual(START);
  }
  expect([...reached].sort()).toEqual(DOMAIN_MAPS.map(({ name }) => name).sort());
}, 60_000);

test.each([
  ['validators', 'zz', O.none, 'entry validators/zz is damaged: IdentityId'],
  ['validators', '0'.repeat(64), O.some(new Uint8Array(3)), 'is damaged: ValidatorAccount'],
  ['votes', 'x', O.none, 'key x is no proposal and identity'],
  ['vote-delegations', `${'0'.repeat(64)}/${'0'.repeat(64)}`, O.some(new Uint8Array(8)), 'is no proposal'],
  ['bonded-history', '0'.repeat(64), O.some(Uint8Array.of(0, 0, 0, 1, ...new Uint8Array(24))), 'is no validator'],
  ['meta', 'treasury', O.none, 'entry meta/treasury is missing'],
  ['meta', 'unknown', O.none, 'entry meta/unknown is unknown to this release'],
  ['meta', 'staking', O.some(new Uint8Array(1)), 'entry meta/staking is damaged: Staking.epoch'],
  ['dreams', 'x', O.none, 'map dreams is unknown to this release'],
])('a damaged change of %s is named', (map, key, value, message) => {
  expect(left(domainsWith(START, new Map([[map, new Map([[key, value]])]])))).toContain(message);
});

test('every entry is found under its name and key, and nothing else is', () => {
  fc.assert(
    fc.property(anyHistory, (states) => {
      const last = states.at(-1) ?? START;
      for (const [map, entries] of rowsOf(last)) {
        for (const [key, value] of entries) expect(domainEntry(last, map, key)).toEqual(O.some(value));
        for (const key of ['', 'x', '0'.repeat(64), `${'0'.repeat(64)}/${'0'.repeat(64)}`])
          if (!entries.has(key)) expect(domainEntry(last, map, key)).toEqual(O.none);
      }
      expect(domainEntry(last, 'nothing', 'x')).toEqual(O.none);
    }),
    { numRuns: 10 },
  );
}, 60_000);
