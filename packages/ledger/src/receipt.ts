import { encode, hashCodec, literals, option, struct, u64, u8, type Codec, type Hash, type TypeOf } from '@zhtp/types';
import type { Option } from 'fp-ts/lib/Option.js';
import { merkleRoot } from '@zhtp/crypto';

/** Why a message of an included transaction failed. Appended to, never renumbered: the codes are part of the results hash. */
export const messageFailureCodec = literals('MessageFailure', {
  /** The sender holds less than the amount and, for a new recipient, the new-account fee. */
  InsufficientBalance: 1,
  /** A rule of staking forbids it. */
  StakingRefused: 2,
  /** A signature inside the message is not what it should be. */
  BadProof: 3,
  /** No rewards since the last claim. */
  NothingToClaim: 4,
  /** A rule of governance forbids it. */
  GovernanceRefused: 20,
  /** No commitment, no challenge of this epoch after it, or an answer that does not hold. */
  StorageRefused: 30,
  /** A receipt is of another epoch, used already, not its client's, or more than counts. */
  WorkRefused: 31,
  /** It convicts nobody: not proven, too old, too early, or judged already. */
  EvidenceRefused: 40,
  /** A new account key is no key of the scheme and no policy, or the one that the account has. */
  KeyRefused: 41,
  /** The hosted application refused the call, or there is none. */
  ApplicationRefused: 60,
});
export type MessageFailure = TypeOf<typeof messageFailureCodec>;

const receiptFailureCodec = struct('ReceiptFailure', { message: u8, reason: messageFailureCodec });
/** The first message that could not be applied, by its index. */
export type ReceiptFailure = TypeOf<typeof receiptFailureCodec>;

// Written out: an inferred Option would be declared under a module name that no importer can resolve.
const failureCodec: Codec<Option<ReceiptFailure>> = option(receiptFailureCodec);

/**
 * What became of an included transaction. Holds codes, no prose: a reworded sentence must not change the results hash.
 * A failed one did nothing but use its nonce and pay its fee.
 */
export const receiptCodec = struct('Receipt', {
  transaction: hashCodec,
  /** micro-ZHTP paid. */
  fee: u64,
  /** None when all messages were applied; otherwise the first that could not be. */
  failure: failureCodec,
});
export type Receipt = TypeOf<typeof receiptCodec>;

const encodeReceipt = encode(receiptCodec);

const NO_RESULTS: Hash = /* @__PURE__ */ merkleRoot([]);

/** Merkle root (RFC 6962 style) of a block's receipts in order; goes into the next header. */
export const resultsHashOf = (receipts: readonly Receipt[]): Hash =>
  receipts.length === 0 ? NO_RESULTS : merkleRoot(receipts.map((receipt) => encodeReceipt(receipt)));
