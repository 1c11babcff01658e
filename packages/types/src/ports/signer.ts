import type { Option } from 'fp-ts/lib/Option.js';
import type { Hash, IdentityId } from '../brand.ts';
import type { SignatureAlgorithm } from '../signature.ts';
import type { Answer } from './answer.ts';

/** What the signer is asked to sign. `message` are the canonical sign bytes; the other fields are what its rules look at. */
export type SignContent =
  | {
      readonly _tag: 'Proposal';
      readonly height: bigint;
      readonly round: number;
      readonly proposalId: Hash;
      readonly message: Uint8Array;
    }
  | {
      readonly _tag: 'PreVote';
      readonly height: bigint;
      readonly round: number;
      /** The block voted for; none for nil and for Against. */
      readonly proposalId: Option<Hash>;
      readonly polRound: Option<number>;
      readonly message: Uint8Array;
    }
  | {
      readonly _tag: 'PreCommit';
      readonly height: bigint;
      readonly round: number;
      readonly proposalId: Option<Hash>;
      readonly message: Uint8Array;
    }
  /** Has a mark of its own, by height. */
  | { readonly _tag: 'Attestation'; readonly height: bigint; readonly message: Uint8Array }
  /** No slot: heartbeats and extensions cannot contradict a vote. */
  | { readonly _tag: 'Heartbeat'; readonly message: Uint8Array }
  | { readonly _tag: 'Extension'; readonly message: Uint8Array };

/** With the key that the frozen set of its height names for the validator: a rotated key acts with such a set (protocol.md, Blocks). */
export type SignRequest = SignContent & { readonly publicKey: Uint8Array };

/** `Refused` is no fault: the node stays silent in that slot. `Failed` is: the signer's state could not be made durable. */
export type SignerError =
  { readonly _tag: 'Refused'; readonly reason: string } | { readonly _tag: 'Failed'; readonly message: string };

/**
 * Holds the consensus keys of one validator and remembers what it signed with any of them, durably, before it answers
 * (protocol.md, Durability). A request for a key that it does not hold is refused.
 */
export interface Signer {
  readonly identity: IdentityId;
  readonly algorithm: SignatureAlgorithm;
  /** Requests are answered in the order they were made. */
  sign(request: SignRequest, done: Answer<SignerError, Uint8Array>): void;
}
