import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appHashOf, exportState, importState, type LedgerMessage, type LedgerState } from '@zhtp/ledger';
import { restoreSnapshot, type Applied } from '../../src/state/snapshot-restore.ts';
import { snapshotOf } from '../support/snapshots.ts';
import { right } from '../support/chain.ts';
import { storedAt } from '../support/eventful-ledger.ts';
import { people, stakedChain, type NextBlock, type Person } from '../support/staked-chain.ts';

const ZHTP = 1_000_000n;

const person = fc.integer({ min: 0, max: people.length - 1 }).map((n) => people[n] ?? expect.fail('nobody'));
const validator = fc.integer({ min: 0, max: 5 }).map((n) => people[n] ?? expect.fail('nobody'));
const amount = fc.oneof(fc.bigInt(1n, 400n * ZHTP), fc.constantFrom(1n, ZHTP, 100n * ZHTP));

const message: fc.Arbitrary<LedgerMessage> = fc.oneof(
  fc.record({ _tag: fc.constant('Transfer' as const), recipient: person.map(({ who }) => who), amount }),
  fc.record({ _tag: fc.constant('AddStake' as const), amount }),
  fc.record({ _tag: fc.constant('RemoveStake' as const), amount }),
  fc.record({ _tag: fc.constant('Delegate' as const), validator: validator.map(({ who }) => who), amount }),
  fc.record({ _tag: fc.constant('Undelegate' as const), validator: validator.map(({ who }) => who), amount }),
  fc.record({
    _tag: fc.constant('Redelegate' as const),
    source: validator.map(({ who }) => who),
    destination: validator.map(({ who }) => who),
    amount,
  }),
  fc.record({ _tag: fc.constant('ClaimRewards' as const), validator: validator.map(({ who }) => who) }),
  fc.record({ _tag: fc.constant('ChangeCommission' as const), rate: fc.nat(30) }),
  fc.constantFrom<LedgerMessage>({ _tag: 'LeaveSet' }, { _tag: 'RejoinSet' }, { _tag: 'ReleaseFromJail' }),
);

const block: fc.Arbitrary<NextBlock> = fc.record({
  messages: fc.array(fc.tuple(person, message), { maxLength: 4 }),
  absent: fc.subarray(people.slice(0, 2) as Person[]),
  seconds: fc.constantFrom(10n, 10n, 60n),
});

const OPTIONS = {
  validators: 6,
  config: { slashLiveness: 1 },
  evidenceAgeMs: 90_000n,
  chainParameters: {
    signedBlocksWindow: 10n,
    livenessJailSeconds: 20n,
    unbondingSeconds: 100n,
    trustingPeriodSeconds: 60n,
  },
};

const exported = (state: LedgerState, height: bigint): LedgerState =>
  right(importState(JSON.parse([...exportState(storedAt(state, height))].join('')))).state;

const snapshotted = (state: LedgerState, height: bigint): LedgerState => {
  const stored = storedAt(state, height);
  const { description, chunk } = snapshotOf(stored);
  const restore = restoreSnapshot(description, stored.meta.appHash, stored.meta);
  let last: Applied = { _tag: 'More' };
  for (let i = 0; i < description.chunks; i++) last = restore.apply(i, chunk(i) ?? expect.fail('no chunk'));
  return last._tag === 'Complete' ? last.stored.state : expect.fail(JSON.stringify(last));
};

const hashesOf = (blocks: readonly NextBlock[], between: (state: LedgerState, height: bigint) => LedgerState) => {
  const hashes: string[] = [];
  const chain = stakedChain({
    ...OPTIONS,
    between: (state, height) => {
      hashes.push(appHashOf(state));
      return between(state, height);
    },
  });
  for (const content of blocks) chain.next(content);
  return hashes;
};

test('a state read back goes on as the one it was, whatever way it came and went', () => {
  fc.assert(
    fc.property(fc.array(block, { minLength: 8, maxLength: 30, size: 'max' }), fc.nat(4), (blocks, every) => {
      const straight = hashesOf(blocks, (state) => state);
      const isTurn = (height: bigint): boolean => height % BigInt(every + 1) === 0n;
      const byExport = hashesOf(blocks, (state, height) => (isTurn(height) ? exported(state, height) : state));
      const bySnapshot = hashesOf(blocks, (state, height) => (isTurn(height) ? snapshotted(state, height) : state));
      expect(byExport).toEqual(straight);
      expect(bySnapshot).toEqual(straight);
      expect(new Set(straight).size).toBe(straight.length);
    }),
    { numRuns: 12 },
  );
}, 120_000);
