import { describe, expect, test } from 'vitest';
import { isQuorumReached, noBallots } from '@zhtp/dao';
import { isApproved, outcomeOf } from '../src/outcome.ts';

const tally = (weightedYes: bigint, weightedNo: bigint, weightedAbstain: bigint, eligible: bigint) => ({
  ...noBallots(eligible).tally,
  weightedYes,
  weightedNo,
  weightedAbstain,
});

describe('quorum', () => {
  test.each([
    [7n, 0n, 0n, 8n, false],
    [8n, 0n, 0n, 8n, true],
    [3n, 2n, 3n, 8n, true],
    [0n, 0n, 8n, 8n, true],
    [9n, 0n, 0n, 10n, false],
    [10n, 0n, 0n, 10n, true],
  ])('yes %s, no %s, abstain %s of 100 at %s %% reaches it: %s', (yes, no, abstain, percent, reached) => {
    expect(isQuorumReached(tally(yes, no, abstain, 100n), percent)).toBe(reached);
  });
});

describe('approval', () => {
  test.each([
    [1n, 1n, 5_000n, false],
    [51n, 50n, 5_000n, true],
    [0n, 0n, 5_000n, false],
    [0n, 0n, 6_667n, false],
    [6_666n, 3_334n, 6_667n, false],
    [6_667n, 3_333n, 6_667n, true],
    [2n, 1n, 6_667n, false],
    [1n, 0n, 6_667n, true],
  ])('%s for and %s against at %s basis points: %s', (yes, no, basisPoints, approved) => {
    expect(isApproved(tally(yes, no, 0n, 10_000n), basisPoints)).toBe(approved);
  });

  test('a quorum percentage is not an approval threshold: a tenth in favour does not pass', () => {
    expect(outcomeOf(tally(10n, 15n, 0n, 100n), 10n, 5_000n)).toBe('Failed');
  });
});

describe('outcome', () => {
  test.each([
    ['nobody is eligible', tally(0n, 0n, 0n, 0n), 'Expired'],
    ['the quorum is missed by one', tally(9n, 0n, 0n, 100n), 'Expired'],
    ['a tie', tally(50n, 50n, 0n, 100n), 'Failed'],
    ['all abstain', tally(0n, 0n, 100n, 100n), 'Failed'],
    ['more than half for it', tally(6n, 5n, 0n, 100n), 'Passed'],
  ] as const)('%s', (_, votes, outcome) => {
    expect(outcomeOf(votes, 10n, 5_000n)).toBe(outcome);
  });
});
