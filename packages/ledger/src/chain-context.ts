import type { Hash, SignatureAlgorithm } from '@zhtp/types';
import type { HostedApplication } from './hosted/hosted-application.ts';

/** What is the same at every height of a chain and decides whose transactions these are. */
export interface ChainContext {
  readonly chainId: string;
  /** Starts every signed body: a re-created network with the same name does not accept old transactions (protocol.md). */
  readonly genesisHash: Hash;
  /** The chain's one signature scheme. */
  readonly algorithm: SignatureAlgorithm;
  /** The application of a user's own that runs beside the ledger's rules. */
  readonly hosted?: HostedApplication;
}
