import {
  HexMap,
  type Ballots,
  type Checkpoints,
  type GovernanceState,
  type LiveVote,
  type ProposalRecord,
} from '@zhtp/dao';
import {
  annualBudgetCodec,
  hashCodec,
  identityCodec,
  treasuryTransactionCodec,
  u64,
  type AnnualBudget,
  type Codec,
  type Hash,
  type IdentityId,
  type TreasuryTransaction,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { heightKey } from '../chain-domains.ts';
import {
  checkpointsCodec,
  electorateCodec,
  governanceBlockCodec,
  governanceScalarsCodec,
  governedConfigCodec,
  liveVoteCodec,
  proposalEntry,
  proposalEntryCodec,
  treasuryScalarsCodec,
  type ProposalEntry,
} from './governance-codec.ts';
import { entryKeyCodec } from './map-bounds.ts';
import { hexMap, listMap, scalar, type Scalar } from './map-kinds.ts';
import { namedMap, type NamedMap } from './named-map.ts';

const recordOf = ({ open, ended }: GovernanceState, id: Hash): ProposalRecord | undefined =>
  open.get(id) ?? ended.get(id);

/** All records, by id. */
const recordsOf = ({ open, ended }: GovernanceState): readonly (readonly [string, ProposalRecord])[] =>
  [...open, ...ended].sort(([a], [b]) => (a < b ? -1 : 1));

const RECORDS = [({ open }: GovernanceState) => open, ({ ended }: GovernanceState) => ended];

/** Records that are other in one of two states, as each of them has it. */
function* differing(
  before: GovernanceState,
  after: GovernanceState,
): Generator<readonly [id: Hash, before: ProposalRecord | undefined, after: ProposalRecord | undefined]> {
  const ids = new Set<string>();
  for (const { key } of after.open.changesSince(before.open)) ids.add(key);
  for (const { key } of after.ended.changesSince(before.ended)) ids.add(key);
  for (const id of [...ids].sort()) {
    if (!hashCodec.json.is(id)) continue;
    const [old, now] = [recordOf(before, id), recordOf(after, id)];
    if (old !== now) yield [id, old, now];
  }
}

const withRecord = (state: GovernanceState, id: Hash, record: ProposalRecord): GovernanceState => {
  const field = state.open.has(id) ? 'open' : 'ended';
  return { ...state, [field]: state[field].with(id, record) };
};

const isOpen = ({ proposal: { status } }: ProposalEntry): boolean =>
  status === 'Draft' || status === 'Active' || status === 'Passed';

const withoutVotes = ({ tally, ...entry }: ProposalEntry): ProposalRecord => ({
  ...entry,
  ballots: { live: HexMap.empty(), delegated: HexMap.empty(), tally },
});

const proposals = namedMap<GovernanceState, Hash, ProposalEntry>({
  name: 'proposals',
  key: hashCodec,
  value: proposalEntryCodec,
  parts: RECORDS,
  *entries(state) {
    for (const [id, record] of recordsOf(state)) yield [id, proposalEntry(record)];
  },
  get: (state, id) => {
    const record = recordOf(state, id);
    return record === undefined ? undefined : proposalEntry(record);
  },
  *changes(before, after) {
    for (const [key, , record] of differing(before, after))
      yield { key, after: record === undefined ? undefined : proposalEntry(record) };
  },
  load: (state, entries) => {
    const records = (wanted: boolean) =>
      HexMap.of(
        entries
          .filter(([, entry]) => isOpen(entry) === wanted)
          .map(([id, entry]): readonly [Hash, ProposalRecord] => [id, withoutVotes(entry)]),
      );
    return E.right({ ...state, open: records(true), ended: records(false) });
  },
  apply: (state, changes) => {
    let { open, ended } = state;
    for (const [id, entry] of changes) {
      const known = open.get(id) ?? ended.get(id);
      [open, ended] = [open.without(id), ended.without(id)];
      if (entry === undefined) continue;
      const blank = withoutVotes(entry);
      const ballots = known === undefined ? blank.ballots : { ...known.ballots, tally: entry.tally };
      const record = { ...blank, ballots };
      if (isOpen(entry)) open = open.with(id, record);
      else ended = ended.with(id, record);
    }
    return E.right({ ...state, open, ended });
  },
});

type LiveBallots = Ballots<LiveVote>;

/** Length of a proposal's id in text, in front of `/` and an identity. */
const ID_CHARACTERS = 64;

/** A map inside each proposal's record, as one map by `proposal/identity`. */
const ballotMap = <V>(
  name: string,
  value: Codec<V>,
  get: (ballots: LiveBallots) => HexMap<IdentityId, V>,
  set: (ballots: LiveBallots, part: HexMap<IdentityId, V>) => LiveBallots,
): NamedMap<GovernanceState> => {
  const of = (record: ProposalRecord | undefined): HexMap<IdentityId, V> =>
    record === undefined ? HexMap.empty() : get(record.ballots);
  const split = (key: string): readonly [Hash, IdentityId] | undefined => {
    const id = key.slice(0, ID_CHARACTERS);
    const voter = key.slice(ID_CHARACTERS + 1);
    return hashCodec.json.is(id) && identityCodec.json.is(voter) ? [id, voter] : undefined;
  };
  return namedMap<GovernanceState, string, V>({
    name,
    key: entryKeyCodec,
    value,
    parts: RECORDS,
    *entries(state) {
      for (const [id, record] of recordsOf(state))
        for (const [voter, each] of of(record)) yield [`${id}/${voter}`, each];
    },
    get: (state, key) => {
      const place = split(key);
      return place === undefined ? undefined : of(recordOf(state, place[0])).get(place[1]);
    },
    *changes(before, after) {
      for (const [id, old, now] of differing(before, after))
        for (const { key, after: each } of of(now).changesSince(of(old))) yield { key: `${id}/${key}`, after: each };
    },
    load: (state, entries) => {
      const byProposal = new Map<Hash, HexMap<IdentityId, V>>();
      for (const [key, each] of entries) {
        const place = split(key);
        if (place === undefined) return E.left(`key ${key.slice(0, 140)} is no proposal and identity`);
        const [id, voter] = place;
        byProposal.set(id, (byProposal.get(id) ?? HexMap.empty<IdentityId, V>()).with(voter, each));
      }
      let next = state;
      for (const [id, part] of byProposal) {
        const record = recordOf(next, id);
        if (record === undefined) return E.left(`${id} is no proposal`);
        next = withRecord(next, id, { ...record, ballots: set(record.ballots, part) });
      }
      return E.right(next);
    },
    apply: (state, changes) => {
      let next = state;
      for (const [key, each] of changes) {
        const place = split(key);
        if (place === undefined) return E.left(`key ${key.slice(0, 140)} is no proposal and identity`);
        const [id, voter] = place;
        const record = recordOf(next, id);
        if (record === undefined && each !== undefined) return E.left(`${id} is no proposal`);
        if (record === undefined) continue;
        const part = get(record.ballots);
        const after = each === undefined ? part.without(voter) : part.with(voter, each);
        next = withRecord(next, id, { ...record, ballots: set(record.ballots, after) });
      }
      return E.right(next);
    },
  });
};

const weightsOf = ({ electorate }: GovernanceState): HexMap<IdentityId, Checkpoints> =>
  electorate._tag === 'Open' ? HexMap.empty() : electorate.weights;

const treasuryHistory = listMap<GovernanceState, string, TreasuryTransaction>(
  'treasury-history',
  entryKeyCodec,
  treasuryTransactionCodec,
  {
    of: ({ treasury }) => treasury.history,
    keyed: ({ treasury: { history, recorded } }) => {
      const first = recorded - BigInt(history.length);
      return history.map((each, i) => [heightKey(first + BigInt(i)), each]);
    },
    set: (state, history) => ({ ...state, treasury: { ...state.treasury, history } }),
  },
);

const budgets = listMap<GovernanceState, string, AnnualBudget>('budgets', entryKeyCodec, annualBudgetCodec, {
  of: ({ treasury }) => treasury.budgets,
  keyed: ({ treasury }) => treasury.budgets.map((budget) => [heightKey(BigInt(budget.year)), budget]),
  set: (state, list) => ({ ...state, treasury: { ...state.treasury, budgets: list } }),
});

export const GOVERNANCE_MAPS: readonly NamedMap<GovernanceState>[] = [
  proposals,
  ballotMap(
    'votes',
    liveVoteCodec,
    ({ live }) => live,
    (ballots, live) => ({ ...ballots, live }),
  ),
  ballotMap(
    'vote-delegations',
    u64,
    ({ delegated }) => delegated,
    (ballots, delegated) => ({ ...ballots, delegated }),
  ),
  hexMap('voting-weights', identityCodec, checkpointsCodec, {
    get: weightsOf,
    set: (state, weights) =>
      state.electorate._tag === 'Open' ? state : { ...state, electorate: { ...state.electorate, weights } },
  }),
  hexMap('proposal-counts', identityCodec, u64, {
    get: ({ proposalCounts }) => proposalCounts,
    set: (state, proposalCounts) => ({ ...state, proposalCounts }),
  }),
  treasuryHistory,
  budgets,
];

export const GOVERNANCE_SCALARS: readonly Scalar<GovernanceState>[] = [
  scalar('governance', governanceScalarsCodec, {
    get: ({ chainId, endedOrder, clearing, escrow }) => ({ chainId, endedOrder, clearing, escrow }),
    set: (state, part) => ({ ...state, ...part }),
  }),
  scalar('governance-block', governanceBlockCodec, {
    get: ({ at, incomeOfEpoch }) => ({ at, incomeOfEpoch }),
    set: (state, part) => ({ ...state, ...part }),
  }),
  scalar('governed-config', governedConfigCodec, {
    get: ({ decidedConfig, configInForce, chainParameters, difficulty }) => ({
      decided: decidedConfig,
      inForce: configInForce === decidedConfig ? undefined : configInForce,
      chainParameters,
      difficulty,
    }),
    set: (state, { decided, inForce, chainParameters, difficulty }) => ({
      ...state,
      decidedConfig: decided,
      configInForce: inForce ?? decided,
      chainParameters,
      difficulty,
    }),
  }),
  scalar('treasury', treasuryScalarsCodec, {
    get: ({ treasury: { balance, reserved, year, recorded } }) => ({ balance, reserved, year, recorded }),
    set: (state, part) => ({ ...state, treasury: { ...state.treasury, ...part } }),
  }),
  scalar('electorate', electorateCodec, {
    get: ({ electorate }) => ({
      open: electorate._tag === 'Open',
      total: electorate._tag === 'Open' ? [] : electorate.total,
    }),
    set: (state, { open, total }) => ({
      ...state,
      electorate: open ? { _tag: 'Open' } : { _tag: 'Registered', weights: weightsOf(state), total },
    }),
  }),
];
