import type { AsyncVerifier } from '@zhtp/crypto';
import type { Application, BlockStore, ChainStateStore, Clock, Journal, Network, Signer, Timers } from '@zhtp/types';

/** Everything a node touches outside itself. Whoever implements a port keeps its rule: no answer inside the call. */
export interface NodePorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly network: Network;
  readonly journal: Journal;
  readonly blockStore: BlockStore;
  readonly chainStates: ChainStateStore;
  /** Absent on a full node, which follows and decides without signing. */
  readonly signer: Signer | undefined;
  /** Verifies on all cores, nearest height and round first, each signature once. */
  readonly verifier: AsyncVerifier;
  readonly application: Application;
}
