import { frozenValidatorCodec, identityCodec, type Codec, type FrozenValidator, type IdentityId } from '@zhtp/types';
import { FRESH_WINDOW, OrderedMap, type StakingState, type ValidatorAccount } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import { entryKeyCodec } from './map-bounds.ts';
import { listMap, orderedMap, present, scalar, type Place, type Scalar } from './map-kinds.ts';
import { memberMap } from './member-map.ts';
import { namedMap, type NamedMap } from './named-map.ts';
import { sharedChanges } from './shared-changes.ts';
import {
  bondedHistoryCodec,
  convictionCodec,
  delegationCodec,
  missedBitsCodec,
  redelegationEntryCodec,
  rulesOf,
  signingRecordCodec,
  stakingRulesCodec,
  stakingScalarsCodec,
  storedRules,
  unbondingEntryCodec,
  validatorEntryCodec,
  type SigningRecord,
  type ValidatorEntry,
} from './staking-codec.ts';

type FieldOf<Field extends keyof StakingState> = Place<StakingState, StakingState[Field]>;

const field = <Field extends keyof StakingState>(name: Field): FieldOf<Field> => ({
  get: (state) => state[name],
  set: (state, part) => ({ ...state, [name]: part }),
});

const entryOf = ({ bondedHistory: _history, liveness: _liveness, ...account }: ValidatorAccount): ValidatorEntry => {
  const { reputation: _reputation, lastActivity: _lastActivity, ...validator } = account.validator;
  return { ...account, validator };
};

/** The entry with what other maps hold of the account. */
const accountWith = (known: ValidatorAccount | undefined, entry: ValidatorEntry): ValidatorAccount => {
  const { reputation = 0, lastActivity = 0n } = known?.validator ?? {};
  const { bondedHistory: history = [], liveness = FRESH_WINDOW } = known ?? {};
  return { ...entry, validator: { ...entry.validator, reputation, lastActivity }, bondedHistory: history, liveness };
};

/** Whether all fields but these are the very same values. */
const sameBeside = <A extends object>(besides: readonly (keyof A)[], a: A, b: A): boolean => {
  for (const field in a) if (a[field] !== b[field] && !besides.includes(field)) return false;
  for (const field in b) if (a[field] !== b[field] && !besides.includes(field)) return false;
  return true;
};

const sameEntry = (a: ValidatorAccount, b: ValidatorAccount): boolean =>
  sameBeside(['validator', 'bondedHistory', 'liveness'], a, b) &&
  sameBeside(['reputation', 'lastActivity'], a.validator, b.validator);

/** What a block changed of the accounts: several maps are made of them, and voting weights. */
export const accountChanges = sharedChanges<StakingState, IdentityId, ValidatorAccount>(({ accounts }) => accounts);

const validators = namedMap<StakingState, IdentityId, ValidatorEntry>({
  name: 'validators',
  key: identityCodec,
  value: validatorEntryCodec,
  parts: [({ accounts }) => accounts],
  *entries({ accounts }) {
    for (const [key, account] of accounts) yield [key, entryOf(account)];
  },
  get: ({ accounts }, key) => {
    const account = accounts.get(key);
    return account === undefined ? undefined : entryOf(account);
  },
  *changes(before, after) {
    for (const { key, before: old, after: account } of accountChanges(before, after))
      if (account === undefined || old === undefined || !sameEntry(old, account))
        yield { key, after: account === undefined ? undefined : entryOf(account) };
  },
  load: (state, entries) => {
    const accounts = entries.map(([key, entry]): [typeof key, ValidatorAccount] => [
      key,
      accountWith(undefined, entry),
    ]);
    return E.right({ ...state, accounts: OrderedMap.of(accounts) });
  },
  apply: (state, changes) => {
    let { accounts } = state;
    for (const [key, entry] of changes)
      accounts =
        entry === undefined ? accounts.without(key) : accounts.with(key, accountWith(accounts.get(key), entry));
    return E.right({ ...state, accounts });
  },
});

/** A part of the accounts as a map of its own, after that of the validators. */
const partOfAccounts = <V>(
  name: string,
  value: Codec<V>,
  part: {
    /** Undefined: no entry. */
    readonly get: (account: ValidatorAccount) => V | undefined;
    readonly set: (account: ValidatorAccount, value: V | undefined) => ValidatorAccount;
  },
): NamedMap<StakingState> =>
  namedMap<StakingState, IdentityId, V>({
    name,
    key: identityCodec,
    value,
    parts: [({ accounts }) => accounts],
    *entries({ accounts }) {
      for (const [key, account] of accounts) {
        const held = part.get(account);
        if (held !== undefined) yield [key, held];
      }
    },
    get: ({ accounts }, key) => {
      const account = accounts.get(key);
      return account === undefined ? undefined : part.get(account);
    },
    *changes(before, after) {
      for (const change of accountChanges(before, after)) {
        const old = change.before === undefined ? undefined : part.get(change.before);
        const now = change.after === undefined ? undefined : part.get(change.after);
        if (old !== now) yield { key: change.key, after: now };
      }
    },
    load: (state, entries) => {
      const held = new Map(entries);
      const [stranger] = [...held.keys()].filter((key) => !state.accounts.has(key));
      if (stranger !== undefined) return E.left(`${stranger} is no validator`);
      const accounts = Array.from(state.accounts, ([key, account]) => [key, part.set(account, held.get(key))] as const);
      return E.right({ ...state, accounts: OrderedMap.of(accounts) });
    },
    apply: (state, changes) => {
      let { accounts } = state;
      for (const [key, held] of changes) {
        const account = accounts.get(key);
        if (account !== undefined) accounts = accounts.with(key, part.set(account, held));
        else if (held !== undefined) return E.left(`${key} is no validator`);
      }
      return E.right({ ...state, accounts });
    },
  });

const bondedHistory = partOfAccounts('bonded-history', bondedHistoryCodec, {
  get: ({ bondedHistory: history }) => history,
  set: (account, history = []) => ({ ...account, bondedHistory: history }),
});

const missedBlocks = partOfAccounts('missed-blocks', missedBitsCodec, {
  get: ({ liveness: { missedBits } }) => (missedBits === 0n ? undefined : missedBits),
  set: (account, missedBits = 0n) => ({ ...account, liveness: { ...account.liveness, missedBits } }),
});

/** Before the missed blocks, which are part of the window too. */
const signingRecords = memberMap<StakingState, ValidatorAccount, SigningRecord>('signing-records', signingRecordCodec, {
  members: (state) => state.members,
  records: (state) => state.accounts,
  changes: accountChanges,
  of: (identity, { validator: { reputation, lastActivity }, liveness: { counted, missed } }) => ({
    identity,
    reputation,
    lastActivity,
    counted,
    missed,
  }),
  same: (a, b) =>
    a.validator.reputation === b.validator.reputation &&
    a.validator.lastActivity === b.validator.lastActivity &&
    a.liveness.counted === b.liveness.counted &&
    a.liveness.missed === b.liveness.missed,
  put: (account, { reputation, lastActivity, counted, missed }) => ({
    ...account,
    validator: { ...account.validator, reputation, lastActivity },
    liveness: { ...account.liveness, counted, missed },
  }),
  withRecords: (state, accounts) => ({ ...state, accounts }),
  rest: 'validators',
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
  signingRecords,
  missedBlocks,
  orderedMap('active', identityCodec, present, field('active')),
  orderedMap('waiting', identityCodec, present, field('waiting')),
  orderedMap('consensus-keys', entryKeyCodec, identityCodec, field('keys')),
  orderedMap('delegations', entryKeyCodec, delegationCodec, field('delegations')),
  orderedMap('unbondings', entryKeyCodec, unbondingEntryCodec, field('unbondings')),
  orderedMap('redelegations', entryKeyCodec, redelegationEntryCodec, field('redelegations')),
  orderedMap('maturity-queue', entryKeyCodec, entryKeyCodec, field('queue')),
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
