import { hash, type Hash } from '@zhtp/types';
import { expect, test } from 'vitest';
import { advance, createProposal, governanceGenesis, HexMap, type GovernanceState } from '@zhtp/dao';
import { OPEN_PROPOSALS_MAX } from '../src/governance-state.ts';
import { block, DAY, range, refusalOf, request, right } from './support.ts';

const idAt = (n: number): Hash => right(hash(n.toString(16).padStart(64, '0')));

/** Governance with so many proposals that end together. */
const withOpen = (count: number): GovernanceState => {
  const genesis = right(governanceGenesis({ chainId: 'c', chainParameters: new Map([['proposalDepositMicro', 0n]]) }));
  const { state } = right(createProposal(genesis, request({ at: block(1n) })));
  const [first] = [...state.open.values()];
  if (first === undefined) throw new Error('no proposal');
  const open = range(count).map((n) => {
    const id = idAt(n);
    return [id, { ...first, proposal: { ...first.proposal, id } }] as const;
  });
  return { ...state, open: HexMap.of(open) };
};

test('no more proposals are open at a time than a block can look at, whatever a deposit costs', () => {
  expect(right(createProposal(withOpen(OPEN_PROPOSALS_MAX - 1), request({ at: block(1n) }))).state.open.size).toBe(
    OPEN_PROPOSALS_MAX,
  );
  const full = withOpen(OPEN_PROPOSALS_MAX);
  expect(refusalOf(createProposal(full, request({ at: block(1n) })))).toContain('propose again when some have ended');
  const busy = { ...withOpen(1), clearing: range(OPEN_PROPOSALS_MAX - 1).map((n) => idAt(n + 1)) };
  expect(refusalOf(createProposal(busy, request({ at: block(1n) })))).toContain('propose again when some have ended');
});

test('all of them end in one block, of which the last thousand are kept', () => {
  const full = withOpen(OPEN_PROPOSALS_MAX);
  const { timeSeconds } = block(2n);
  const ended = right(advance(full, { height: 2n, timeSeconds: timeSeconds + 366n * DAY })).state;
  expect([ended.open.size, ended.ended.size, ended.endedOrder.length]).toEqual([0, 1_000, 1_000]);
  expect(right(createProposal(ended, request({ at: ended.at }))).state.open.size).toBe(1);
});
