import { formatZhtp } from '@zhtp/types';
import { cancelByProposer, castVote, createProposal, donate, type BlockPosition } from '@zhtp/dao';
import { option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { governancePorts } from '../block/governance-ports.ts';
import { tryGovernance } from '../block/governance-step.ts';
import { balanceOf } from '../block/money.ts';
import type { WorkingState } from '../working-state.ts';
import { failed, refusedAs, type FailedMessage } from './failed-message.ts';
import type { LedgerMessageOf } from './message.ts';
import type { MessageContext } from './message-context.ts';

/** The messages about proposals and the treasury. */
export type GovernanceMessage = LedgerMessageOf<'Propose' | 'Vote' | 'CancelProposal' | 'DepositToTreasury'>;

const positionOf = ({ height, atSeconds }: MessageContext): BlockPosition => ({ height, timeSeconds: atSeconds });

const propose = (
  working: WorkingState,
  context: MessageContext,
  message: LedgerMessageOf<'Propose'>,
): Option<FailedMessage> => {
  // While weights of two units stand beside each other no snapshot is fair.
  if (working.domains().voting.recountFrom !== undefined)
    return failed(
      'GovernanceRefused',
      'votingUnitZhtp has changed and voting weights are being recounted: propose again some blocks later',
    );
  const { title, description, proposalType, votingDelaySeconds, privacyLevel } = message;
  const request = {
    proposer: context.sender,
    title,
    description,
    proposalType,
    votingDelaySeconds,
    privacyLevel,
    ...(O.isSome(message.votingPeriodDays) ? { votingPeriodDays: message.votingPeriodDays.value } : {}),
    ...(O.isSome(message.votingPeriodSeconds) ? { votingPeriodSeconds: message.votingPeriodSeconds.value } : {}),
    ...(O.isSome(message.executionParams) ? { executionParams: message.executionParams.value } : {}),
    ...(O.isSome(message.ubiImpact) ? { ubiImpact: message.ubiImpact.value } : {}),
    ...(O.isSome(message.economicImpact) ? { economicImpact: message.economicImpact.value } : {}),
    at: positionOf(context),
  };
  const ports = governancePorts(working);
  return refusedAs(
    'GovernanceRefused',
    tryGovernance(working, (governance) => createProposal(governance, request, ports)),
  );
};

const vote = (
  working: WorkingState,
  context: MessageContext,
  { proposalId, voteChoice, justification }: LedgerMessageOf<'Vote'>,
): Option<FailedMessage> => {
  const request = {
    voter: context.sender,
    proposalId,
    voteChoice,
    ...(O.isSome(justification) ? { justification: justification.value } : {}),
    at: positionOf(context),
  };
  // The transaction is signed: votes ask for no signature of their own.
  return refusedAs(
    'GovernanceRefused',
    tryGovernance(working, (governance) => castVote(governance, request)),
  );
};

const cancel = (
  working: WorkingState,
  context: MessageContext,
  { proposalId }: LedgerMessageOf<'CancelProposal'>,
): Option<FailedMessage> => {
  const request = { proposalId, proposer: context.sender, at: positionOf(context) };
  return refusedAs(
    'GovernanceRefused',
    tryGovernance(working, (governance) => cancelByProposer(governance, request)),
  );
};

const deposit = (
  working: WorkingState,
  { sender }: MessageContext,
  { amount }: LedgerMessageOf<'DepositToTreasury'>,
): Option<FailedMessage> => {
  const balance = balanceOf(working, sender);
  if (balance < amount)
    return failed(
      'InsufficientBalance',
      `balance is ${formatZhtp(balance)} ZHTP after the fee, the deposit is ${formatZhtp(amount)}`,
    );
  return refusedAs(
    'GovernanceRefused',
    tryGovernance(working, (governance) => donate(governance, amount, sender)),
  );
};

/** Applies a message about proposals or the treasury. */
export const applyGovernance = (
  working: WorkingState,
  context: MessageContext,
  message: GovernanceMessage,
): Option<FailedMessage> => {
  switch (message._tag) {
    case 'Propose':
      return propose(working, context, message);
    case 'Vote':
      return vote(working, context, message);
    case 'CancelProposal':
      return cancel(working, context, message);
    case 'DepositToTreasury':
      return deposit(working, context, message);
  }
};
