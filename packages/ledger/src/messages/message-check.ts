import { possessionCheck } from '@zhtp/chain';
import type { IdentityId, SignatureCheck } from '@zhtp/types';
import type { ChainContext } from '../chain-context.ts';
import type { LedgerMessage } from './message.ts';

/** The check of a signature inside a message, beside the transaction's own; undefined where it carries none. */
export const messageCheck = (
  { algorithm, chainId }: ChainContext,
  sender: IdentityId,
  message: LedgerMessage,
): SignatureCheck | undefined => {
  switch (message._tag) {
    case 'RegisterValidator':
    case 'ChangeConsensusKey':
      return possessionCheck(algorithm, chainId, sender, message.consensusKey, message.proofOfPossession);
    case 'Transfer':
    case 'AddStake':
    case 'RemoveStake':
    case 'LeaveSet':
    case 'RejoinSet':
    case 'ReleaseFromJail':
    case 'ChangeCommission':
    case 'Delegate':
    case 'Undelegate':
    case 'Redelegate':
    case 'ClaimRewards':
    case 'Propose':
    case 'Vote':
    case 'CancelProposal':
    case 'DepositToTreasury':
    case 'ChangeAccountKey':
      return undefined;
  }
};
