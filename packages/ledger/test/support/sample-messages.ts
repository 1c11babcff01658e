import type { IdentityId } from '@zhtp/types';
import { option as O } from 'fp-ts';
import {
  changeConsensusKey,
  commitToStorage,
  registerValidator,
  submitWork,
  type LedgerMessage,
  type LedgerMessageOf,
} from '@zhtp/ledger';
import { unsignedDoubleSign } from './double-sign.ts';
import { carol, CHAIN_ID, hashOf, identityOfPair } from './chain.ts';
import { personOf } from './executor.ts';
import { unsignedAttestation, unsignedReceipt } from './proofs.ts';

type Samples = { readonly [Tag in LedgerMessage['_tag']]: LedgerMessageOf<Tag> };

const [validator, other]: readonly [IdentityId, IdentityId] = [personOf(7), personOf(8)];
const holder = { chainId: CHAIN_ID, identity: identityOfPair(carol), consensusKey: carol };

/** A well-formed message of each kind: a new kind does not compile without one. */
export const SAMPLES: Samples = {
  Transfer: { _tag: 'Transfer', recipient: validator, amount: 5n },
  RegisterValidator: registerValidator({ ...holder, stake: 1_000n, commissionRate: 10 }, { deterministic: true }),
  AddStake: { _tag: 'AddStake', amount: 1n },
  RemoveStake: { _tag: 'RemoveStake', amount: 1n },
  LeaveSet: { _tag: 'LeaveSet' },
  RejoinSet: { _tag: 'RejoinSet' },
  ReleaseFromJail: { _tag: 'ReleaseFromJail' },
  ChangeCommission: { _tag: 'ChangeCommission', rate: 5 },
  ChangeConsensusKey: changeConsensusKey(holder, { deterministic: true }),
  Delegate: { _tag: 'Delegate', validator, amount: 1n },
  Undelegate: { _tag: 'Undelegate', validator, amount: 1n },
  Redelegate: { _tag: 'Redelegate', source: validator, destination: other, amount: 1n },
  ClaimRewards: { _tag: 'ClaimRewards', validator },
  CommitStorage: commitToStorage({ root: hashOf(1), salt: hashOf(2), blockBytes: 1_024 }),
  ProveStorage: { _tag: 'ProveStorage', attestation: unsignedAttestation(validator) },
  SubmitWork: submitWork([unsignedReceipt({ prover: validator, client: other })]),
  SubmitEvidence: { _tag: 'SubmitEvidence', evidence: unsignedDoubleSign({ voter: validator, height: 3n }) },
  ChangeAccountKey: { _tag: 'ChangeAccountKey', key: carol.publicKey },
  CallApplication: { _tag: 'CallApplication', payload: Uint8Array.of(1, 2) },
  Propose: {
    _tag: 'Propose',
    title: 'Shorter blocks',
    description: 'Because we can',
    proposalType: 'ProtocolUpgrade',
    votingPeriodDays: O.some(14),
    votingPeriodSeconds: O.none,
    votingDelaySeconds: 0n,
    executionParams: O.some(Uint8Array.of(2, 0, 0, 0)),
    ubiImpact: O.some({ beneficiaries: 1n, monthlyAmountPerBeneficiary: 2n }),
    economicImpact: O.none,
    privacyLevel: 'Public',
  },
  Vote: {
    _tag: 'Vote',
    proposalId: hashOf(3),
    voteChoice: { _tag: 'Delegate', identity: other },
    justification: O.some('knows more'),
  },
  CancelProposal: { _tag: 'CancelProposal', proposalId: hashOf(3) },
  DepositToTreasury: { _tag: 'DepositToTreasury', amount: 1n },
};

export const SAMPLE_MESSAGES: readonly LedgerMessage[] = Object.values(SAMPLES);
