import { invalidParameters } from '@zhtp/chain';
import { CHAIN_PARAMETERS, encodeExecutionParams } from '@zhtp/dao';
import { delegationKey, makeValidatorSet } from '@zhtp/validators';
import {
  U64_MAX,
  type DaoExecutionAction,
  type DaoProposalType,
  type DaoVoteChoice,
  type Evidence,
  type GovernanceParameterValue,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import fc from 'fast-check';
import { either as E, option as O } from 'fp-ts';
import { expect, test } from 'vitest';
import { commitToStorage, conservationFault, submitWork, type LedgerMessage, type LedgerState } from '@zhtp/ledger';
import { blankDomains } from '../src/state/blank-domains.ts';
import { domainEntries, domainsFrom } from '../src/state/domain-rows.ts';
import { ALGORITHM, hashOf, right } from './support/chain.ts';
import { unsignedDoubleSign } from './support/double-sign.ts';
import { extreme, extremeChain, identityAt, keyAt, PEOPLE, ZHTP, type ExtremeChain } from './support/extreme-chain.ts';
import { unsignedReceipt } from './support/proofs.ts';

const UPDATES: readonly GovernanceParameterValue[] = [
  { _tag: 'MinStake', value: 1n },
  { _tag: 'MinStake', value: 1_000_000n * ZHTP },
  { _tag: 'MinStorage', value: 0n },
  { _tag: 'MinStorage', value: 2n ** 50n },
  { _tag: 'MaxValidators', value: 1 },
  { _tag: 'MaxValidators', value: 4 },
  { _tag: 'MaxValidators', value: 1_000 },
  { _tag: 'BlockTime', value: 1n },
  { _tag: 'BlockTime', value: 3_600n },
  { _tag: 'TargetDifficulty', value: 1n },
  { _tag: 'MaxDifficulty', value: 1n },
  { _tag: 'ByzantineThreshold', value: Number.MIN_VALUE },
  { _tag: 'SlashDoubleSign', value: 1 },
  { _tag: 'SlashDoubleSign', value: 100 },
  { _tag: 'SlashLiveness', value: 0 },
  { _tag: 'SlashLiveness', value: 20 },
  { _tag: 'DevelopmentMode', value: false },
  { _tag: 'EpochLengthBlocks', value: 1n },
  { _tag: 'EpochLengthBlocks', value: 100_000n },
  { _tag: 'MaxTransactionsPerBlock', value: 1 },
  { _tag: 'BlockchainInitialDifficulty', value: 0x0101_0000 },
  { _tag: 'BlockchainAdjustmentInterval', value: 2n },
  { _tag: 'BlockchainAdjustmentInterval', value: 1_000_000n },
  { _tag: 'BlockchainTargetTimespan', value: 4n },
  { _tag: 'BlockchainTargetTimespan', value: 2n ** 32n },
  { _tag: 'ChainParameter', name: 'budget.grants', value: 1n },
  { _tag: 'ChainParameter', name: 'budget.grants', value: U64_MAX },
  ...Object.entries(CHAIN_PARAMETERS).flatMap(([name, { min, max }]): readonly GovernanceParameterValue[] => [
    { _tag: 'ChainParameter', name, value: min },
    { _tag: 'ChainParameter', name, value: max },
  ]),
];

interface Act {
  readonly kind: keyof typeof KINDS;
  readonly by: number;
  readonly on: number;
  readonly amount: bigint;
}

const CHOICES: readonly DaoVoteChoice[] = [{ _tag: 'Yes' }, { _tag: 'Yes' }, { _tag: 'No' }, { _tag: 'Abstain' }];

const openAt = ({ governance }: LedgerState, n: number): Hash => {
  const ids = [...governance.open.values()].map(({ proposal }) => proposal.id);
  return ids[n % Math.max(1, ids.length)] ?? hashOf(1);
};

/** Whom somebody has delegated to, where there is one. */
const backedBy = ({ staking }: LedgerState, { by, on }: Pick<Act, 'by' | 'on'>): IdentityId => {
  const delegator = identityAt(by);
  const backed = [...staking.accounts].map(([identity]) => identity);
  const own = backed.filter((identity) => staking.delegations.has(delegationKey(identity, delegator)));
  return own[on % Math.max(1, own.length)] ?? (staking.accounts.has(delegator) ? delegator : identityAt(on));
};

const actionOf = (state: LedgerState, { on, amount }: Act): readonly [DaoProposalType, DaoExecutionAction] => {
  const update = UPDATES[Number(amount % BigInt(UPDATES.length))] ?? { _tag: 'BlockTime', value: 1n };
  if (on % 3 === 0) return ['Emergency', { _tag: 'CancelProposal', proposalId: openAt(state, on) }];
  if (on % 3 === 1)
    return ['TreasuryAllocation', { _tag: 'TreasuryPayment', recipient: identityAt(on), amount, budgetLine: 'grants' }];
  return ['ProtocolUpgrade', { _tag: 'GovernanceParameterUpdate', updates: [update] }];
};

const KINDS = {
  Transfer: (_, { on, amount }) => ({ _tag: 'Transfer', recipient: identityAt(on), amount }),
  RegisterValidator: (_, { by, on, amount }) => ({
    _tag: 'RegisterValidator',
    stake: amount,
    storageProvided: on % 2 === 0 ? U64_MAX : 0n,
    consensusKey: keyAt(by),
    proofOfPossession: new Uint8Array(1),
    commissionRate: on % 2 === 0 ? 0 : 100,
    maxRate: 100,
    maxDailyChange: 100,
  }),
  AddStake: (_, { amount }) => ({ _tag: 'AddStake', amount }),
  RemoveStake: (_, { amount }) => ({ _tag: 'RemoveStake', amount }),
  LeaveSet: () => ({ _tag: 'LeaveSet' }),
  RejoinSet: () => ({ _tag: 'RejoinSet' }),
  ReleaseFromJail: () => ({ _tag: 'ReleaseFromJail' }),
  ChangeCommission: (_, { on }) => ({ _tag: 'ChangeCommission', rate: on % 2 === 0 ? 0 : 100 }),
  ChangeConsensusKey: (_, { by, on }) => ({
    _tag: 'ChangeConsensusKey',
    consensusKey: keyAt(1_000 + by * 100 + on),
    proofOfPossession: new Uint8Array(1),
  }),
  Delegate: (_, { on, amount }) => ({ _tag: 'Delegate', validator: identityAt(on), amount }),
  Undelegate: (state, act) => ({ _tag: 'Undelegate', validator: backedBy(state, act), amount: act.amount }),
  Redelegate: (state, { by, on, amount }) => ({
    _tag: 'Redelegate',
    source: backedBy(state, { by, on }),
    destination: identityAt(on + 1),
    amount,
  }),
  ClaimRewards: (state, act) => ({ _tag: 'ClaimRewards', validator: backedBy(state, act) }),
  Propose: (state, act) => {
    const [proposalType, action] = actionOf(state, act);
    const { chainParameters } = state.governance;
    return {
      _tag: 'Propose',
      title: 'A proposal',
      description: '',
      proposalType,
      votingPeriodDays: O.none,
      votingPeriodSeconds: O.some(chainParameters.get('votingPeriodMinSeconds') ?? 86_400n),
      votingDelaySeconds: act.amount % 2n,
      executionParams: O.some(right(encodeExecutionParams({ action }))),
      ubiImpact: O.none,
      economicImpact: O.none,
      privacyLevel: 'Public',
    };
  },
  Vote: (state, { on, amount }) => ({
    _tag: 'Vote',
    proposalId: openAt(state, on),
    voteChoice: CHOICES[Number(amount % 4n)] ?? { _tag: 'Delegate', identity: identityAt(on) },
    justification: O.none,
  }),
  CancelProposal: (state, { on }) => ({ _tag: 'CancelProposal', proposalId: openAt(state, on) }),
  DepositToTreasury: (_, { amount }) => ({ _tag: 'DepositToTreasury', amount }),
  CommitStorage: (_, { on }) => commitToStorage({ root: hashOf(on), salt: hashOf(2), blockBytes: 1_024 }),
  SubmitWork: ({ proofs }, { by, on, amount }) =>
    submitWork([
      unsignedReceipt({
        prover: identityAt(by),
        client: identityAt(on),
        units: amount < 2n ** 48n ? amount : 2n ** 48n,
        epoch: proofs.epoch,
        sequence: amount,
      }),
    ]),
  SubmitEvidence: ({ previous }, { on, amount }) => ({
    _tag: 'SubmitEvidence',
    evidence: unsignedDoubleSign({ voter: identityAt(on), height: amount % ((previous?.height ?? 0n) + 2n) }),
  }),
} as const satisfies Readonly<Record<string, (state: LedgerState, act: Act) => LedgerMessage>>;

const kinds = (Object.keys(KINDS) as (keyof typeof KINDS)[]).filter((kind) => kind !== 'SubmitEvidence');

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...kinds) },
    { weight: 2, arbitrary: fc.constantFrom<keyof typeof KINDS>('Delegate', 'Redelegate', 'Undelegate', 'Propose') },
  ),
  by: fc.oneof(fc.nat(3), fc.nat(PEOPLE - 1)),
  on: fc.oneof(fc.nat(3), fc.nat(3), fc.nat(PEOPLE + 1)),
  amount: fc.oneof(
    fc.constantFrom(1n, ZHTP, 1_000n * ZHTP, 1_000_000n * ZHTP, 10n ** 18n, U64_MAX),
    fc.bigInt(1n, 5_000_000n * ZHTP),
  ),
});

/** Once in so many times. */
const seldom = <A>(times: number, arbitrary: fc.Arbitrary<A>): fc.Arbitrary<A | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const turn = fc.record({
  acts: fc.array(act, { maxLength: 8, size: 'max' }),
  /** Everybody is for the proposal that has been open for longest. */
  rally: fc.boolean(),
  /** Handed in by somebody, where it can be. */
  report: seldom(20, act),
  tip: fc.constantFrom(0n, 0n, ZHTP, 10n ** 18n),
  absent: fc.oneof(fc.constant([0]), fc.constant([0]), fc.subarray([0, 1, 2, 3])),
  guilty: seldom(20, fc.nat(60)),
  seconds: fc.constantFrom(0n, 1n, 10n, 10n, 3_600n, 100_000n, 40_000_000n),
  proposer: fc.nat(6),
  shown: seldom(3, fc.constantFrom(1n, 2n ** 40n, U64_MAX)),
  updates: seldom(5, fc.subarray([...UPDATES], { maxLength: 4 })),
});

const yesTo = (state: LedgerState): LedgerMessage => ({
  _tag: 'Vote',
  proposalId: openAt(state, 0),
  voteChoice: { _tag: 'Yes' },
  justification: O.none,
});

/** Seen twice, at a height of the last few, by a member of its set. */
const evidenceOf = ({ state, height }: ExtremeChain, guilty: number | undefined): readonly Evidence[] => {
  const at = height();
  const { members } = state().staking;
  const voter = members[(guilty ?? 0) % Math.max(1, members.length)]?.identity;
  return guilty === undefined || at === 0n || voter === undefined ? [] : [unsignedDoubleSign({ voter, height: at })];
};

const live = (chain: ExtremeChain, turns: readonly (typeof turn extends fc.Arbitrary<infer T> ? T : never)[]): void => {
  for (const { acts, rally, report, tip, absent, guilty, seconds, proposer, shown, updates } of turns) {
    for (const update of updates ?? []) chain.decide([update]);
    const transactions = new Map<number, LedgerMessage[]>();
    if (rally && chain.state().governance.open.size > 0)
      for (let n = 0; n < PEOPLE; n++) transactions.set(n, [yesTo(chain.state())]);
    const reported = report === undefined ? [] : [{ ...report, kind: 'SubmitEvidence' } as const];
    for (const each of [...acts, ...reported]) transactions.set(each.by, [KINDS[each.kind](chain.state(), each)]);
    const evidence = evidenceOf(chain, guilty);
    const { end } = chain.next({ transactions, tip, absent: new Set(absent), evidence, seconds, proposer, shown });
    // What the engine asks of it before it goes on.
    if (O.isSome(end.parameters)) expect(invalidParameters(end.parameters.value, ALGORITHM)).toBeUndefined();
    if (O.isSome(end.nextValidators)) expect(E.isRight(makeValidatorSet(end.nextValidators.value))).toBe(true);
  }
};

test('no genesis, parameter, transaction or evidence that is admitted stops a chain', () => {
  let lived = 0;
  fc.assert(
    fc.property(extreme, fc.array(turn, { minLength: 20, maxLength: 40, size: 'max' }), (wish, turns) => {
      const chain = extremeChain(wish);
      if (chain === undefined) return;
      lived += 1;
      live(chain, turns);
      expect(conservationFault(chain.state(), 'full')).toBeUndefined();
      const rows = new Map(Array.from(domainEntries(chain.state()), ([map, entries]) => [map, new Map(entries)]));
      expect(E.isRight(domainsFrom(blankDomains(), rows))).toBe(true);
    }),
    { numRuns: 60, endOnFailure: true },
  );
  expect(lived).toBeGreaterThan(20);
}, 160_000);

test('a thousand validators, a third of whom sign twice in one block and the rest of whom fall silent, stop no chain', () => {
  const chain = extremeChain({
    validators: 1_000,
    type: 'ProofOfStake',
    weighted: true,
    config: [{ maxValidators: 1_000 }, { slashLiveness: 20 }],
    parameters: [],
    evidenceAgeMs: 60_000n,
    minFeePerByte: 0n,
    newAccountFee: 0n,
    full: true,
    stakes: [],
    commission: 100,
    storage: U64_MAX,
    treasury: 0n,
  });
  if (chain === undefined) expect.fail('genesis is refused');
  const empty = { transactions: new Map(), tip: 0n, seconds: 1n, proposer: 0, shown: undefined };
  for (let n = 0; n < 2; n++) chain.next({ ...empty, absent: new Set(), evidence: [] });
  const guilty = chain.state().staking.members.slice(0, 334);
  const evidence = guilty.map(({ identity }) => unsignedDoubleSign({ voter: identity, height: 1n }));
  chain.next({ ...empty, absent: new Set(), evidence });
  const everybody = new Set(Array.from({ length: 1_000 }, (_, n) => n));
  for (let n = 0; n < 14; n++) chain.next({ ...empty, absent: everybody, evidence: [] });
  expect(chain.state().staking.members).toHaveLength(1);
  expect(conservationFault(chain.state(), 'full')).toBeUndefined();
}, 60_000);
