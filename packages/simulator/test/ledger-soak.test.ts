import { describe, expect, test } from 'vitest';
import { addCounts, NO_COUNTS, runLedgerSoak, unseen, type LedgerSoakOutcome } from '@zhtp/simulator';
import { createSeededRandom } from '../src/seeded-random.ts';
import { holdingsFault } from '../src/ledger-soak/scan-holdings.ts';
import { soakChain } from '../src/ledger-soak/soak-genesis.ts';
import { answerOf, difference, startNode } from '../src/ledger-soak/soak-node.ts';
import { ZERO_HASH, type FinalizeBlockResult } from '@zhtp/types';
import { option as O } from 'fp-ts';

const SMALL = { accounts: 60, blocks: 60, transactionsMax: 14 };

/** Seldom within so few blocks: whole soaks see them. */
const RARE = ['ReleaseFromJail', 'SubmitEvidence', 'RejoinSet', 'ChangeConsensusKey', 'CancelProposal'];

describe('a chain of drawn transactions', () => {
  const outcomes: LedgerSoakOutcome[] = [];

  test.each([1, 2, 3])(
    'leaves every node with the same state, whatever its history: seed %i',
    async (seed) => {
      const outcome = await runLedgerSoak({ ...SMALL, seed });
      outcomes.push(outcome);
      expect(outcome.trouble).toBeUndefined();
      expect(outcome.counts.happened.blocks).toBe(SMALL.blocks);
      expect(outcome.counts.happened.restarts).toBeGreaterThan(0);
      expect(outcome.counts.happened.epochs).toBeGreaterThan(2);
    },
    60_000,
  );

  test('uses every kind of message, in ways that succeed and ways that are refused', () => {
    const counts = outcomes.reduce((sum, outcome) => addCounts(sum, outcome.counts), NO_COUNTS);
    expect(unseen(counts, 'succeeded').filter((tag) => !RARE.includes(tag))).toEqual([]);
    expect(
      unseen(counts, 'refused').filter(
        (tag) => !RARE.includes(tag) && tag !== 'LeaveSet' && tag !== 'DepositToTreasury',
      ),
    ).toEqual([]);
    expect(counts.happened.badBlocksRefused).toBeGreaterThan(0);
    expect(counts.happened.slashes).toBeGreaterThan(0);
    expect(counts.closed.size).toBeGreaterThan(0);
  });

  test('is the same chain for the same seed, and another for another', async () => {
    const tiny = { accounts: 30, blocks: 12, transactionsMax: 6 };
    const [one, again, other] = [
      await runLedgerSoak({ ...tiny, seed: 9 }),
      await runLedgerSoak({ ...tiny, seed: 9 }),
      await runLedgerSoak({ ...tiny, seed: 10 }),
    ];
    expect(one.trouble).toBeUndefined();
    expect(again).toEqual(one);
    expect(other.appHash).not.toBe(one.appHash);
  });
});

describe('what a soak looks at', () => {
  const result: FinalizeBlockResult = {
    appHash: ZERO_HASH,
    resultsHash: ZERO_HASH,
    results: [{ transaction: ZERO_HASH, ok: true, message: '' }],
    nextValidators: O.none,
    parameters: O.none,
    difficultyBits: 7,
  };

  test.each<Partial<FinalizeBlockResult>>([
    { appHash: 'a'.repeat(64) as typeof ZERO_HASH },
    { resultsHash: 'b'.repeat(64) as typeof ZERO_HASH },
    { results: [] },
    { nextValidators: O.some([]) },
    { difficultyBits: 8 },
  ])('is every field of an answer: %o', (changed) => {
    expect(difference(answerOf(result), answerOf(result))).toBeUndefined();
    const [field = ''] = Object.keys(changed);
    expect(difference(answerOf(result), answerOf({ ...result, ...changed }))).toMatch(new RegExp(`^${field}: `));
  });

  test('is every place that holds money', async () => {
    const { genesis } = soakChain(createSeededRandom(1), 40);
    const state = (await startNode(genesis)).state();
    expect(holdingsFault(state)).toBeUndefined();
    const { staking, totals } = state;
    // What is own is said to be delegated: the sum is right, the places are not.
    const moved = { ...staking.totals, own: staking.totals.own - 1n, delegated: staking.totals.delegated + 1n };
    expect(holdingsFault({ ...state, staking: { ...staking, totals: moved } })).toMatch(/^ownStake: the entries hold/);
    const supply = { ...totals, supply: totals.supply + 1n };
    expect(holdingsFault({ ...state, totals: supply })).toBeDefined();
  });
});
