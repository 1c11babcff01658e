import { attestationCheck, receiptCheck, type Receipt } from '@zhtp/proofs';
import { evidenceChecks, evidenceHeight, possessionCheck } from '@zhtp/chain';
import type { Evidence, IdentityId, SignatureCheck, StorageCapacityAttestation } from '@zhtp/types';
import { makeValidatorSet } from '@zhtp/validators';
import { either as E } from 'fp-ts';
import type { ChainContext } from '../chain-context.ts';
import type { JudgingKeys } from './judging-keys.ts';
import type { LedgerMessage } from './message.ts';

const checksOfEvidence = (
  chain: ChainContext,
  { setAt }: JudgingKeys,
  evidence: Evidence,
): readonly SignatureCheck[] | undefined => {
  const set = makeValidatorSet(setAt(evidenceHeight(evidence)));
  if (E.isLeft(set)) return undefined;
  const checks = evidenceChecks(chain, set.right, evidence);
  return E.isRight(checks) ? checks.right : undefined;
};

const checksOfAttestation = (
  { chainId, algorithm }: ChainContext,
  { consensusKey }: JudgingKeys,
  attestation: StorageCapacityAttestation,
  sender: IdentityId,
): readonly SignatureCheck[] | undefined => {
  const key = consensusKey(sender);
  const check = key === undefined ? undefined : attestationCheck({ chainId, algorithm, key }, attestation);
  return check === undefined || E.isLeft(check) ? undefined : [check.right];
};

const checksOfReceipts = (
  { chainId, algorithm }: ChainContext,
  { accountKey }: JudgingKeys,
  receipts: readonly Receipt[],
): readonly SignatureCheck[] | undefined => {
  const checks: SignatureCheck[] = [];
  for (const receipt of receipts) {
    const publicKey = accountKey(receipt.client);
    const check = publicKey === undefined ? undefined : receiptCheck({ chainId, algorithm, publicKey }, receipt);
    if (check === undefined || E.isLeft(check)) return undefined;
    checks.push(check.right);
  }
  return checks;
};

/**
 * The checks of the signatures inside a message, beside the transaction's own: all must hold. Undefined where the message
 * cannot hold whatever the signatures are.
 */
export const messageChecks = (
  chain: ChainContext,
  keys: JudgingKeys,
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
      return checksOfEvidence(chain, keys, message.evidence);
    case 'ProveStorage':
      return checksOfAttestation(chain, keys, message.attestation, sender);
    case 'SubmitWork':
      return checksOfReceipts(chain, keys, message.receipts);
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
    case 'CommitStorage':
    case 'ChangeAccountKey':
    case 'CallApplication':
      return [];
  }
};
