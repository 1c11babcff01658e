import type { IdentityId, SignatureAlgorithm, Validity } from '@zhtp/types';
import type { HostedApplication } from '../hosted/hosted-application.ts';

/** Where a message stands: in a block, in a transaction of a sender. */
export interface MessageContext {
  readonly sender: IdentityId;
  /** The chain's signature scheme. */
  readonly algorithm: SignatureAlgorithm;
  readonly height: bigint;
  /** Unix seconds of the block. */
  readonly atSeconds: bigint;
  /** Of what the message itself carries, by `messageChecks`; valid where that is no signature. */
  readonly validity: Validity;
  /** The application that this chain hosts, if it hosts one. */
  readonly hosted: HostedApplication | undefined;
}
