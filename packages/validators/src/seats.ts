import {
  VALIDATORS_IN_PRODUCTION_MIN,
  validatorError,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
} from '@zhtp/types';
import { either as E } from 'fp-ts';
import { released, termIsOver } from './jail.ts';
import type { ValidatorEvent } from './staking-event.ts';
import { activeAccounts, secondsOf, withAccount, type StakingState } from './staking-state.ts';
import type { ValidatorAccount } from './validator-account.ts';

/**
 * Leaving voluntarily below four is refused outside development mode (economics.md, Validators). Before the first block
 * there is no chain to endanger: only a set of four or more is kept from falling below.
 */
export const leavingRefusal = ({ rules, now, active }: StakingState): ConsensusError | undefined => {
  const endangers = now !== undefined || active.size >= VALIDATORS_IN_PRODUCTION_MIN;
  return rules.developmentMode || active.size > VALIDATORS_IN_PRODUCTION_MIN || !endangers
    ? undefined
    : validatorError(
        `${String(active.size)} validators are active and none may leave: ${String(VALIDATORS_IN_PRODUCTION_MIN)} are needed outside development mode`,
        active.size,
      );
};

/** Whether `a` keeps its seat before `b`: more own stake, among equals the older. */
export const outranks = (a: ValidatorAccount, b: ValidatorAccount): boolean =>
  a.validator.stake !== b.validator.stake ? a.validator.stake > b.validator.stake : a.seniority < b.seniority;

const weakestOf = (accounts: readonly ValidatorAccount[]): ValidatorAccount | undefined =>
  accounts.reduce<ValidatorAccount | undefined>(
    (weakest, account) => (weakest === undefined || outranks(weakest, account) ? account : weakest),
    undefined,
  );

const waitingAccounts = ({ waiting, accounts }: StakingState): readonly ValidatorAccount[] =>
  [...waiting.entries()].flatMap(([identity]) => accounts.get(identity) ?? []);

const seated = (account: ValidatorAccount): ValidatorAccount => ({
  ...account,
  validator: released(account.validator),
});

const displace = (
  state: StakingState,
  weakest: ValidatorAccount,
  by: IdentityId,
): { readonly state: StakingState; readonly event: ValidatorEvent } => ({
  state: withAccount(state, { ...weakest, validator: { ...weakest.validator, status: 'Inactive' } }),
  event: { _tag: 'ValidatorDisplaced', validator: weakest.validator.identity, by },
});

/** A state with a validator that may take part now or is in line for the next boundary. */
export interface Seating {
  readonly state: StakingState;
  readonly events: readonly ValidatorEvent[];
}

/**
 * A validator that fulfils everything else asks for a seat: free seats are taken at once; in a full set it must have more
 * own stake than the weakest, which it displaces at the boundary (before the first block: now).
 */
export const takeSeat = (state: StakingState, account: ValidatorAccount): ConsensusResult<Seating> => {
  const { maxValidators } = state.rules;
  const line = waitingAccounts(state).filter(({ validator }) => validator.identity !== account.validator.identity);
  if (state.active.size + line.length < maxValidators)
    return E.right({ state: withAccount(state, seated(account)), events: [] });
  const contenders = [...activeAccounts(state), ...line];
  const above = contenders.filter(({ validator }) => validator.stake >= account.validator.stake).length;
  const weakest = weakestOf(activeAccounts(state));
  if (above >= maxValidators || weakest === undefined)
    return E.left(
      validatorError(
        `Maximum validator limit of ${String(maxValidators)} is reached; more own stake than the weakest active validator would displace it`,
        maxValidators,
      ),
    );
  const { identity } = account.validator;
  if (state.now === undefined) {
    const { state: room, event } = displace(state, weakest, identity);
    return E.right({ state: withAccount(room, seated(account)), events: [event] });
  }
  const validator =
    account.validator.status === 'Active' ? { ...account.validator, status: 'Inactive' as const } : account.validator;
  const next = withAccount(state, { ...account, validator });
  return E.right({ state: { ...next, waiting: next.waiting.with(identity, true) }, events: [] });
};

/**
 * At the boundary: whoever waits takes a free seat or that of a weaker validator, the strongest first; others wait on.
 * Sorts once: who is seated here is no weaker than who comes after it, so that nobody seated here loses the seat again.
 */
export const settleSeats = (before: StakingState): Seating => {
  let state = before;
  const events: ValidatorEvent[] = [];
  const { maxValidators } = before.rules;
  const weakestFirst = activeAccounts(before).toSorted((a, b) => (outranks(a, b) ? 1 : -1));
  let displaced = 0;
  const evict = (weakest: ValidatorAccount, by: IdentityId): void => {
    const left = displace(state, weakest, by);
    state = left.state;
    events.push(left.event);
    displaced += 1;
  };
  // The parameter may have been lowered: the weakest go, and nobody took their seats.
  for (const weakest of weakestFirst.slice(0, Math.max(0, weakestFirst.length - maxValidators)))
    evict(weakest, weakest.validator.identity);
  const line = waitingAccounts(state).toSorted((a, b) => (outranks(a, b) ? -1 : 1));
  for (const account of line) {
    const { identity, stake } = account.validator;
    if (stake < account.minStake) {
      state = { ...state, waiting: state.waiting.without(identity) };
      continue;
    }
    if (!termIsOver(account.validator, secondsOf(state))) continue;
    if (state.active.size >= maxValidators) {
      const weakest = weakestFirst[displaced];
      if (weakest === undefined || stake <= weakest.validator.stake) break;
      evict(weakest, identity);
    }
    state = withAccount(state, seated(account));
    events.push({ _tag: 'ValidatorReactivated', validator: identity });
  }
  return { state, events };
};
