import { taggedHash } from '@zhtp/crypto';
import { EMPTY_FILE, recordFault } from '@zhtp/byzantine';
import {
  advance,
  beginEpoch,
  cancelByProposer,
  castVote,
  changeWeight,
  clearBallots,
  createProposal,
  donate,
  receiveBlockIncome,
  type GovernanceResult,
} from '@zhtp/dao';
import { allocate, changeStake, EMPTY_POOL, slashed } from '@zhtp/rewards';
import { encodeUtf8, identityId, MICRO_PER_ZHTP, type Hash, type IdentityId } from '@zhtp/types';
import * as staking from '@zhtp/validators';
import { either as E } from 'fp-ts';
import fc from 'fast-check';
import { heightKey, type ChainDomains } from '../../src/chain-domains.ts';
import { blankDomains } from '../../src/state/blank-domains.ts';
import { hashOf, right } from './chain.ts';

/** One more than there are seats. */
const VALIDATORS = 5;
const SEATS = 4;
const PEOPLE = 6;

const idOf = (text: string): IdentityId => right(identityId(taggedHash('test/domain', encodeUtf8(text))));
const validatorOf = (n: number): IdentityId => idOf(`validator ${String(n % VALIDATORS)}`);
export const personOf = (n: number): IdentityId => idOf(`person ${String(n % PEOPLE)}`);
const keyOf = (n: number): Uint8Array => new Uint8Array(1_312).fill(n + 1);

/** Something that may happen, with everything it may be about. */
interface Act {
  readonly kind: keyof typeof KINDS;
  readonly a: number;
  readonly b: number;
  readonly amount: bigint;
}

const STAKING_START: ChainDomains['staking'] = (() => {
  const rules: staking.StakingRules = {
    ...staking.DEFAULT_RULES,
    algorithm: 'ML-DSA-44',
    maxValidators: SEATS,
    minStake: MICRO_PER_ZHTP,
    epochLengthBlocks: 2n,
    unbondingSeconds: 40n,
    evidenceBlocks: 4n,
    developmentMode: true,
    allowed: new Set(Array.from({ length: VALIDATORS }, (_, n) => validatorOf(n))),
  };
  let state = right(staking.emptyStaking(rules));
  for (let n = 0; n < SEATS; n++)
    state = right(
      staking.register(state, {
        identity: validatorOf(n),
        stake: 50n * MICRO_PER_ZHTP,
        storageProvided: 0n,
        consensusKey: keyOf(n),
        commissionRate: 5,
        isGenesis: true,
      }),
    ).state;
  return state;
})();

/** Four validators before the first block, weights of everybody. */
export const START: ChainDomains = (() => {
  const blank = blankDomains();
  let { governance } = blank;
  for (let n = 0; n < PEOPLE; n++)
    governance = right(changeWeight(governance, { identity: personOf(n), weight: 200n, height: 0n })).state;
  governance = right(donate(governance, 1_000_000n, personOf(0))).state;
  return { ...blank, staking: STAKING_START, governance };
})();

const staked = (state: ChainDomains, result: staking.StakingResult<unknown>): ChainDomains =>
  E.isRight(result) ? { ...state, staking: result.right.state } : state;

const governed = (state: ChainDomains, result: GovernanceResult<unknown>): ChainDomains =>
  E.isRight(result) ? { ...state, governance: result.right.state } : state;

const proposalOf = ({ governance }: ChainDomains, n: number): Hash | undefined => {
  const ids = [...governance.open.values(), ...governance.ended.values()].map(({ proposal }) => proposal.id);
  return ids[n % Math.max(1, ids.length)];
};

/** A block of both packages that count blocks, and what the chain itself notes of it. */
const nextBlock = (state: ChainDomains, { a, b }: Act): ChainDomains => {
  const height = (state.staking.now?.height ?? 0n) + 1n;
  const atSeconds = (state.staking.now?.atSeconds ?? 1_767_225_600n) + 10n + (b === 0 ? 86_400n : 0n);
  const begun = right(staking.beginBlock(state.staking, { height, atSeconds })).state;
  const members = begun.members.map(({ identity }) => identity);
  const counted = staking.countSigning(begun, {
    height,
    proposer: validatorOf(a),
    members,
    signers: members.filter((_, i) => i !== b),
  });
  const ended = right(staking.endBlock(right(counted).state));
  const at = { height, timeSeconds: atSeconds };
  const governance = right(advance(state.governance, at)).state;
  const { sets } = state;
  return {
    ...state,
    staking: ended.state,
    governance: height % 2n === 0n ? right(beginEpoch(governance)).state : governance,
    sets: ended.value === undefined ? sets : sets.with(heightKey(ended.value.actsAt), ended.value.validators),
    proofs: {
      commitments: state.proofs.commitments.with(validatorOf(a), {
        root: hashOf(b + 1),
        salt: hashOf(2),
        blockBytes: 1_024,
        height,
      }),
      attested: state.proofs.attested.with(validatorOf(a), { capacity: BigInt(b), challengeHeight: height }),
      previousIds: state.proofs.previousIds.with(heightKey(height), hashOf(3)).without(heightKey(height - 2n)),
      epoch: height,
      receipts: state.proofs.receipts
        .with(`${heightKey(height)}/${validatorOf(a)}`, { kind: 'Computation', units: BigInt(b) })
        .without(`${heightKey(height - 3n)}/${validatorOf(a)}`),
      work: state.proofs.work.with(validatorOf(a), {
        receipts: b,
        routingWork: height,
        computeWork: 1n,
        past: [{ epoch: height, units: 7n }],
      }),
      unrewarded:
        b === 0
          ? staking.emptyMap()
          : state.proofs.unrewarded.with(validatorOf(a), { routingWork: 1n, computeWork: 2n }),
    },
    hosted: a === 0 ? state.hosted.without(`entry ${String(b)}`) : state.hosted.with(`entry ${String(b)}`, keyOf(a)),
    epochTimes: height % 2n === 0n ? state.epochTimes.with(heightKey(height), atSeconds) : state.epochTimes,
    difficulty: { bits: 0x1d00_ffff, startHeight: height, startSeconds: atSeconds },
    consensus: { ...state.consensus, precisionMs: Number(height) },
    previous: { height, atSeconds, proposer: validatorOf(a), fees: 7n },
  };
};

const KINDS = {
  block: nextBlock,
  register: (s, { amount }) =>
    staked(
      s,
      staking.register(s.staking, {
        identity: validatorOf(SEATS),
        stake: 50n * MICRO_PER_ZHTP + amount,
        storageProvided: 0n,
        consensusKey: keyOf(SEATS),
        commissionRate: 5,
      }),
    ),
  bond: (s, { a, amount }) => staked(s, staking.bondStake(s.staking, validatorOf(a), amount)),
  unbond: (s, { a, amount }) => staked(s, staking.unbondStake(s.staking, validatorOf(a), amount)),
  delegate: (s, { a, b, amount }) =>
    staked(s, staking.delegate(s.staking, { validator: validatorOf(a), delegator: personOf(b), amount })),
  undelegate: (s, { a, b, amount }) =>
    staked(s, staking.undelegate(s.staking, { validator: validatorOf(a), delegator: personOf(b), amount })),
  redelegate: (s, { a, b, amount }) => {
    const request = { source: validatorOf(a), destination: validatorOf(a + 1), delegator: personOf(b), amount };
    return staked(s, staking.redelegate(s.staking, request));
  },
  slash: (s, { a, b }) =>
    staked(
      s,
      staking.slashStake(s.staking, {
        identity: validatorOf(a),
        slashType: 'Liveness',
        fractionPpm: 1n + BigInt(b) * 60_000n,
      }),
    ),
  convict: (s, { a }) =>
    a === 0
      ? s
      : staked(
          s,
          staking.convict(s.staking, {
            identity: validatorOf(a),
            infractionHeight: s.staking.now?.height ?? 0n,
            power: 3n,
            totalPower: 100n,
            atSeconds: s.staking.now?.atSeconds ?? 0n,
          }),
        ),
  release: (s, { a }) => staked(s, staking.release(s.staking, validatorOf(a))),
  leave: (s, { a }) => staked(s, staking.remove(s.staking, validatorOf(a))),
  commission: (s, { a, b }) => staked(s, staking.changeCommission(s.staking, validatorOf(a), b)),
  rotate: (s, { a, amount }) =>
    staked(
      s,
      staking.rotateKey(s.staking, {
        identity: validatorOf(a),
        consensusKey: keyOf(10 + Number(amount % 200n)),
        proofOfPossession: new Uint8Array(1),
      }),
    ),
  propose: (s, { a, b }) =>
    governed(
      s,
      createProposal(s.governance, {
        proposer: personOf(a),
        title: `proposal ${String(b)}`,
        description: 'of a test',
        proposalType: b % 2 === 0 ? 'EconomicParams' : 'TreasuryAllocation',
        votingPeriodSeconds: 86_400n,
        ...(b % 2 === 0
          ? {
              executionParams: {
                action: {
                  _tag: 'GovernanceParameterUpdate',
                  updates: [{ _tag: 'ChainParameter', name: 'baseRewardMicro', value: BigInt(b) }],
                },
              },
            }
          : {
              executionParams: {
                action: { _tag: 'TreasuryPayment', recipient: personOf(b), amount: 5n, budgetLine: 'tests' },
              },
            }),
        at: s.governance.at,
      }),
    ),
  vote: (s, { a, b, amount }) => {
    const proposalId = proposalOf(s, b);
    if (proposalId === undefined) return s;
    const choices = [{ _tag: 'Yes' }, { _tag: 'No' }, { _tag: 'Delegate', identity: personOf(a + 1) }] as const;
    const voteChoice = choices[Number(amount % 3n)] ?? choices[0];
    return governed(s, castVote(s.governance, { voter: personOf(a), proposalId, voteChoice, at: s.governance.at }));
  },
  cancel: (s, { a, b }) => {
    const proposalId = proposalOf(s, b);
    return proposalId === undefined
      ? s
      : governed(s, cancelByProposer(s.governance, { proposalId, proposer: personOf(a), at: s.governance.at }));
  },
  clear: (s, { a }) => ({ ...s, governance: clearBallots(s.governance, a) }),
  donate: (s, { a, amount }) => governed(s, donate(s.governance, amount, personOf(a))),
  income: (s, { amount }) => governed(s, receiveBlockIncome(s.governance, amount)),
  weigh: (s, { a, amount }) =>
    governed(
      s,
      changeWeight(s.governance, {
        identity: personOf(a),
        weight: 100n + (amount % 100n),
        height: s.governance.at.height,
      }),
    ),
  stakeForRewards: (s, { a, b, amount }) => {
    const { pools, stakes } = s.accrual;
    const key = `${validatorOf(a)}/${personOf(b)}`;
    const changed = changeStake(pools.get(validatorOf(a)) ?? EMPTY_POOL, stakes.get(key), amount % 50n);
    if (E.isLeft(changed)) return s;
    const { pool, delegation } = changed.right;
    return {
      ...s,
      accrual: {
        ...s.accrual,
        pools: pools.with(validatorOf(a), pool),
        stakes: delegation === undefined ? stakes.without(key) : stakes.with(key, delegation),
      },
    };
  },
  reward: (s, { a, amount }) => {
    const { pools, outstanding } = s.accrual;
    const allocation = allocate(pools.get(validatorOf(a)) ?? EMPTY_POOL, amount, 5);
    if (E.isLeft(allocation)) return s;
    const accrual = { ...s.accrual, pools: pools.with(validatorOf(a), allocation.right.pool) };
    return { ...s, accrual: { ...accrual, outstanding: outstanding + amount - allocation.right.toTreasury } };
  },
  slashRewards: (s, { a, b }) => {
    const pool = s.accrual.pools.get(validatorOf(a)) ?? EMPTY_POOL;
    const after = slashed(pool, { before: 7n, after: BigInt(b) });
    return E.isLeft(after)
      ? s
      : { ...s, accrual: { ...s.accrual, pools: s.accrual.pools.with(validatorOf(a), after.right) } };
  },
  fault: (s, { a, b }) => {
    const record = {
      faultType: b % 2 === 0 ? ('Liveness' as const) : ('DoubleSign' as const),
      height: BigInt(b),
      subject: '',
      weight: 1,
      detail: 'seen by a test',
    };
    return {
      ...s,
      faults: s.faults.with(validatorOf(a), recordFault(s.faults.get(validatorOf(a)) ?? EMPTY_FILE, record)),
    };
  },
  countVoters: (s, { a, b, amount }) => {
    const { delegatedOut, reputations, slashed } = s.voting;
    return {
      ...s,
      voting: {
        unitZhtp: amount,
        delegatedOut: b === 0 ? delegatedOut.without(personOf(a)) : delegatedOut.with(personOf(a), amount),
        reputations: reputations.with(validatorOf(a), b),
        slashed: b === 0 ? slashed.without(validatorOf(a)) : slashed.with(validatorOf(a), `${validatorOf(a)}/`),
        recountFrom: b === 0 ? undefined : hashOf(b),
      },
    };
  },
  forgetSet: (s) => {
    const [oldest] = s.sets;
    return oldest === undefined ? s : { ...s, sets: s.sets.without(oldest[0]) };
  },
} as const satisfies Readonly<Record<string, (state: ChainDomains, act: Act) => ChainDomains>>;

type Kind = keyof typeof KINDS;
const kinds = Object.keys(KINDS) as Kind[];

const amount = fc.oneof(fc.bigInt(1n, 40n * MICRO_PER_ZHTP), fc.constantFrom(1n, MICRO_PER_ZHTP, 7n * MICRO_PER_ZHTP));

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Kind>('block') },
    { weight: 4, arbitrary: fc.constantFrom<Kind>('propose', 'vote', 'vote', 'delegate', 'redelegate') },
    { weight: 5, arbitrary: fc.constantFrom(...kinds) },
  ),
  a: fc.nat(5),
  b: fc.nat(5),
  amount,
});

const follow = (start: ChainDomains, acts: readonly Act[]): readonly ChainDomains[] => {
  const states: ChainDomains[] = [start];
  for (const each of acts) states.push(KINDS[each.kind](states.at(-1) ?? start, each));
  return states;
};

const PART = 6n * MICRO_PER_ZHTP;

/** What chance brings about too seldom: a newcomer to a full set, stake under way to another validator, a payment that passes. */
export const EVENTFUL: readonly ChainDomains[] = follow(START, [
  { kind: 'block', a: 0, b: 5, amount: 0n },
  { kind: 'register', a: 0, b: 0, amount: PART },
  { kind: 'delegate', a: 0, b: 0, amount: 3n * PART },
  { kind: 'redelegate', a: 0, b: 0, amount: PART },
  { kind: 'propose', a: 0, b: 1, amount: 0n },
  ...Array.from({ length: PEOPLE }, (_, a): Act => ({ kind: 'vote', a, b: 0, amount: PART })),
  { kind: 'redelegate', a: 0, b: 0, amount: PART },
  { kind: 'block', a: 0, b: 0, amount: 0n },
  { kind: 'propose', a: 1, b: 3, amount: 0n },
  ...Array.from({ length: 6 }, (_, b): Act => ({ kind: 'vote', a: 2, b, amount: PART + 2n })),
  { kind: 'undelegate', a: 0, b: 0, amount: PART },
  { kind: 'convict', a: 2, b: 0, amount: 0n },
  { kind: 'weigh', a: 1, b: 0, amount: 7n },
  { kind: 'donate', a: 1, b: 0, amount: 7n },
  { kind: 'stakeForRewards', a: 1, b: 1, amount: 7n },
  { kind: 'reward', a: 1, b: 1, amount: 7n },
  { kind: 'countVoters', a: 1, b: 1, amount: 7n },
  { kind: 'fault', a: 1, b: 1, amount: 7n },
  { kind: 'block', a: 1, b: 0, amount: 0n },
]);

/** States one after the other, each a random transition of some domain after the one before. */
export const anyHistory: fc.Arbitrary<readonly ChainDomains[]> = fc
  .array(act, { minLength: 20, maxLength: 80, size: 'max' })
  .map((acts) => follow(START, acts));
