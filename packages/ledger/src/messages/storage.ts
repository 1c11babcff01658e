import { judgeAttestation, requiredProofs } from '@zhtp/proofs';
import type { IdentityId } from '@zhtp/types';
import { either as E, option as O } from 'fp-ts';
import type { Option } from 'fp-ts/lib/Option.js';
import { noteAttestation } from '../proofs/attested.ts';
import type { StorageCommitment } from '../proofs/proof-state.ts';
import { storageJudgement } from '../proofs/storage-judgement.ts';
import type { WorkingState } from '../working-state.ts';
import { failed, type FailedMessage } from './failed-message.ts';
import type { LedgerMessageOf } from './message.ts';
import type { MessageContext } from './message-context.ts';

type CommitStorage = LedgerMessageOf<'CommitStorage'>;
type ProveStorage = LedgerMessageOf<'ProveStorage'>;

const refused = (sentence: string): Option<FailedMessage> => failed('StorageRefused', sentence);

/** Why somebody proves nothing here: state holds what registered validators have shown, and no conviction is forgotten. */
export const noProver = (working: WorkingState, sender: IdentityId): string | undefined => {
  const account = working.domains().staking.accounts.get(sender);
  if (account === undefined) return `${sender} is no validator: register first`;
  return account.validator.status === 'Slashed' ? `validator ${sender} is tombstoned for good` : undefined;
};

const commit = (
  working: WorkingState,
  { sender, height }: MessageContext,
  commitment: StorageCommitment,
): Option<FailedMessage> => {
  const outsider = noProver(working, sender);
  if (outsider !== undefined) return refused(outsider);
  const { proofs } = working.domains();
  const known = proofs.commitments.get(sender);
  if (known?.root === commitment.root && known.salt === commitment.salt && known.blockBytes === commitment.blockBytes)
    return refused(`validator ${sender} has committed to this since height ${String(known.height)}`);
  working.setDomains({
    proofs: {
      ...proofs,
      commitments: proofs.commitments.with(sender, { ...commitment, height }),
      // It was of other bytes.
      attested: proofs.attested.without(sender),
    },
  });
  working.report([{ _tag: 'StorageCommitted', validator: sender, commitment }]);
  return O.none;
};

const withdraw = (working: WorkingState, { sender }: MessageContext): Option<FailedMessage> => {
  const { proofs, staking, consensus } = working.domains();
  if (!proofs.commitments.has(sender)) return refused(`${sender} has committed no storage`);
  const { consensusType } = consensus.consensus;
  if (staking.active.has(sender) && requiredProofs(consensusType).includes('storageProof'))
    return refused(
      `${consensusType} asks active validators for storage: leave the set first, or commit to other bytes in place of these`,
    );
  working.setDomains({
    proofs: {
      ...proofs,
      commitments: proofs.commitments.without(sender),
      attested: proofs.attested.without(sender),
    },
  });
  working.report([{ _tag: 'StorageWithdrawn', validator: sender }]);
  return O.none;
};

/** Takes the place of what the sender committed to before, or withdraws it. */
export const applyCommitStorage = (
  working: WorkingState,
  context: MessageContext,
  { commitment }: CommitStorage,
): Option<FailedMessage> =>
  O.isNone(commitment) ? withdraw(working, context) : commit(working, context, commitment.value);

/** What an attestation in a proposal shows, between the sender's proposals; judged by the same rules. */
export const applyProveStorage = (
  working: WorkingState,
  { sender, height, algorithm, validity }: MessageContext,
  { attestation }: ProveStorage,
): Option<FailedMessage> => {
  const outsider = noProver(working, sender);
  if (outsider !== undefined) return refused(outsider);
  if (String(attestation.validatorId) !== String(sender))
    return refused(`the attestation is of validator ${attestation.validatorId}: each shows its own`);
  const domains = working.domains();
  // Keys are those of the state before the block, as the signature was judged; one that registers in it waits.
  const { sets, staking } = working.base;
  const judgement = storageJudgement(
    { proofs: domains.proofs, sets, staking },
    { validator: sender, attestation, height },
  );
  if (E.isLeft(judgement)) return refused(judgement.left);
  const challengeHeight = attestation.challengeResults[0]?.challenge.height ?? 0n;
  const known = domains.proofs.attested.get(sender);
  if (known !== undefined && known.challengeHeight >= challengeHeight)
    return refused(
      `validator ${sender} has shown storage by the challenge of height ${String(known.challengeHeight)} already: answer a later one`,
    );
  const { chainId } = domains.governance;
  const verdict = judgeAttestation(attestation, {
    ...judgement.right,
    chainId,
    algorithm,
    height,
    signature: validity,
  });
  if (verdict._tag !== 'Holds') return refused(verdict._tag === 'Fails' ? verdict.reason : verdict.error.message);
  noteAttestation(working, sender, attestation);
  return O.none;
};
