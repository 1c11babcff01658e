import { evidenceChecks, evidenceHeight, possessionCheck } from '@zhtp/chain';
import type { Evidence, FrozenValidator, IdentityId, SignatureCheck } from '@zhtp/types';
import { makeValidatorSet } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import type { ChainContext } from '../chain-context.ts';
import type { LedgerMessage } from './message.ts';

/** The frozen set of a height in the state before the block; empty where it is not known. */
export type SetAt = (height: bigint) => readonly FrozenValidator[];

const checksOfEvidence = (
  chain: ChainContext,
  setAt: SetAt,
  evidence: Evidence,
): readonly SignatureCheck[] | undefined => {
  const set = makeValidatorSet(setAt(evidenceHeight(evidence)));
  if (E.isLeft(set)) return undefined;
  const checks = evidenceChecks(chain, set.right, evidence);
  return E.isRight(checks) ? checks.right : undefined;
};

/**
 * The checks of the signatures inside a message, beside the transaction's own: all must hold. Undefined where the message
 * cannot hold whatever the signatures are.
 */
export const messageChecks = (
  chain: ChainContext,
  setAt: SetAt,
  sender: IdentityId,
  message: LedgerMessage,
): readonly SignatureCheck[] | undefined => {
  switch (message._tag) {
    case 'RegisterValidator':
    case 'ChangeConsensusKey': {
      const { consensusKey, proofOfPossession } = message;
      return [possessionCheck(chain.algorithm, chain.chainId, sender, consensusKey, proofOfPossession)];
    }
    case 'SubmitEvidence':
      return checksOfEvidence(chain, setAt, message.evidence);
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
    case 'CallApplication':
      return [];
  }
};
