import type { Option } from 'fp-ts/lib/Option.js';
import { applyChangeAccountKey } from './messages/account.ts';
import { applyEvidence } from './messages/evidence.ts';
import type { FailedMessage } from './messages/failed-message.ts';
import type { LedgerMessage } from './messages/message.ts';
import type { MessageContext } from './messages/message-context.ts';
import { applyGovernance } from './messages/governance.ts';
import { applyCallApplication } from './messages/hosted.ts';
import { applyStaking } from './messages/staking.ts';
import { applyCommitStorage, applyProveStorage } from './messages/storage.ts';
import { applyTransfer } from './messages/transfer.ts';
import { applySubmitWork } from './messages/work.ts';
import type { WorkingState } from './working-state.ts';

/** Applies one message of an included transaction; a failure leaves it to the caller to undo the ones before. */
export const applyMessage = (
  working: WorkingState,
  context: MessageContext,
  message: LedgerMessage,
): Option<FailedMessage> => {
  switch (message._tag) {
    case 'Transfer':
      return applyTransfer(working, context, message);
    case 'RegisterValidator':
    case 'AddStake':
    case 'RemoveStake':
    case 'LeaveSet':
    case 'RejoinSet':
    case 'ReleaseFromJail':
    case 'ChangeCommission':
    case 'ChangeConsensusKey':
    case 'Delegate':
    case 'Undelegate':
    case 'Redelegate':
    case 'ClaimRewards':
      return applyStaking(working, context, message);
    case 'Propose':
    case 'Vote':
    case 'CancelProposal':
    case 'DepositToTreasury':
      return applyGovernance(working, context, message);
    case 'CommitStorage':
      return applyCommitStorage(working, context, message);
    case 'ProveStorage':
      return applyProveStorage(working, context, message);
    case 'SubmitWork':
      return applySubmitWork(working, context, message);
    case 'SubmitEvidence':
      return applyEvidence(working, context, message);
    case 'ChangeAccountKey':
      return applyChangeAccountKey(working, context, message);
    case 'CallApplication':
      return applyCallApplication(working, context, message);
  }
};
