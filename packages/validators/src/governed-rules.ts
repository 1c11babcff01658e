import { identityCodec, u64, u8, validatorError, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { changedCommission } from './commission.ts';
import { jailed } from './jail.ts';
import { FRESH_WINDOW } from './liveness-window.ts';
import { mistyped } from './refusals.ts';
import {
  findAccount,
  overflow,
  secondsOf,
  withAccount,
  type StakingResult,
  type StakingState,
} from './staking-state.ts';
import { refusedRules, type StakingRules } from './staking-rules.ts';
import { withStakes } from './validator-account.ts';
import { withActivity, withBasis } from './validator-record.ts';

/** The parameters that governance may change while a chain runs; a new epoch length counts from the next boundary. */
export type GovernedRules = Partial<Omit<StakingRules, 'algorithm' | 'verifyPossession' | 'developmentMode'>>;

/** Other parameters from now on. Validators keep the minimum stake they were admitted under. */
export const withRules = (state: StakingState, change: GovernedRules): StakingResult => {
  const wrong = mistyped({}, change);
  if (wrong !== undefined) return E.left(wrong);
  const { algorithm, developmentMode } = state.rules;
  const rules = { ...state.rules, ...change, algorithm, developmentMode };
  const refused = refusedRules(rules);
  if (refused !== undefined) return E.left(refused);
  let next: StakingState = { ...state, rules };
  if (rules.consensusType !== state.rules.consensusType || rules.minStorage !== state.rules.minStorage)
    for (const account of state.accounts.values()) next = withAccount(next, withStakes(rules, account, {}));
  // Positions and misses of a window of another length mean nothing: counting starts anew, and nobody is at fault by it.
  if (rules.signedBlocksWindow !== state.rules.signedBlocksWindow)
    for (const account of next.accounts.values()) next = withAccount(next, { ...account, liveness: FRESH_WINDOW });
  return E.right({ state: next, events: [], value: undefined });
};

/** Another commission from the next epoch; at once before the first block. */
export const changeCommission = (state: StakingState, identity: IdentityId, rate: number): StakingResult => {
  const wrong = mistyped({ identity: identityCodec, commissionRate: u8 }, { identity, commissionRate: rate });
  if (wrong !== undefined) return E.left(wrong);
  const account = findAccount(state, identity);
  if (E.isLeft(account)) return account;
  const { validator, commission } = account.right;
  const terms = changedCommission(commission, validator.commissionRate, rate, secondsOf(state));
  if (E.isLeft(terms)) return terms;
  const next =
    state.now === undefined
      ? { ...account.right, validator: { ...validator, commissionRate: rate } }
      : { ...account.right, commission: terms.right };
  return E.right({
    state: withAccount(state, next),
    events: state.now === undefined ? [{ _tag: 'CommissionChanged', validator: identity, rate }] : [],
    value: undefined,
  });
};

/** What was proven of a validator's contribution: attested bytes, mean units of work per epoch. */
export interface Contribution {
  readonly storageProvided?: bigint;
  readonly provenWork?: bigint;
}

/** Notes what proofs have shown; power follows with the next set. */
export const noteContribution = (
  state: StakingState,
  identity: IdentityId,
  contribution: Contribution,
): StakingResult => {
  const account = findAccount(state, identity);
  if (E.isLeft(account)) return account;
  const object = mistyped({}, contribution);
  if (object !== undefined) return E.left(object);
  const { validator } = account.right;
  const shown = { storageProvided: validator.storageProvided, provenWork: account.right.provenWork, ...contribution };
  const wrong = mistyped({ storageProvided: u64, provenWork: u64 }, shown);
  if (wrong !== undefined) return E.left(wrong);
  const { storageProvided, provenWork } = shown;
  const next = withAccount(state, {
    ...account.right,
    provenWork,
    validator: withBasis(validator, state.rules, provenWork, { storageProvided }),
  });
  const tooMuch = overflow(next);
  return tooMuch === undefined ? E.right({ state: next, events: [], value: undefined }) : E.left(tooMuch);
};

/** Jails without a slash, as a liveness fault does where its fraction is 0. The later end holds. */
export const jail = (state: StakingState, identity: IdentityId, durationSeconds: bigint): StakingResult => {
  const wrong = mistyped({ identity: identityCodec, durationSeconds: u64 }, { identity, durationSeconds });
  if (wrong !== undefined) return E.left(wrong);
  const account = findAccount(state, identity);
  if (E.isLeft(account)) return account;
  if (account.right.validator.status === 'Slashed')
    return E.left(validatorError(`validator ${identity} is tombstoned for good`));
  const validator = jailed(account.right.validator, durationSeconds, secondsOf(state));
  const until = validator.jailUntil._tag === 'Some' ? validator.jailUntil.value : 0n;
  return E.right({
    state: withAccount(state, { ...account.right, validator }),
    events: [{ _tag: 'ValidatorJailed', validator: identity, until }],
    value: undefined,
  });
};

/** Notes a sign of life at a block time. */
export const noteActivity = (state: StakingState, identity: IdentityId, atSeconds: bigint): StakingResult => {
  const wrong = mistyped({ atSeconds: u64 }, { atSeconds });
  if (wrong !== undefined) return E.left(wrong);
  const account = findAccount(state, identity);
  if (E.isLeft(account)) return account;
  const next = { ...account.right, validator: withActivity(account.right.validator, atSeconds) };
  return E.right({ state: withAccount(state, next), events: [], value: undefined });
};
