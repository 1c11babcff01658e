import {
  bytes,
  chainParametersCodec,
  hashCodec,
  hexToBytes,
  identityCodec,
  orUndefined,
  struct,
  text,
  u64,
  u8,
  type FrozenValidator,
  type Hash,
  type IdentityId,
} from '@zhtp/types';
import { EMPTY_POOL, type AccrualPool } from '@zhtp/rewards';
import { OrderedMap } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import type { ChainDomains } from '../chain-domains.ts';
import { HOSTED_KEY_BYTES_MAX, HOSTED_VALUE_BYTES_MAX } from '../hosted/hosted-application.ts';
import {
  attestedStorageCodec,
  committedStorageCodec,
  receiptedUnitsCodec,
  usedReceiptCodec,
  workRecordCodec,
} from '../proofs/proof-state.ts';
import { accrualPoolCodec, accrualStakeCodec, runningRewardsCodec, type OwnRunningRewards } from './accrual-codec.ts';
import {
  difficultyRecordCodec,
  faultFileCodec,
  frozenSet,
  frozenSetCodec,
  keyHashOf,
  lastBlockCodec,
  type FrozenSet,
} from './chain-codec.ts';
import { entryKeyCodec } from './map-bounds.ts';
import { orderedMap, scalar, type Scalar } from './map-kinds.ts';
import { memberMap } from './member-map.ts';
import { namedMap, type NamedMap } from './named-map.ts';
import { sharedChanges } from './shared-changes.ts';

/** Every key that ever served, by its hash. */
const keysByHash = ({ staking }: ChainDomains): ReadonlyMap<Hash, Uint8Array> => {
  const keys = new Map<Hash, Uint8Array>();
  for (const [hex] of staking.keys) {
    const key = hexToBytes(hex);
    if (E.isRight(key)) keys.set(keyHashOf(key.right), key.right);
  }
  return keys;
};

const withKeys = (set: FrozenSet, keys: ReadonlyMap<Hash, Uint8Array>): readonly FrozenValidator[] | undefined => {
  const members: FrozenValidator[] = [];
  for (const { identity, keyHash, votingPower } of set) {
    const consensusKey = keys.get(keyHash);
    if (consensusKey === undefined) return undefined;
    members.push({ identity, consensusKey, votingPower });
  }
  return members;
};

/** After the map of keys, which the sets refer to. */
const validatorSets = namedMap<ChainDomains, string, FrozenSet>({
  name: 'validator-sets',
  key: entryKeyCodec,
  value: frozenSetCodec,
  parts: [({ sets }) => sets],
  *entries({ sets }) {
    for (const [height, set] of sets) yield [height, frozenSet(set)];
  },
  get: ({ sets }, height) => {
    const set = sets.get(height);
    return set === undefined ? undefined : frozenSet(set);
  },
  *changes(before, after) {
    for (const { key, after: set } of after.sets.changesSince(before.sets))
      yield { key, after: set === undefined ? undefined : frozenSet(set) };
  },
  load: (state, entries) => {
    const keys = keysByHash(state);
    const sets: (readonly [string, readonly FrozenValidator[]])[] = [];
    for (const [height, stored] of entries) {
      const set = withKeys(stored, keys);
      if (set === undefined) return E.left(`the set of height ${height} has a key that is not in consensus-keys`);
      sets.push([height, set]);
    }
    return E.right({ ...state, sets: OrderedMap.of(sets) });
  },
  apply: (state, changes) => {
    const keys = keysByHash(state);
    let { sets } = state;
    for (const [height, stored] of changes) {
      const set = stored === undefined ? undefined : withKeys(stored, keys);
      if (stored !== undefined && set === undefined)
        return E.left(`the set of height ${height} has a key that is not in consensus-keys`);
      sets = set === undefined ? sets.without(height) : sets.with(height, set);
    }
    return E.right({ ...state, sets });
  },
});

type SteadyPool = Omit<AccrualPool, 'current' | 'commission' | 'outstanding'>;

const steadyOf = ({
  current: _current,
  commission: _commission,
  outstanding: _outstanding,
  ...pool
}: AccrualPool): SteadyPool => pool;

/** Every field of the entry: one that is left out makes a node that reads its rows again differ from one that did not. */
const sameSteady = (a: AccrualPool, b: AccrualPool): boolean =>
  a.stake === b.stake &&
  a.delegations === b.delegations &&
  a.ratio === b.ratio &&
  a.slashes === b.slashes &&
  a.forgotten === b.forgotten &&
  a.behind === b.behind &&
  a.isVoid === b.isVoid;

const withPools = (state: ChainDomains, pools: ChainDomains['accrual']['pools']): ChainDomains => ({
  ...state,
  accrual: { ...state.accrual, pools },
});

/** What a block changed of the pools, which are in two maps. */
const poolChanges = sharedChanges<ChainDomains, IdentityId, AccrualPool>(({ accrual }) => accrual.pools);

const rewardPools = namedMap<ChainDomains, IdentityId, SteadyPool>({
  name: 'reward-pools',
  key: identityCodec,
  value: accrualPoolCodec,
  parts: [({ accrual }) => accrual.pools],
  *entries({ accrual }) {
    for (const [validator, pool] of accrual.pools) yield [validator, steadyOf(pool)];
  },
  get: ({ accrual }, validator) => {
    const pool = accrual.pools.get(validator);
    return pool === undefined ? undefined : steadyOf(pool);
  },
  *changes(before, after) {
    for (const { key, before: old, after: pool } of poolChanges(before, after))
      if (old === undefined || pool === undefined || !sameSteady(old, pool))
        yield { key, after: pool === undefined ? undefined : steadyOf(pool) };
  },
  load: (state, entries) =>
    E.right(
      withPools(
        state,
        OrderedMap.of(entries.map(([validator, pool]) => [validator, { ...EMPTY_POOL, ...pool }] as const)),
      ),
    ),
  apply: (state, changes) => {
    let { pools } = state.accrual;
    for (const [validator, pool] of changes)
      pools =
        pool === undefined
          ? pools.without(validator)
          : pools.with(validator, { ...EMPTY_POOL, ...pools.get(validator), ...pool });
    return E.right(withPools(state, pools));
  },
});

/** After the map of pools, whose other half they are. */
const runningRewards = memberMap<ChainDomains, AccrualPool, OwnRunningRewards>('running-rewards', runningRewardsCodec, {
  members: ({ staking }) => staking.members,
  records: ({ accrual }) => accrual.pools,
  changes: poolChanges,
  of: (identity, { current, commission, outstanding }) => ({ identity, current, commission, outstanding }),
  same: (a, b) => a.current === b.current && a.commission === b.commission && a.outstanding === b.outstanding,
  put: (pool, { current, commission, outstanding }) => ({ ...pool, current, commission, outstanding }),
  withRecords: withPools,
  rest: 'reward-pools',
});

export const CHAIN_MAPS: readonly NamedMap<ChainDomains>[] = [
  rewardPools,
  runningRewards,
  orderedMap('reward-stakes', entryKeyCodec, accrualStakeCodec, {
    get: ({ accrual }) => accrual.stakes,
    set: (state, stakes) => ({ ...state, accrual: { ...state.accrual, stakes } }),
  }),
  orderedMap('delegated-out', identityCodec, u64, {
    get: ({ voting }) => voting.delegatedOut,
    set: (state, delegatedOut) => ({ ...state, voting: { ...state.voting, delegatedOut } }),
  }),
  orderedMap('voting-reputations', identityCodec, u8, {
    get: ({ voting }) => voting.reputations,
    set: (state, reputations) => ({ ...state, voting: { ...state.voting, reputations } }),
  }),
  orderedMap('slashed-pools', identityCodec, entryKeyCodec, {
    get: ({ voting }) => voting.slashed,
    set: (state, slashed) => ({ ...state, voting: { ...state.voting, slashed } }),
  }),
  orderedMap('storage-commitments', identityCodec, committedStorageCodec, {
    get: ({ proofs }) => proofs.commitments,
    set: (state, commitments) => ({ ...state, proofs: { ...state.proofs, commitments } }),
  }),
  orderedMap('attested-storage', identityCodec, attestedStorageCodec, {
    get: ({ proofs }) => proofs.attested,
    set: (state, attested) => ({ ...state, proofs: { ...state.proofs, attested } }),
  }),
  orderedMap('previous-ids', entryKeyCodec, hashCodec, {
    get: ({ proofs }) => proofs.previousIds,
    set: (state, previousIds) => ({ ...state, proofs: { ...state.proofs, previousIds } }),
  }),
  orderedMap('used-receipts', entryKeyCodec, usedReceiptCodec, {
    get: ({ proofs }) => proofs.receipts,
    set: (state, receipts) => ({ ...state, proofs: { ...state.proofs, receipts } }),
  }),
  orderedMap('proven-work', identityCodec, workRecordCodec, {
    get: ({ proofs }) => proofs.work,
    set: (state, work) => ({ ...state, proofs: { ...state.proofs, work } }),
  }),
  orderedMap('unrewarded-work', identityCodec, receiptedUnitsCodec, {
    get: ({ proofs }) => proofs.unrewarded,
    set: (state, unrewarded) => ({ ...state, proofs: { ...state.proofs, unrewarded } }),
  }),
  orderedMap('faults', identityCodec, faultFileCodec, {
    get: ({ faults }) => faults,
    set: (state, faults) => ({ ...state, faults }),
  }),
  orderedMap('hosted', text(HOSTED_KEY_BYTES_MAX), bytes(HOSTED_VALUE_BYTES_MAX), {
    get: ({ hosted }) => hosted,
    set: (state, hosted) => ({ ...state, hosted }),
  }),
  validatorSets,
  orderedMap('epoch-times', entryKeyCodec, u64, {
    get: ({ epochTimes }) => epochTimes,
    set: (state, epochTimes) => ({ ...state, epochTimes }),
  }),
];

export const CHAIN_SCALARS: readonly Scalar<ChainDomains>[] = [
  scalar('rewards', struct('Accrual', { outstanding: u64 }), {
    get: ({ accrual: { outstanding } }) => ({ outstanding }),
    set: (state, { outstanding }) => ({ ...state, accrual: { ...state.accrual, outstanding } }),
  }),
  scalar('voting', struct('Voting', { unitZhtp: u64, recountFrom: orUndefined(hashCodec) }), {
    get: ({ voting: { unitZhtp, recountFrom } }) => ({ unitZhtp, recountFrom }),
    set: (state, part) => ({ ...state, voting: { ...state.voting, ...part } }),
  }),
  scalar('proofs', struct('Proofs', { epoch: u64 }), {
    get: ({ proofs: { epoch } }) => ({ epoch }),
    set: (state, { epoch }) => ({ ...state, proofs: { ...state.proofs, epoch } }),
  }),
  scalar('difficulty', difficultyRecordCodec, {
    get: ({ difficulty }) => difficulty,
    set: (state, difficulty) => ({ ...state, difficulty }),
  }),
  scalar('consensus', chainParametersCodec, {
    get: ({ consensus }) => consensus,
    set: (state, consensus) => ({ ...state, consensus }),
  }),
  scalar('last-block', orUndefined(lastBlockCodec), {
    get: ({ previous }) => previous,
    set: (state, previous) => ({ ...state, previous }),
  }),
];
