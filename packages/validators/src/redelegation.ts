import { identityCodec, u64, validatorError, type IdentityId } from '@zhtp/types';
import { either as E } from 'fp-ts';
import { withRedelegation } from './maturity.ts';
import { mistyped, notPositive } from './refusals.ts';
import { enterPool, leavePool, notDelegable, tooManyEntries } from './staking.ts';
import { backedUntil, findAccount, type StakingResult, type StakingState } from './staking-state.ts';
import { redelegationPair } from './unbonding-entry.ts';

/** A delegation that moves from one validator to another without becoming liquid. */
export interface RedelegationRequest {
  readonly source: IdentityId;
  readonly destination: IdentityId;
  readonly delegator: IdentityId;
  /** micro-ZHTP. */
  readonly amount: bigint;
}

const REQUEST = { source: identityCodec, destination: identityCodec, delegator: identityCodec, amount: u64 } as const;

/**
 * Moves a delegation. It answers for the old validator like an unbonding entry, and cannot move again until matured.
 * Answers what moved: a rest below 1 ZHTP goes with it.
 */
export const redelegate = (state: StakingState, request: RedelegationRequest): StakingResult<bigint> => {
  const refused = mistyped(REQUEST, request) ?? notPositive('amount', request.amount);
  if (refused !== undefined) return E.left(refused);
  const { source, destination, delegator, amount } = request;
  if (source === destination)
    return E.left(validatorError(`validator ${source} is source and destination of one redelegation`));
  const from = findAccount(state, source);
  if (E.isLeft(from)) return from;
  const to = findAccount(state, destination);
  if (E.isLeft(to)) return to;
  const wrong =
    (from.right.validator.status === 'Slashed'
      ? validatorError(`validator ${source} is tombstoned: its stake may only unbond`)
      : undefined) ??
    notDelegable(to.right, delegator, amount) ??
    tooManyEntries(state.redelegations.startingWith(redelegationPair(request)));
  if (wrong !== undefined) return E.left(wrong);
  const out = leavePool(state, from.right, delegator, amount);
  if (E.isLeft(out)) return out;
  const moved = out.right.value;
  const entered = enterPool(out.right.state, to.right, delegator, moved);
  if (E.isLeft(entered)) return entered;
  const until = backedUntil(state);
  const after = entered.right.state;
  const serial = after.nextSerial;
  const open = { source, destination, delegator, initial: moved, backedUntil: until, maturesAt: undefined, serial };
  const next =
    state.now === undefined
      ? after
      : { ...withRedelegation(after, { ...open, shares: entered.right.value }), nextSerial: serial + 1n };
  return E.right({
    state: next,
    events: [
      ...out.right.events,
      ...entered.right.events,
      { _tag: 'Redelegated', source, destination, delegator, amount: moved, backedUntil: until },
    ],
    value: moved,
  });
};
