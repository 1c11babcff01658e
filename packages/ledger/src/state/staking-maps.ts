import { frozenValidatorCodec, identityCodec, type FrozenValidator, type IdentityId } from '@zhtp/types';
import { OrderedMap, type StakingState, type ValidatorAccount } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import { listMap, orderedMap, present, scalar, textKey, type Place, type Scalar } from './map-kinds.ts';
import { namedMap, type NamedMap } from './named-map.ts';
import {
  bondedHistoryCodec,
  convictionCodec,
  delegationCodec,
  redelegationEntryCodec,
  rulesOf,
  stakingRulesCodec,
  stakingScalarsCodec,
  storedRules,
  unbondingEntryCodec,
  validatorEntryCodec,
  type ValidatorEntry,
} from './staking-codec.ts';

type FieldOf<Field extends keyof StakingState> = Place<StakingState, StakingState[Field]>;

const field = <Field extends keyof StakingState>(name: Field): FieldOf<Field> => ({
  get: (state) => state[name],
  set: (state, part) => ({ ...state, [name]: part }),
});

const entryOf = ({ bondedHistory: _history, ...entry }: ValidatorAccount): ValidatorEntry => entry;

const validators = namedMap<StakingState, IdentityId, ValidatorEntry>({
  name: 'validators',
  key: identityCodec,
  value: validatorEntryCodec,
  *entries({ accounts }) {
    for (const [key, account] of accounts) yield [key, entryOf(account)];
  },
  get: ({ accounts }, key) => {
    const account = accounts.get(key);
    return account === undefined ? undefined : entryOf(account);
  },
  *changes(before, after) {
    for (const { key, after: account } of after.accounts.changesSince(before.accounts))
      yield { key, after: account === undefined ? undefined : entryOf(account) };
  },
  load: (state, entries) => {
    const accounts = entries.map(([key, entry]): [typeof key, ValidatorAccount] => [
      key,
      { ...entry, bondedHistory: [] },
    ]);
    return E.right({ ...state, accounts: OrderedMap.of(accounts) });
  },
  apply: (state, changes) => {
    let { accounts } = state;
    for (const [key, entry] of changes)
      accounts =
        entry === undefined
          ? accounts.without(key)
          : accounts.with(key, { ...entry, bondedHistory: accounts.get(key)?.bondedHistory ?? [] });
    return E.right({ ...state, accounts });
  },
});

const bondedHistory = namedMap<StakingState, IdentityId, ValidatorAccount['bondedHistory']>({
  name: 'bonded-history',
  key: identityCodec,
  value: bondedHistoryCodec,
  *entries({ accounts }) {
    for (const [key, account] of accounts) yield [key, account.bondedHistory];
  },
  get: ({ accounts }, key) => accounts.get(key)?.bondedHistory,
  *changes(before, after) {
    for (const change of after.accounts.changesSince(before.accounts))
      if (change.before?.bondedHistory !== change.after?.bondedHistory)
        yield { key: change.key, after: change.after?.bondedHistory };
  },
  load: (state, entries) => {
    const histories = new Map(entries);
    const [stranger] = [...histories.keys()].filter((key) => !state.accounts.has(key));
    if (stranger !== undefined) return E.left(`${stranger} is no validator`);
    const accounts = [...state.accounts].map(([key, account]): [typeof key, ValidatorAccount] => [
      key,
      { ...account, bondedHistory: histories.get(key) ?? [] },
    ]);
    return E.right({ ...state, accounts: OrderedMap.of(accounts) });
  },
  apply: (state, changes) => {
    let { accounts } = state;
    for (const [key, history = []] of changes) {
      const account = accounts.get(key);
      if (account !== undefined) accounts = accounts.with(key, { ...account, bondedHistory: history });
      else if (history.length > 0) return E.left(`${key} is no validator`);
    }
    return E.right({ ...state, accounts });
  },
});

const members = listMap<StakingState, IdentityId, FrozenValidator>('members', identityCodec, frozenValidatorCodec, {
  of: (state) => state.members,
  keyed: (state) => state.members.map((member) => [member.identity, member]),
  set: (state, list) => ({ ...state, members: list }),
});

/** In the order in which they are loaded. */
export const STAKING_MAPS: readonly NamedMap<StakingState>[] = [
  validators,
  bondedHistory,
  orderedMap('active', identityCodec, present, field('active')),
  orderedMap('waiting', identityCodec, present, field('waiting')),
  orderedMap('consensus-keys', textKey, identityCodec, field('keys')),
  orderedMap('delegations', textKey, delegationCodec, field('delegations')),
  orderedMap('unbondings', textKey, unbondingEntryCodec, field('unbondings')),
  orderedMap('redelegations', textKey, redelegationEntryCodec, field('redelegations')),
  orderedMap('maturity-queue', textKey, textKey, field('queue')),
  orderedMap('convictions', identityCodec, convictionCodec, field('convictions')),
  members,
];

export const STAKING_SCALARS: readonly Scalar<StakingState>[] = [
  scalar('staking', stakingScalarsCodec, {
    get: ({ now, epoch, nextSerial, totals }) => ({ now, epoch, nextSerial, totals }),
    set: (state, part) => ({ ...state, ...part }),
  }),
  scalar('staking-rules', stakingRulesCodec, {
    get: ({ rules }) => storedRules(rules),
    set: (state, rules) => ({ ...state, rules: rulesOf(rules, state.rules.verifyPossession) }),
  }),
];
