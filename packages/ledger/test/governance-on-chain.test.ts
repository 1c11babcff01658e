import { encodeExecutionParams } from '@zhtp/dao';
import { taggedHash } from '@zhtp/crypto';
import {
  identityId,
  type DaoExecutionAction,
  type DaoProposalType,
  type GovernanceParameterValue,
  type Hash,
} from '@zhtp/types';
import { option as O } from 'fp-ts';
import { describe, expect, test } from 'vitest';
import {
  appHashOf,
  conservationFault,
  supplyOf,
  type BlockOutcome,
  type LedgerMessage,
  type LedgerMessageOf,
} from '@zhtp/ledger';
import { domainTries } from '../src/state/domain-rows.ts';
import { hashOf, right } from './support/chain.ts';
import { people, stakedChain, type Person, type StakedChain } from './support/staked-chain.ts';

const ZHTP = 1_000_000n;
const [a, b, c, , friend, stranger] = people as unknown as readonly [Person, Person, Person, Person, Person, Person];

const failures = (outcome: BlockOutcome): readonly string[] =>
  outcome.executed.map(({ sentence }) => sentence).filter((sentence) => sentence !== '');
const reasons = (outcome: BlockOutcome): readonly (string | undefined)[] =>
  outcome.executed.map(({ receipt }) => O.toUndefined(receipt.failure)?.reason);
const tags = (outcome: Pick<BlockOutcome, 'events'>): readonly string[] => outcome.events.map(({ _tag }) => _tag);

const HOUR = 3_600n;

/** Voting of an hour, everybody with a million ZHTP, epochs of ten blocks. */
const SHORT = { votingPeriodMinSeconds: 60n, emergencyVotingPeriodMinSeconds: 60n };

const proposal = (
  proposalType: DaoProposalType,
  action?: DaoExecutionAction,
  more: Partial<LedgerMessageOf<'Propose'>> = {},
): LedgerMessage => ({
  _tag: 'Propose',
  title: 'A proposal',
  description: 'of a test',
  proposalType,
  votingPeriodDays: O.none,
  votingPeriodSeconds: O.some(HOUR),
  votingDelaySeconds: 0n,
  executionParams: action === undefined ? O.none : O.some(right(encodeExecutionParams({ action }))),
  ubiImpact: O.none,
  economicImpact: O.none,
  privacyLevel: 'Public',
  ...more,
});
const change = (...updates: readonly GovernanceParameterValue[]): DaoExecutionAction => ({
  _tag: 'GovernanceParameterUpdate',
  updates,
});
const parameter = (name: string, value: bigint): GovernanceParameterValue => ({ _tag: 'ChainParameter', name, value });

type Choice = 'Yes' | 'No' | 'Abstain';

/** A choice, or whom the vote is handed to. */
const vote = (proposalId: Hash, choice: Choice | Person): LedgerMessage => ({
  _tag: 'Vote',
  proposalId,
  voteChoice: typeof choice === 'object' ? { _tag: 'Delegate', identity: choice.who } : { _tag: choice },
  justification: O.none,
});

/** Proposes, and answers the id the proposal got. */
const propose = (chain: StakedChain, by: Person, message: LedgerMessage): Hash => {
  const outcome = chain.next({ messages: [[by, message]] });
  expect(failures(outcome)).toEqual([]);
  const created = outcome.events.find(({ _tag }) => _tag === 'ProposalCreated');
  if (created?._tag !== 'ProposalCreated') throw new Error('no proposal was created');
  return created.proposal.id;
};

const votes = (chain: StakedChain, id: Hash, choice: Choice, by: readonly Person[]): void => {
  const outcome = chain.next({ messages: by.map((person) => [person, vote(id, choice)] as const) });
  expect(failures(outcome)).toEqual([]);
};

/** The block in which voting is over. */
const close = (chain: StakedChain): BlockOutcome => chain.next({ seconds: HOUR });

const recordOf = (chain: StakedChain, id: Hash) => {
  const { open, ended } = chain.state().governance;
  return open.get(id) ?? ended.get(id);
};
const statusOf = (chain: StakedChain, id: Hash) => recordOf(chain, id)?.proposal.status;
const conserved = (chain: StakedChain) => conservationFault(chain.state(), 'full');

/** To the end of the epoch of ten blocks. */
const toBoundary = (chain: StakedChain): BlockOutcome => {
  let outcome = chain.next();
  while (chain.height() % 10n !== 0n) outcome = chain.next();
  return outcome;
};

describe('governance on chain', () => {
  test('changes block time, fees and difficulty: passed, timelocked, in force at the epoch boundary', () => {
    const chain = stakedChain({ chainParameters: SHORT });
    chain.next();
    const action = change(
      { _tag: 'BlockTime', value: 2n },
      { _tag: 'BlockchainInitialDifficulty', value: 0x1d00_fffe },
      { _tag: 'BlockchainAdjustmentInterval', value: 20n },
      { _tag: 'BlockchainTargetTimespan', value: 40n },
      parameter('minFeePerByteMicro', 1n),
      parameter('unbondingSeconds', 30n * 86_400n),
    );
    const id = propose(chain, a, proposal('ProtocolUpgrade', action));
    votes(chain, id, 'Yes', people.slice(0, 10));
    const closed = close(chain);
    expect(tags(closed)).toContain('VotingClosed');
    expect(statusOf(chain, id)).toBe('Passed');
    expect(chain.state().consensus.consensus.blockTime).toBe(10n);
    chain.passBlocks(9);
    expect(statusOf(chain, id)).toBe('Passed');
    const executed = chain.next(); // height 14: closed at 4, an epoch of ten blocks later
    expect(chain.height()).toBe(14n);
    expect(tags(executed)).toEqual(expect.arrayContaining(['ParametersDecided', 'ProposalExecuted']));
    expect(statusOf(chain, id)).toBe('Executed');
    expect(chain.state().governance.difficulty.adjustmentInterval).toBe(20n);
    expect(chain.state().governance.configInForce.blockTime).toBe(10n);
    expect(executed.end.parameters).toEqual(O.none);
    expect(chain.state().parameters.minFeePerByte).toBe(2n);
    const boundary = toBoundary(chain);
    expect(chain.height()).toBe(20n);
    expect(boundary.end.parameters).toMatchObject({ value: { consensus: { blockTime: 2n } } });
    expect(chain.state().parameters.minFeePerByte).toBe(1n);
    expect(chain.state().staking.rules).toMatchObject({
      unbondingSeconds: 30n * 86_400n,
      evidenceBlocks: 15n * 86_400n,
    });
    expect(chain.state().difficulty.bits).toBe(0x1d00_ffff);
    expect(conserved(chain)).toBeUndefined();
  });

  test('a decided interval retargets: twice the time asked for halves nothing, it eases the target', () => {
    const difficulty = {
      initialDifficulty: 0x1b00_ffff,
      adjustmentInterval: 10n,
      targetTimespan: 90n,
      minDifficulty: 1,
      maxDifficulty: 0xffff_ffff,
      maxAdjustmentFactor: 4n,
      powLimit: 0x1d00_ffff,
    };
    const chain = stakedChain({ chainParameters: SHORT, difficulty });
    chain.next();
    const id = propose(chain, a, proposal('GovernanceRules', change({ _tag: 'BlockchainTargetTimespan', value: 45n })));
    votes(chain, id, 'Yes', people.slice(0, 10));
    close(chain);
    chain.passBlocks(15);
    expect(statusOf(chain, id)).toBe('Executed');
    const before = chain.state().difficulty.bits;
    const events = chain.passBlocks(10);
    expect(events.map(({ _tag }) => _tag)).toContain('DifficultyAdjusted');
    expect(chain.state().difficulty.bits).toBeGreaterThan(before); // 90 s for 45: larger compact, easier
  });

  test('a quorum that is missed expires and costs the deposit; approval that is missed fails and gives it back', () => {
    const chain = stakedChain({ chainParameters: SHORT });
    chain.next();
    const treasury = supplyOf(chain.state()).treasury;
    const balances = [chain.balance(a), chain.balance(b)];
    const silent = propose(chain, a, proposal('ProtocolUpgrade'));
    const rejected = propose(chain, b, proposal('GovernanceRules'));
    expect(supplyOf(chain.state()).deposits).toBe(200n * ZHTP);
    expect(conserved(chain)).toBeUndefined();
    votes(chain, silent, 'Yes', [a, b]);
    votes(chain, rejected, 'Yes', people.slice(0, 6));
    votes(chain, rejected, 'No', people.slice(6, 10));
    close(chain);
    expect([statusOf(chain, silent), statusOf(chain, rejected)]).toEqual(['Expired', 'Failed']);
    expect(supplyOf(chain.state()).deposits).toBe(0n);
    expect(supplyOf(chain.state()).treasury).toBeGreaterThanOrEqual(treasury + 100n * ZHTP);
    expect(chain.balance(a)).toBe((balances[0] ?? 0n) - 100n * ZHTP - 3n * 200n);
    expect(chain.balance(b)).toBe((balances[1] ?? 0n) - 3n * 200n);
    expect(conserved(chain)).toBeUndefined();
  });

  test('a treasury payment is made once, after its timelock, from its budget line', () => {
    const chain = stakedChain({ chainParameters: SHORT, treasury: 1_000n * ZHTP, budgets: { grants: 500n * ZHTP } });
    chain.next();
    const payment = {
      _tag: 'TreasuryPayment',
      recipient: friend.who,
      amount: 300n * ZHTP,
      budgetLine: 'grants',
    } as const;
    const first = propose(chain, a, proposal('ResearchGrants', payment));
    const second = propose(chain, a, proposal('ResearchGrants', payment, { title: 'Once more' }));
    votes(chain, first, 'Yes', people.slice(0, 4));
    votes(chain, second, 'Yes', people.slice(0, 4));
    const before = chain.balance(friend);
    close(chain);
    expect(new Set([statusOf(chain, first), statusOf(chain, second)])).toEqual(new Set(['Failed', 'Passed']));
    const events = chain.passBlocks(30);
    expect(events.filter(({ _tag }) => _tag === 'ProposalExecuted')).toHaveLength(1);
    expect(chain.balance(friend)).toBe(before + 300n * ZHTP);
    expect(chain.state().governance.treasury.reserved).toBe(0n);
    expect(conserved(chain)).toBeUndefined();
  });

  test('only power of 100 proposes payments', () => {
    const chain = stakedChain({ chainParameters: SHORT, balance: 999_999n * ZHTP });
    chain.next();
    const payment = { _tag: 'TreasuryPayment', recipient: friend.who, amount: 1n, budgetLine: 'grants' } as const;
    const weak = chain.next({ messages: [[friend, proposal('ResearchGrants', payment)]] });
    expect(failures(weak)[0]).toMatch(/minimum 100 voting power, .* has 99/);
    expect(reasons(weak)).toEqual(['GovernanceRefused']);
  });

  test('tokens vote once, wherever they are moved after the snapshot', () => {
    const chain = stakedChain({ chainParameters: SHORT });
    chain.next();
    const id = propose(chain, a, proposal('GovernanceRules'));
    const all = chain.balance(friend);
    chain.next({ messages: [[friend, vote(id, 'Yes')]] });
    chain.next({ messages: [[friend, { _tag: 'Transfer', recipient: stranger.who, amount: all - 10_000n }]] });
    chain.next({ messages: [[stranger, vote(id, 'Yes')]] });
    expect(recordOf(chain, id)?.proposal.voteTally).toMatchObject({ yesVotes: 2n, weightedYes: 200n });
    const later = propose(chain, a, proposal('GovernanceRules', undefined, { title: 'Later' }));
    const refused = chain.next({ messages: [[friend, vote(later, 'Yes')]] });
    expect(failures(refused)[0]).toMatch(
      /no voting power in the snapshot of block [0-9]+: it held less than one voting unit, and the base vote counts for attested/,
    );
    votes(chain, later, 'Yes', [stranger]);
    expect(recordOf(chain, later)?.proposal.voteTally.weightedYes).toBe(199n); // 1 999 999.98 ZHTP after the fees
  });

  test('a second vote replaces the first; a delegated one counts where its delegate votes, in no head count', () => {
    const chain = stakedChain({ chainParameters: SHORT });
    chain.next();
    const id = propose(chain, a, proposal('GovernanceRules'));
    votes(chain, id, 'No', [friend]);
    votes(chain, id, 'Yes', [friend]);
    const tally = () => recordOf(chain, id)?.proposal.voteTally;
    expect(tally()).toMatchObject({ totalVotes: 1n, yesVotes: 1n, weightedYes: 100n, weightedNo: 0n });
    chain.next({ messages: [[stranger, vote(id, friend)]] });
    expect(tally()).toMatchObject({ totalVotes: 1n, yesVotes: 1n, weightedYes: 200n });
    expect(failures(chain.next({ messages: [[friend, vote(id, friend)]] }))[0]).toMatch(
      /nobody delegates to themselves/,
    );
    expect(failures(chain.next({ messages: [[friend, vote(hashOf(9), 'Yes')]] }))[0]).toMatch(/is not known/);
    close(chain);
    expect(failures(chain.next({ messages: [[a, vote(id, 'Yes')]] }))[0]).toMatch(/only an Active one takes votes/);
  });

  test('its proposer takes a proposal back at half the deposit, nobody else does', () => {
    const chain = stakedChain({ chainParameters: SHORT });
    chain.next();
    const before = chain.balance(a);
    const id = propose(chain, a, proposal('GovernanceRules'));
    expect(chain.balance(a)).toBe(before - 100n * ZHTP - 200n);
    const foreign = chain.next({ messages: [[b, { _tag: 'CancelProposal', proposalId: id }]] });
    expect(failures(foreign)[0]).toMatch(/only its proposer cancels it/);
    chain.next({ messages: [[a, { _tag: 'CancelProposal', proposalId: id }]] });
    expect(statusOf(chain, id)).toBe('Cancelled');
    expect(chain.balance(a)).toBe(before - 50n * ZHTP - 400n);
    expect(conserved(chain)).toBeUndefined();
  });

  test('a proposal that would break the chain is refused, with the fee alone paid', () => {
    const chain = stakedChain({ validators: 6, chainParameters: SHORT });
    chain.next();
    const before = chain.balance(a);
    const broken: readonly (readonly [LedgerMessage, RegExp])[] = [
      [proposal('ProtocolUpgrade', change({ _tag: 'MinStorage', value: 1n })), /only 0 validators would stay active/],
      [proposal('ProtocolUpgrade', change({ _tag: 'MaxValidators', value: 3 })), /maxValidators/],
      [proposal('ProtocolUpgrade', change({ _tag: 'DevelopmentMode', value: true })), /developmentMode/],
      [proposal('ProtocolUpgrade', change({ _tag: 'ByzantineThreshold', value: 0.5 })), /byzantineThreshold/],
      [
        proposal('ProtocolUpgrade', change(parameter('evidenceAgeMs', 365n * 86_400_000n))),
        /must not exceed unbonding/,
      ],
      [proposal('FeeStructure', change({ _tag: 'BlockTime', value: 2n })), /may not change BlockTime/],
      [proposal('FeeStructure', change(parameter('minFeePerByteMicro', 1_000_001n))), /from 0 to 1000000/],
      [proposal('GovernanceRules', undefined, { title: ' ' }), /title is blank/],
      [proposal('GovernanceRules', undefined, { privacyLevel: 'Private' }), /not supported/],
      [proposal('GovernanceRules', undefined, { votingPeriodDays: O.some(3) }), /one of the two/],
      [proposal('GovernanceRules', undefined, { executionParams: O.some(new Uint8Array(3)) }), /execution parameters/],
    ];
    for (const [message, why] of broken) {
      const outcome = chain.next({ messages: [[a, message]] });
      expect(failures(outcome)[0]).toMatch(why);
      expect(reasons(outcome)).toEqual(['GovernanceRefused']);
    }
    expect(chain.balance(a)).toBe(before - 200n * BigInt(broken.length));
    expect(supplyOf(chain.state()).deposits).toBe(0n);
  });

  test('seats that governance takes away cost the weakest theirs, as long as two thirds of the power stay', () => {
    const chain = stakedChain({ validators: 5, chainParameters: SHORT });
    chain.next();
    const id = propose(chain, a, proposal('ProtocolUpgrade', change({ _tag: 'MaxValidators', value: 4 })));
    votes(chain, id, 'Yes', people.slice(0, 10));
    close(chain);
    while (chain.height() < 20n) chain.next();
    expect(statusOf(chain, id)).toBe('Executed');
    expect(chain.state().staking.members).toHaveLength(4);
    expect(chain.state().staking.active.size).toBe(4);
  });

  test('an Emergency acts without timelock; a deposit to the treasury stays what it was', () => {
    const chain = stakedChain({ chainParameters: SHORT });
    chain.next();
    const id = propose(chain, a, proposal('Emergency', change({ _tag: 'BlockTime', value: 5n })));
    votes(chain, id, 'Yes', people.slice(0, 10));
    expect(tags(close(chain))).toEqual(expect.arrayContaining(['VotingClosed', 'ProposalExecuted']));
    const before = supplyOf(chain.state()).treasury;
    expect(failures(chain.next({ messages: [[c, { _tag: 'DepositToTreasury', amount: 7n * ZHTP }]] }))).toEqual([]);
    expect(supplyOf(chain.state()).treasury).toBeGreaterThanOrEqual(before + 7n * ZHTP);
    const poor = chain.next({ messages: [[c, { _tag: 'DepositToTreasury', amount: 2n ** 63n }]] });
    expect(reasons(poor)).toEqual(['InsufficientBalance']);
    expect(conserved(chain)).toBeUndefined();
  });

  test('a transaction that proposes and fails later in itself leaves no proposal and no deposit', () => {
    const chain = stakedChain({ chainParameters: SHORT });
    chain.next();
    const before = chain.balance(a);
    const outcome = chain.next({
      together: [[a, [proposal('GovernanceRules'), { _tag: 'Transfer', recipient: b.who, amount: 2n ** 63n }]]],
    });
    expect(reasons(outcome)).toEqual(['InsufficientBalance']);
    expect(chain.balance(a)).toBe(before - 200n);
    expect(supplyOf(chain.state()).deposits).toBe(0n);
    expect(chain.state().governance.open.size).toBe(0);
  });
});

test('ballots of a closed vote leave the state a thousand in a block, and no block counts them', () => {
  const chain = stakedChain({ chainParameters: SHORT });
  const id = propose(chain, a, proposal('EconomicParams'));
  votes(chain, id, 'Yes', [a, b]);
  const state = chain.state();
  const record = state.governance.open.get(id) ?? expect.fail('open');
  const [one] = [...record.ballots.live.values()];
  if (one === undefined) expect.fail('a vote');
  const crowd = Array.from({ length: 2_500 }, (_, n) =>
    right(identityId(taggedHash('test/crowd', Uint8Array.of(n >> 8, n)))),
  );
  const live = crowd.reduce(
    (all, who) => all.with(who, { ...one, vote: { ...one.vote, voter: who } }),
    record.ballots.live,
  );
  const delegated = record.ballots.delegated.with(crowd[0] ?? a.who, 1n);
  const open = state.governance.open.with(id, { ...record, ballots: { ...record.ballots, live, delegated } });
  const crowded = { ...state, governance: { ...state.governance, open } };
  chain.replace({ ...crowded, tries: domainTries(crowded) });
  const gone = [close(chain), chain.next(), chain.next(), chain.next()].map((outcome) => {
    expect(outcome.appHash).toBe(appHashOf({ ...outcome.state, tries: domainTries(outcome.state) }));
    expect(conserved(chain)).toBeUndefined();
    const { domains } = outcome.changes;
    return (domains.get('votes')?.size ?? 0) + (domains.get('vote-delegations')?.size ?? 0);
  });
  expect(gone).toEqual([1_000, 1_000, 503, 0]);
  expect(statusOf(chain, id)).toBe('Passed');
  expect(chain.state().governance.clearing).toEqual([]);
});
