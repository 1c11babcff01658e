import { receiptCodec } from '@zhtp/proofs';
import {
  array,
  bytes,
  daoProposalTypeCodec,
  daoVoteChoiceCodec,
  economicImpactCodec,
  EXECUTION_PARAMS_BYTES_MAX,
  hashCodec,
  evidenceCodec,
  identityCodec,
  JUSTIFICATION_BYTES_MAX,
  option,
  privacyLevelCodec,
  PROPOSAL_DESCRIPTION_CHARACTERS_MAX,
  PROPOSAL_TITLE_CHARACTERS_MAX,
  publicKeyCodec,
  refine,
  storageCapacityAttestationCodec,
  SIGNATURE_BYTES_MAX,
  text,
  u32,
  u64,
  u8,
  ubiImpactCodec,
  union,
  type TypeOf,
} from '@zhtp/types';
import { accountKeyCodec } from '../account-key.ts';
import { HOSTED_PAYLOAD_BYTES_MAX } from '../hosted/hosted-application.ts';
import { storageCommitmentCodec } from '../proofs/proof-state.ts';

/** micro-ZHTP, at least 1. */
const amountCodec = refine(u64, 'amount', (amount) =>
  amount === 0n ? 'an amount must be at least 1 micro-ZHTP' : undefined,
);

const UTF8_BYTES_PER_CHARACTER_MAX = 4;

/** Most receipts of one message. */
export const RECEIPTS_MAX = 64;

const receiptsCodec = refine(array(receiptCodec, RECEIPTS_MAX), 'receipts', (receipts) =>
  receipts.length === 0 ? 'at least one receipt is handed in' : undefined,
);

/** What a transaction does. New kinds are appended with the next code. */
export const messageCodec = union('LedgerMessage', {
  /** Moves `amount` from the sender to `recipient`, whose account it opens when there is none. */
  Transfer: [0, { recipient: identityCodec, amount: amountCodec }],
  /** The sender becomes a validator with `stake` of its balance. Storage in bytes, rates in percent. */
  RegisterValidator: [
    1,
    {
      stake: amountCodec,
      storageProvided: u64,
      consensusKey: publicKeyCodec,
      /** By the consensus key, over chain id, sender and key (decisions.md §4). */
      proofOfPossession: bytes(SIGNATURE_BYTES_MAX),
      commissionRate: u8,
      maxRate: u8,
      maxDailyChange: u8,
    },
  ],
  /** More own stake of the sender's validator. */
  AddStake: [2, { amount: amountCodec }],
  /** Less of it; it matures after the unbonding period. */
  RemoveStake: [3, { amount: amountCodec }],
  /** Out of the set from the next epoch boundary; stake stays until it is removed. */
  LeaveSet: [4, {}],
  /** Back from Inactive. */
  RejoinSet: [5, {}],
  /** Out of jail, when the term is over. */
  ReleaseFromJail: [6, {}],
  /** Percent, from the next epoch. */
  ChangeCommission: [7, { rate: u8 }],
  /** Another consensus key from the next epoch boundary. */
  ChangeConsensusKey: [8, { consensusKey: publicKeyCodec, proofOfPossession: bytes(SIGNATURE_BYTES_MAX) }],
  Delegate: [9, { validator: identityCodec, amount: amountCodec }],
  Undelegate: [10, { validator: identityCodec, amount: amountCodec }],
  Redelegate: [11, { source: identityCodec, destination: identityCodec, amount: amountCodec }],
  /** What the sender has earned with a validator; the commission too where the sender is that validator. */
  ClaimRewards: [12, { validator: identityCodec }],
  /** Puts something to the vote; the deposit is the sender's. Texts and times by the rules of `@zhtp/dao`. */
  Propose: [
    20,
    {
      title: text(PROPOSAL_TITLE_CHARACTERS_MAX * UTF8_BYTES_PER_CHARACTER_MAX),
      description: text(PROPOSAL_DESCRIPTION_CHARACTERS_MAX * UTF8_BYTES_PER_CHARACTER_MAX),
      proposalType: daoProposalTypeCodec,
      /** One of the two. */
      votingPeriodDays: option(u32),
      votingPeriodSeconds: option(u64),
      /** Voting starts so long after the block. */
      votingDelaySeconds: u64,
      /** Bincode (economics.md, Governance: Encoding). */
      executionParams: option(bytes(EXECUTION_PARAMS_BYTES_MAX)),
      ubiImpact: option(ubiImpactCodec),
      economicImpact: option(economicImpactCodec),
      privacyLevel: privacyLevelCodec,
    },
  ],
  /** The transaction's signature is the vote's. */
  Vote: [
    21,
    { proposalId: hashCodec, voteChoice: daoVoteChoiceCodec, justification: option(text(JUSTIFICATION_BYTES_MAX)) },
  ],
  /** Takes the sender's own proposal back, at half the deposit. */
  CancelProposal: [22, { proposalId: hashCodec }],
  DepositToTreasury: [23, { amount: amountCodec }],
  /** What the sender's validator holds, in place of what it committed to before; none: nothing any more. */
  CommitStorage: [30, { commitment: option(storageCommitmentCodec) }],
  /** Challenges about it, answered and signed by the consensus key. */
  ProveStorage: [31, { attestation: storageCapacityAttestationCodec }],
  /** Work of the sender's validator in this epoch, confirmed by whom it was done for. All receipts count, or none. */
  SubmitWork: [32, { receipts: receiptsCodec }],
  /** Signed messages that convict a validator; whoever hands them in is not rewarded (economics.md, Faults and penalties). */
  SubmitEvidence: [40, { evidence: evidenceCodec }],
  /** Another key or policy acts for the account from the next transaction on (decisions.md §4). */
  ChangeAccountKey: [41, { key: accountKeyCodec }],
  /** For the application that this chain hosts beside its own rules; what the payload means is that one's affair. */
  CallApplication: [60, { payload: bytes(HOSTED_PAYLOAD_BYTES_MAX) }],
});
export type LedgerMessage = TypeOf<typeof messageCodec>;

/** The messages of one kind, or of some. */
export type LedgerMessageOf<Tag extends LedgerMessage['_tag']> = Extract<LedgerMessage, { readonly _tag: Tag }>;
