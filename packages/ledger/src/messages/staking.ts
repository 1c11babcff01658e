import { formatZhtp } from '@zhtp/types';
import { withdrawCommission } from '@zhtp/rewards';
import {
  bondStake,
  changeCommission,
  delegate,
  reactivate,
  redelegate,
  register,
  release,
  releaseRefusal,
  remove,
  rotateKey,
  unbondStake,
  undelegate,
  type StakingResult,
  type StakingState,
} from '@zhtp/validators';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { balanceOf, credit, debit } from '../block/money.ts';
import { accrualPool, setAccrualPool, settleDelegation, stakingStep } from '../block/staking-step.ts';
import { expectRight } from '../invariant.ts';
import type { WorkingState } from '../working-state.ts';
import { failed, refusedAs, type FailedMessage } from './failed-message.ts';
import type { LedgerMessageOf } from './message.ts';
import type { MessageContext } from './message-context.ts';

/** The messages that change who validates, and with how much. */
export type StakingMessage = LedgerMessageOf<
  | 'RegisterValidator'
  | 'AddStake'
  | 'RemoveStake'
  | 'LeaveSet'
  | 'RejoinSet'
  | 'ReleaseFromJail'
  | 'ChangeCommission'
  | 'ChangeConsensusKey'
  | 'Delegate'
  | 'Undelegate'
  | 'Redelegate'
  | 'ClaimRewards'
>;

const unaffordable = (working: WorkingState, { sender }: MessageContext, amount: bigint): Option<FailedMessage> => {
  const balance = balanceOf(working, sender);
  return balance >= amount
    ? O.none
    : failed(
        'InsufficientBalance',
        `balance is ${formatZhtp(balance)} ZHTP after the fee, the stake asks for ${formatZhtp(amount)}`,
      );
};

const step = <A>(
  working: WorkingState,
  transition: (staking: StakingState) => StakingResult<A>,
): Option<FailedMessage> => refusedAs('StakingRefused', stakingStep(working, transition));

/** The same, for a transition that takes `amount` out of the sender's balance. */
const bonding = (
  working: WorkingState,
  context: MessageContext,
  amount: bigint,
  transition: (staking: StakingState) => StakingResult,
): Option<FailedMessage> => {
  const poor = unaffordable(working, context, amount);
  return O.isSome(poor) ? poor : step(working, transition);
};

const notPossessed = ({ validity, sender }: MessageContext): Option<FailedMessage> =>
  validity === 'valid'
    ? O.none
    : failed('BadProof', `proofOfPossession of validator ${sender} is not by its consensus key`);

const registerValidator = (
  working: WorkingState,
  context: MessageContext,
  { _tag, proofOfPossession: _proof, ...candidate }: LedgerMessageOf<'RegisterValidator'>,
): Option<FailedMessage> => {
  const { sender, atSeconds } = context;
  const refused = notPossessed(context);
  if (O.isSome(refused)) return refused;
  const own = { ...candidate, consensusKey: candidate.consensusKey.slice(), identity: sender, atSeconds };
  const registered = bonding(working, context, candidate.stake, (staking) => register(staking, own));
  // Registration says nothing of the amount in its events: it takes the stake here.
  if (O.isNone(registered)) debit(working, sender, candidate.stake);
  return registered;
};

const changeKey = (
  working: WorkingState,
  context: MessageContext,
  { consensusKey }: LedgerMessageOf<'ChangeConsensusKey'>,
): Option<FailedMessage> => {
  const refused = notPossessed(context);
  if (O.isSome(refused)) return refused;
  const rotation = { identity: context.sender, consensusKey: consensusKey.slice() };
  return step(working, (staking) => rotateKey(staking, rotation));
};

const releaseFromJail = (working: WorkingState, { sender }: MessageContext): Option<FailedMessage> => {
  const refused = releaseRefusal(working.domains().staking, sender);
  return refused === undefined
    ? step(working, (staking) => release(staking, sender))
    : failed('StakingRefused', refused.message);
};

const claim = (
  working: WorkingState,
  { sender }: MessageContext,
  { validator }: LedgerMessageOf<'ClaimRewards'>,
): Option<FailedMessage> => {
  let paid = settleDelegation(working, validator, sender);
  if (validator === sender) {
    const pool = accrualPool(working.domains().accrual, sender);
    const commission = expectRight(withdrawCommission(pool), `the commission of ${sender}`);
    setAccrualPool(working, sender, commission.pool);
    credit(working, sender, commission.paid);
    paid += commission.paid;
  }
  if (paid === 0n)
    return failed('NothingToClaim', `${sender} has earned nothing with validator ${validator} since the last claim`);
  working.report([{ _tag: 'RewardsClaimed', delegator: sender, validator, amount: paid }]);
  return O.none;
};

/** Applies a message about stake. */
export const applyStaking = (
  working: WorkingState,
  context: MessageContext,
  message: StakingMessage,
): Option<FailedMessage> => {
  const { sender } = context;
  switch (message._tag) {
    case 'RegisterValidator':
      return registerValidator(working, context, message);
    case 'AddStake':
      return bonding(working, context, message.amount, (staking) => bondStake(staking, sender, message.amount));
    case 'RemoveStake':
      return step(working, (staking) => unbondStake(staking, sender, message.amount));
    case 'LeaveSet':
      return step(working, (staking) => remove(staking, sender));
    case 'RejoinSet':
      return step(working, (staking) => reactivate(staking, sender));
    case 'ReleaseFromJail':
      return releaseFromJail(working, context);
    case 'ChangeCommission':
      return step(working, (staking) => changeCommission(staking, sender, message.rate));
    case 'ChangeConsensusKey':
      return changeKey(working, context, message);
    case 'Delegate':
      return bonding(working, context, message.amount, (staking) =>
        delegate(staking, { ...message, delegator: sender }),
      );
    case 'Undelegate':
      return step(working, (staking) => undelegate(staking, { ...message, delegator: sender }));
    case 'Redelegate':
      return step(working, (staking) => redelegate(staking, { ...message, delegator: sender }));
    case 'ClaimRewards':
      return claim(working, context, message);
  }
};
