import {
  VALIDATORS_IN_PRODUCTION_MIN,
  equalBytes,
  maxBigint,
  type FrozenValidator,
  type IdentityId,
} from '@zhtp/types';
import { FRESH_WINDOW } from './liveness-window.ts';
import { settleSeats, type Seating } from './seats.ts';
import { planSet } from './set-plan.ts';
import { forgotten } from './slash-consequences.ts';
import type { ValidatorEvent } from './staking-event.ts';
import { activeAccounts, withAccount, type BlockPoint, type StakingState } from './staking-state.ts';
import { bondedOf, type BondedCheckpoint, type ValidatorAccount } from './validator-account.ts';

/** A validator as a set freezes it. */
const frozenOf = ({ validator }: ValidatorAccount): FrozenValidator => ({
  identity: validator.identity,
  consensusKey: validator.consensusKey,
  votingPower: validator.votingPower,
});

/** Old checkpoints go when later ones rule for longer than evidence may reach, by height and by time. */
const pruned = (
  history: readonly BondedCheckpoint[],
  { rules }: StakingState,
  { height, atSeconds }: BlockPoint,
): readonly BondedCheckpoint[] => {
  const first = history.findLastIndex(
    (checkpoint) =>
      checkpoint.fromHeight + rules.evidenceBlocks < height &&
      checkpoint.atSeconds + rules.unbondingSeconds < atSeconds,
  );
  return first <= 0 ? history : history.slice(first);
};

/** Checkpoints that are kept of a validator: beyond them the two oldest become one. */
export const BONDED_CHECKPOINTS_MAX = 10_000;

/**
 * Room for one more. Who bonds at each short epoch cannot make its history outgrow its row, and hides nothing by it: of two
 * checkpoints that become one the larger amount counts for both.
 */
const withRoom = (history: readonly BondedCheckpoint[]): readonly BondedCheckpoint[] => {
  const [oldest, second] = history;
  if (history.length < BONDED_CHECKPOINTS_MAX || oldest === undefined || second === undefined) return history;
  const bonded = maxBigint(oldest.bonded, second.bonded);
  return [{ fromHeight: oldest.fromHeight, bonded, atSeconds: second.atSeconds }, ...history.slice(2)];
};

/** What sets from `fromHeight` on count of a validator. */
const remembered = (
  state: StakingState,
  account: ValidatorAccount,
  fromHeight: bigint,
  bonded: bigint,
  now: BlockPoint,
): ValidatorAccount => {
  if ((account.bondedHistory.at(-1)?.bonded ?? 0n) === bonded) return account;
  const kept = withRoom(pruned(account.bondedHistory, state, now));
  return { ...account, bondedHistory: [...kept, { fromHeight, bonded, atSeconds: now.atSeconds }] };
};

/** The members with what they have bonded at this moment, remembered from a height on. */
const withMembers = (
  before: StakingState,
  members: readonly FrozenValidator[],
  fromHeight: bigint,
  now: BlockPoint,
): StakingState => {
  const staying = new Set(members.map(({ identity }) => identity));
  let state: StakingState = { ...before, members };
  for (const { identity } of [...before.members.filter((member) => !staying.has(member.identity)), ...members]) {
    const account = state.accounts.get(identity);
    if (account === undefined) continue;
    const bonded = staying.has(identity) ? bondedOf(account) : 0n;
    const next = remembered(state, account, fromHeight, bonded, now);
    if (next !== account) state = withAccount(state, next);
  }
  return state;
};

/** The set of the first height: everybody active. */
export const firstSet = (state: StakingState, now: BlockPoint): StakingState =>
  withMembers(state, activeAccounts(state).map(frozenOf), now.height, now);

/** What waited for a boundary: commission, keys, forgotten slashes. */
const dueChanges = (before: StakingState, { atSeconds }: BlockPoint): Seating => {
  let state = before;
  const events: ValidatorEvent[] = [];
  for (const account of before.accounts.values()) {
    const { pendingKey, ...rest } = account;
    const { pendingRate, ...commission } = rest.commission;
    const { slashCount, identity } = account.validator;
    const memory = forgotten({ slashCount, countedFrom: account.countedFrom }, atSeconds);
    if (pendingKey === undefined && pendingRate === undefined && memory.slashCount === slashCount) continue;
    const { commissionRate, consensusKey } = account.validator;
    const gone = account.validator.status === 'Slashed';
    state = withAccount(state, {
      ...rest,
      commission,
      countedFrom: memory.countedFrom,
      validator: {
        ...account.validator,
        slashCount: memory.slashCount,
        commissionRate: pendingRate ?? commissionRate,
        consensusKey: gone ? consensusKey : (pendingKey ?? consensusKey),
      },
    });
    if (pendingRate !== undefined) events.push({ _tag: 'CommissionChanged', validator: identity, rate: pendingRate });
    if (pendingKey !== undefined && !gone) events.push({ _tag: 'ConsensusKeyChanged', validator: identity });
  }
  return { state, events };
};

/** Jail and tombstone take members out at once, whatever the churn; never the last one. */
const withoutExcluded = ({ members, accounts }: StakingState): readonly FrozenValidator[] => {
  const excluded = (identity: IdentityId): boolean => {
    const status = accounts.get(identity)?.validator.status;
    return status === 'Jailed' || status === 'Slashed';
  };
  const rest = members.filter(({ identity }) => !excluded(identity));
  return rest.length > 0 || members.length === 0 ? rest : members.slice(-1);
};

const atBoundary = (before: StakingState, now: BlockPoint): Seating => {
  const due = dueChanges(before, now);
  const seats = settleSeats(due.state);
  const { state } = seats;
  const eligible = activeAccounts(state)
    .toSorted((a, b) => (a.seniority < b.seniority ? -1 : 1))
    .map(({ validator }) => validator.identity);
  const members = state.members.map(({ identity }) => identity);
  const { leaving, joining } = planSet({ members, eligible, maxValidators: state.rules.maxValidators });
  const out = new Set(leaving);
  const next = [...members.filter((identity) => !out.has(identity)), ...joining]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((identity) => state.accounts.get(identity) ?? []);
  let joined = state;
  const events: ValidatorEvent[] = [...due.events, ...seats.events];
  for (const identity of joining) {
    const account = joined.accounts.get(identity);
    if (account === undefined) continue;
    joined = withAccount(joined, { ...account, liveness: FRESH_WINDOW });
    events.push({ _tag: 'ValidatorJoin', identity, stake: account.validator.stake });
  }
  return { state: withMembers(joined, next.map(frozenOf), now.height + 2n, now), events };
};

/** By content: a state that was stored and read again decides what one that was kept in memory decides. */
const sameMember = (a: FrozenValidator, b: FrozenValidator): boolean =>
  a.identity === b.identity && a.votingPower === b.votingPower && equalBytes(a.consensusKey, b.consensusKey);

const sameSet = (a: readonly FrozenValidator[], b: readonly FrozenValidator[]): boolean =>
  a.length === b.length &&
  a.every((member, i) => {
    const other = b[i];
    return other !== undefined && sameMember(member, other);
  });

/** What a block decides about the set that acts two heights later; `changed` is false when it stays as it was. */
export interface SetDecision extends Seating {
  readonly changed: boolean;
}

/** Fewer members with the powers they had: between boundaries nobody's power changes. */
const withMembersOnly = (before: StakingState, members: readonly FrozenValidator[], now: BlockPoint): StakingState => {
  const staying = new Set(members.map(({ identity }) => identity));
  let state: StakingState = { ...before, members };
  for (const { identity } of before.members) {
    const account = state.accounts.get(identity);
    if (account !== undefined && !staying.has(identity))
      state = withAccount(state, remembered(state, account, now.height + 2n, 0n, now));
  }
  return state;
};

/** At the end of a block: exclusions at once, everything else at the boundary (economics.md, Sets). */
export const decideSet = (before: StakingState, now: BlockPoint): SetDecision => {
  const kept = withoutExcluded(before);
  const excluded = kept.length === before.members.length ? before : withMembersOnly(before, kept, now);
  const { start, length } = before.epoch;
  const boundary = now.height >= start + length;
  const settled: Seating = boundary ? atBoundary(excluded, now) : { state: excluded, events: [] };
  const { members } = settled.state;
  const fell =
    members.length < before.members.length && members.length < VALIDATORS_IN_PRODUCTION_MIN
      ? [{ _tag: 'SetBelowFour', actsAt: now.height + 2n, validators: members.length } as const]
      : [];
  return {
    state: boundary
      ? { ...settled.state, epoch: { start: now.height, length: before.rules.epochLengthBlocks } }
      : settled.state,
    events: [...settled.events, ...fell],
    changed: !sameSet(before.members, members),
  };
};
