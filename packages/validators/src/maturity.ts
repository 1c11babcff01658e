import { delegationKey, type BlockPoint, type StakingState, type Transition } from './staking-state.ts';
import type { ValidatorEvent } from './staking-event.ts';
import {
  redelegationKey,
  sortable,
  unbondingKey,
  type RedelegationEntry,
  type UnbondingEntry,
} from './unbonding-entry.ts';

/**
 * Open entries by what they wait for: `H…` for the block with the last set that counts them, from whose time they mature;
 * `T…` for that moment. So a block touches only entries whose turn it is.
 */
interface Awaiting {
  readonly backedUntil: bigint;
  readonly maturesAt: bigint | undefined;
  readonly serial: bigint;
}

const queueKey = (kind: 'U' | 'R', { backedUntil, maturesAt, serial }: Awaiting): string =>
  maturesAt === undefined
    ? `H${sortable(backedUntil)}/${kind}${sortable(serial)}`
    : `T${sortable(maturesAt)}/${kind}${sortable(serial)}`;

/** Puts an unbonding entry in its place and in the queue; one that nothing is left of goes. */
export const withUnbonding = (state: StakingState, entry: UnbondingEntry): StakingState => {
  const key = unbondingKey(entry);
  const before = state.unbondings.get(key);
  const queue = before === undefined ? state.queue : state.queue.without(queueKey('U', before));
  const gone = entry.left === 0n;
  return {
    ...state,
    unbondings: gone ? state.unbondings.without(key) : state.unbondings.with(key, entry),
    queue: gone ? queue : queue.with(queueKey('U', entry), key),
    totals: { ...state.totals, unbonding: state.totals.unbonding - (before?.left ?? 0n) + entry.left },
  };
};

/** Puts a redelegation in its place and in the queue; the shares it locks at its destination follow. */
export const withRedelegation = (state: StakingState, entry: RedelegationEntry): StakingState => {
  const key = redelegationKey(entry);
  const before = state.redelegations.get(key);
  const queue = before === undefined ? state.queue : state.queue.without(queueKey('R', before));
  const gone = entry.shares === 0n;
  const held = delegationKey(entry.destination, entry.delegator);
  const delegation = state.delegations.get(held);
  return {
    ...state,
    redelegations: gone ? state.redelegations.without(key) : state.redelegations.with(key, entry),
    queue: gone ? queue : queue.with(queueKey('R', entry), key),
    delegations:
      delegation === undefined
        ? state.delegations
        : state.delegations.with(held, {
            ...delegation,
            locked: delegation.locked - (before?.shares ?? 0n) + entry.shares,
          }),
  };
};

/** The same entry, maturing then. */
const maturing = (state: StakingState, place: string, key: string, maturesAt: bigint): StakingState => {
  const unbonding = state.unbondings.get(key);
  if (place.includes('/U') && unbonding !== undefined) return withUnbonding(state, { ...unbonding, maturesAt });
  const redelegation = state.redelegations.get(key);
  return redelegation === undefined ? state : withRedelegation(state, { ...redelegation, maturesAt });
};

/** At least locked until then: stake of a convict stays one unbonding period from conviction (economics.md, Correlation). */
export const lockedUntil = <Entry extends Awaiting>(entry: Entry, seconds: bigint): Entry =>
  entry.maturesAt === undefined || entry.maturesAt >= seconds ? entry : { ...entry, maturesAt: seconds };

const due = (state: StakingState, letter: 'H' | 'T', limit: bigint): readonly (readonly [string, string])[] => {
  const found: (readonly [string, string])[] = [];
  const last = `${letter}${sortable(limit)}~`;
  for (const entry of state.queue.startingWith(letter)) {
    if (entry[0] > last) break;
    found.push(entry);
  }
  return found;
};

/** At a new block: what was last counted there starts its unbonding period, what has matured is liquid or free. */
export const matured = (state: StakingState, { height, atSeconds }: BlockPoint): Transition => {
  let next = state;
  for (const [place, key] of due(next, 'H', height))
    next = maturing(next, place, key, atSeconds + state.rules.unbondingSeconds);
  const events: ValidatorEvent[] = [];
  for (const [place, key] of due(next, 'T', atSeconds)) {
    const unbonding = place.includes('/U') ? next.unbondings.get(key) : undefined;
    if (unbonding !== undefined) {
      const { validator, delegator, left } = unbonding;
      next = withUnbonding(next, { ...unbonding, left: 0n });
      events.push({ _tag: 'UnbondingCompleted', validator, delegator, amount: left });
      continue;
    }
    const redelegation = next.redelegations.get(key);
    if (redelegation !== undefined) next = withRedelegation(next, { ...redelegation, shares: 0n });
  }
  return { state: next, events, value: undefined };
};
