import { encodeExecutionParams } from '@zhtp/dao';
import { delegationKey, poolOf, tokensOf } from '@zhtp/validators';
import type { DaoExecutionAction, DaoProposalType, DaoVoteChoice } from '@zhtp/types';
import fc from 'fast-check';
import { option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import {
  appHashOf,
  commitToStorage,
  conservationFault,
  submitWork,
  withdrawStorage,
  type LedgerMessage,
  type LedgerState,
} from '@zhtp/ledger';
import { blankDomains } from '../src/state/blank-domains.ts';
import { domainEntries, domainsFrom, domainTries } from '../src/state/domain-rows.ts';
import { hashOf, right } from './support/chain.ts';
import { doubleSignOf } from './support/double-sign.ts';
import { unsignedReceipt } from './support/proofs.ts';
import { people, stakedChain, type Person, type StakedChain } from './support/staked-chain.ts';
import { expectWeightsAsCounted } from './support/weights.ts';

const ZHTP = 1_000_000n;

/** Something a person does, with everything it may be about. */
interface Act {
  readonly kind: keyof typeof KINDS;
  readonly by: number;
  readonly on: number;
  readonly amount: bigint;
}
interface Turn {
  readonly acts: readonly Act[];
  readonly absent: number;
  readonly seconds: bigint;
  /** A member that is shown to have signed twice, seldom. */
  readonly guilty: number;
}

const personOf = (n: number): Person => people[n % people.length] ?? ({} as never);

const ACTIONS: readonly (readonly [DaoProposalType, DaoExecutionAction | undefined])[] = [
  ['CommunityFunding', undefined],
  ['ProtocolUpgrade', { _tag: 'GovernanceParameterUpdate', updates: [{ _tag: 'BlockTime', value: 4n }] }],
  ['ProtocolUpgrade', { _tag: 'GovernanceParameterUpdate', updates: [{ _tag: 'MaxValidators', value: 5 }] }],
  ['GovernanceRules', { _tag: 'GovernanceParameterUpdate', updates: [{ _tag: 'EpochLengthBlocks', value: 7n }] }],
  [
    'EconomicParams',
    {
      _tag: 'GovernanceParameterUpdate',
      updates: [
        { _tag: 'ChainParameter', name: 'baseRewardMicro', value: 3n },
        { _tag: 'ChainParameter', name: 'minFeePerByteMicro', value: 1n },
      ],
    },
  ],
  [
    'GovernanceRules',
    { _tag: 'GovernanceParameterUpdate', updates: [{ _tag: 'ChainParameter', name: 'votingUnitZhtp', value: 3_000n }] },
  ],
  ['Emergency', { _tag: 'GovernanceParameterUpdate', updates: [{ _tag: 'ProposeTimeout', value: 700n }] }],
  ['TreasuryAllocation', { _tag: 'TreasuryPayment', recipient: personOf(3).who, amount: 9n * ZHTP, budgetLine: 'x' }],
  ['ResearchGrants', { _tag: 'TreasuryPayment', recipient: personOf(4).who, amount: ZHTP, budgetLine: 'x' }],
  [
    'GovernanceRules',
    { _tag: 'GovernanceParameterUpdate', updates: [{ _tag: 'ChainParameter', name: 'budget.x', value: 5n * ZHTP }] },
  ],
];

const proposalAt = ({ governance }: LedgerState, n: number) => {
  const ids = [...governance.open.values()].map(({ proposal }) => proposal.id);
  return ids[n % Math.max(1, ids.length)] ?? hashOf(1);
};

const choiceOf = ({ on, amount }: Act): DaoVoteChoice => {
  const choices: readonly DaoVoteChoice[] = [
    { _tag: 'Yes' },
    { _tag: 'Yes' },
    { _tag: 'Yes' },
    { _tag: 'No' },
    { _tag: 'Abstain' },
    { _tag: 'Delegate', identity: personOf(on).who },
  ];
  return choices[Number(amount % 6n)] ?? { _tag: 'Yes' };
};

const KINDS = {
  Transfer: (_, { on, amount }) => ({ _tag: 'Transfer', recipient: personOf(on).who, amount }),
  RegisterValidator: (_, { by, amount }) => ({
    _tag: 'RegisterValidator',
    stake: amount,
    storageProvided: 0n,
    consensusKey: personOf(by).key,
    proofOfPossession: new Uint8Array(1),
    commissionRate: 5,
    maxRate: 20,
    maxDailyChange: 1,
  }),
  AddStake: (_, { amount }) => ({ _tag: 'AddStake', amount }),
  RemoveStake: (_, { amount }) => ({ _tag: 'RemoveStake', amount }),
  LeaveSet: () => ({ _tag: 'LeaveSet' }),
  RejoinSet: () => ({ _tag: 'RejoinSet' }),
  ReleaseFromJail: () => ({ _tag: 'ReleaseFromJail' }),
  ChangeCommission: (_, { amount }) => ({ _tag: 'ChangeCommission', rate: Number(amount % 12n) }),
  Delegate: (_, { on, amount }) => ({ _tag: 'Delegate', validator: personOf(on).who, amount }),
  Undelegate: (_, { on, amount }) => ({ _tag: 'Undelegate', validator: personOf(on).who, amount }),
  Redelegate: (_, { on, amount }) => ({
    _tag: 'Redelegate',
    source: personOf(on).who,
    destination: personOf(on + 1).who,
    amount,
  }),
  ClaimRewards: (_, { on }) => ({ _tag: 'ClaimRewards', validator: personOf(on).who }),
  Propose: (_, { on, amount }) => {
    const [proposalType, action] = ACTIONS[on % ACTIONS.length] ?? ['CommunityFunding', undefined];
    return {
      _tag: 'Propose',
      title: `Proposal ${String(amount)}`,
      description: '',
      proposalType,
      votingPeriodDays: O.none,
      votingPeriodSeconds: O.some(20n + (amount % 300n)),
      votingDelaySeconds: amount % 3n === 0n ? 15n : 0n,
      executionParams: action === undefined ? O.none : O.some(right(encodeExecutionParams({ action }))),
      ubiImpact: O.none,
      economicImpact: O.none,
      privacyLevel: 'Public',
    };
  },
  Vote: (state, act) => ({
    _tag: 'Vote',
    proposalId: proposalAt(state, act.on),
    voteChoice: choiceOf(act),
    justification: O.none,
  }),
  CancelProposal: (state, { on }) => ({ _tag: 'CancelProposal', proposalId: proposalAt(state, on) }),
  CommitStorage: (_, { on, amount }) =>
    amount % 5n === 0n
      ? withdrawStorage()
      : commitToStorage({ root: hashOf(on), salt: hashOf(Number(amount % 256n)), blockBytes: 1_024 }),
  SubmitWork: ({ proofs }, { by, on, amount }) =>
    submitWork([
      unsignedReceipt({
        prover: personOf(by).who,
        client: personOf(on).who,
        kind: amount % 2n === 0n ? 'Computation' : 'NetworkRouting',
        units: amount % 5_000n,
        epoch: proofs.epoch,
        sequence: amount % 20n,
      }),
    ]),
  DepositToTreasury: (_, { amount }) => ({ _tag: 'DepositToTreasury', amount }),
} as const satisfies Readonly<Record<string, (state: LedgerState, act: Act) => LedgerMessage>>;

const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...kinds) },
    { weight: 2, arbitrary: fc.constantFrom<keyof typeof KINDS>('Vote', 'Vote', 'Propose', 'Delegate', 'Redelegate') },
  ),
  by: fc.nat(11),
  on: fc.oneof(fc.nat(11), fc.nat(5)),
  amount: fc.oneof(fc.bigInt(1n, 60_000n * ZHTP), fc.constantFrom(1n, ZHTP, 1_000n * ZHTP)),
});

const turn: fc.Arbitrary<Turn> = fc.record({
  acts: fc.array(act, { minLength: 4, maxLength: 12, size: 'max' }),
  absent: fc.nat(20),
  seconds: fc.constantFrom(10n, 10n, 10n, 60n, 200n),
  guilty: fc.nat(60),
});

const start = (between: (state: LedgerState, height: bigint) => LedgerState): StakedChain =>
  stakedChain({
    between,
    validators: 6,
    stake: 50_000n * ZHTP,
    config: { developmentMode: true, epochLengthBlocks: 4n, maxValidators: 6, minStake: 1_000n * ZHTP },
    evidenceAgeMs: 400_000n,
    treasury: 100n * ZHTP,
    chainParameters: {
      unbondingSeconds: 400n,
      trustingPeriodSeconds: 100n,
      signedBlocksWindow: 10n,
      livenessJailSeconds: 30n,
      jailSeconds: 60n,
      votingPeriodMinSeconds: 20n,
      emergencyVotingPeriodMinSeconds: 20n,
      paymentProposerPowerMin: 1n,
    },
  });

/** What is recorded as delegated is what staking holds, but for the dust that withdrawals of others leave behind. */
const expectDelegatedOut = (state: LedgerState): void => {
  const DUST = 1_000n;
  const { staking, voting } = state;
  for (const { who } of people) {
    let held = 0n;
    for (const [validator, account] of staking.accounts) {
      const delegation = staking.delegations.get(delegationKey(validator, who));
      if (delegation !== undefined) held += tokensOf(poolOf(account), delegation.shares);
    }
    const difference = held - (voting.delegatedOut.get(who) ?? 0n);
    expect(difference < DUST && difference > -DUST, `${who}: ${String(difference)}`).toBe(true);
  }
};

/** The state as its rows say. */
const readBack = (state: LedgerState): LedgerState => {
  const restored = right(
    domainsFrom(blankDomains(), new Map(Array.from(domainEntries(state), ([map, rows]) => [map, new Map(rows)]))),
  );
  return { ...state, ...restored, tries: domainTries(restored) };
};

const reached = new Map<string, number>();
const count = (what: string): void => {
  reached.set(what, (reached.get(what) ?? 0) + 1);
};

/** What a chain has come to, and everything it said on the way: events, receipts, sets and parameters. */
interface Followed {
  readonly chain: StakedChain;
  readonly said: readonly unknown[];
}

const follow = (turns: readonly Turn[], between = (state: LedgerState): LedgerState => state): Followed => {
  const chain = start(between);
  const said: unknown[] = [];
  chain.next();
  for (const { acts, absent, seconds, guilty } of turns) {
    const state = chain.state();
    const height = chain.height();
    const outcome = chain.next({
      messages: acts.map((each) => [personOf(each.by), KINDS[each.kind](state, each)] as const),
      absent: absent < 13 ? [personOf(5)] : [],
      evidence: guilty < 6 ? [doubleSignOf(personOf(guilty), height)] : [],
      seconds,
    });
    said.push([outcome.events, outcome.executed, outcome.end, outcome.resultsHash]);
    for (const { _tag } of outcome.events) count(_tag);
    for (const [i, { sentence }] of outcome.executed.entries()) if (sentence === '') count(acts[i]?.kind ?? '');
    if (height % 8n === 0n) {
      expectWeightsAsCounted(chain);
      expectDelegatedOut(chain.state());
    }
  }
  return { chain, said };
};

test('whatever people do together, money is conserved, votes are what is held, and the state can be read back', () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 50, maxLength: 70, size: 'max' }), (turns) => {
      const { chain, said } = follow(turns);
      expect(conservationFault(chain.state(), 'full')).toBeUndefined();
      expectWeightsAsCounted(chain);
      expectDelegatedOut(chain.state());
      // Another node that was stopped and started now and then.
      let blocks = 0;
      const restarted = follow(turns, (state) => (blocks++ % 17 === 0 ? readBack(state) : state));
      expect(appHashOf(restarted.chain.state())).toBe(appHashOf(chain.state()));
      expect(restarted.said).toEqual(said);
    }),
    { numRuns: 10, endOnFailure: true },
  );
  // The runs are worth nothing where they do not happen.
  const wanted: readonly string[] = [
    ...kinds.filter((kind) => kind !== 'ReleaseFromJail'),
    'ProposalExecuted',
    'VotingClosed',
    'ParametersInForce',
    'ValidatorSlashed',
    'PoolSlashed',
  ];
  expect(wanted.filter((what) => (reached.get(what) ?? 0) === 0)).toEqual([]);
}, 120_000);
