import {
  daoError,
  found,
  identityCodec,
  U64_MAX,
  u64,
  type ConsensusError,
  type ConsensusResult,
  type IdentityId,
} from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import { pipe } from 'fp-ts/lib/function.js';
import { account, fundsMoved, TREASURY, type GovernanceEvent } from './governance-event.ts';
import type { GovernanceResult, GovernanceState } from './governance-state.ts';
import { mistyped } from './refusals.ts';
import { credited, type Treasury } from './treasury.ts';
import { recordedIn } from './treasury-records.ts';

const invalidAmount = (state: GovernanceState, amount: bigint): ConsensusError | undefined => {
  if (!u64.json.is(amount) || amount === 0n)
    return daoError(`amount is ${found(amount)}, it must be from 1 to 2^64 - 1 micro-ZHTP`);
  return state.treasury.balance + state.escrow + amount > U64_MAX
    ? daoError('deposits and treasury would exceed 64 bits', amount)
    : undefined;
};

const creditedIn = (state: GovernanceState, amount: bigint): ConsensusResult<Treasury> => {
  const wrong = invalidAmount(state, amount);
  return wrong === undefined ? credited(state.treasury, amount) : E.left(wrong);
};

/** Someone gives to the treasury; one record each. */
export const donate = (state: GovernanceState, amount: bigint, source: IdentityId): GovernanceResult<void> => {
  const stranger = mistyped('source', identityCodec, source);
  if (stranger !== undefined) return E.left(stranger);
  return pipe(
    creditedIn(state, amount),
    E.map((treasury) => {
      const fields = { kind: 'Deposit', amount, source: O.some(source), description: 'donation' } as const;
      const [recorded, event] = recordedIn(state, treasury, fields);
      return { state: recorded, events: [...fundsMoved(account(source), TREASURY, amount), event], result: undefined };
    }),
  );
};

/** Money comes back within an epoch: before the sum outgrows a record, what there is of it is recorded. */
const withRoomFor = (
  state: GovernanceState,
  amount: bigint,
): readonly [GovernanceState, readonly GovernanceEvent[]] => {
  if (state.incomeOfEpoch + amount <= U64_MAX) return [state, []];
  const fields = { kind: 'Deposit', amount: state.incomeOfEpoch, description: 'block income of an epoch' } as const;
  const [recorded, event] = recordedIn(state, state.treasury, fields);
  return [{ ...recorded, incomeOfEpoch: 0n }, [event]];
};

/** What a block brings in (fees, shares of absent validators): in the balance at once, in the history once per epoch. */
export const receiveBlockIncome = (state: GovernanceState, amount: bigint): GovernanceResult<void> => {
  const wrong = invalidAmount(state, amount);
  if (wrong !== undefined) return E.left(wrong);
  const [ready, events] = withRoomFor(state, amount);
  return E.map((treasury: Treasury) => ({
    state: { ...ready, treasury, incomeOfEpoch: ready.incomeOfEpoch + amount },
    events,
    result: undefined,
  }))(credited(ready.treasury, amount));
};
