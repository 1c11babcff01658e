import type { IdentityId, Validity } from '@zhtp/types';

/** Where a message stands: in a block, in a transaction of a sender. */
export interface MessageContext {
  readonly sender: IdentityId;
  readonly height: bigint;
  /** Unix seconds of the block. */
  readonly atSeconds: bigint;
  /** Of the signature that the message itself carries, by `messageCheck`; valid where it carries none. */
  readonly validity: Validity;
}
