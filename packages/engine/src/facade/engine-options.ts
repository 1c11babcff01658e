import type {
  ConsensusConfig,
  Genesis,
  IdentityId,
  Json,
  KeyPair,
  MessageBroadcaster,
  SignatureAlgorithm,
} from '@zhtp/types';
import type { HostedApplication } from '@zhtp/ledger';
import type { NodePorts } from '../node-ports.ts';
import type { CommittedLedger } from './committed-ledger.ts';
import type { OwnAccount } from './own-transactions.ts';

/** What `ConsensusEngine.create` takes; everything but `config` may be left out. */
export interface EngineOptions {
  /** Genesis values; what is left out has the documented defaults. */
  readonly config: Partial<ConsensusConfig>;
  /** Distributes proposals and votes; left out, nothing leaves this process (decisions.md §3). */
  readonly broadcaster?: MessageBroadcaster;
  /** Who this engine signs for; left out, it follows and decides without signing. */
  readonly validator?: { readonly identity: IdentityId; readonly keyPair: KeyPair };
  /** Whose transactions the facades sign after the start; the validator's identity and key when left out. */
  readonly account?: OwnAccount;
  /**
   * The ledger that `ports.application` runs beside its own state, where it is not the ledger itself. Without one
   * `validatorManager()` and `daoEngine()` stay at genesis, and what would change them is refused.
   */
  readonly ledger?: CommittedLedger;
  /**
   * An application of your own inside the embedded ledger, beside staking and governance. Where `ports.application` is
   * passed, that ledger is opened with it instead.
   */
  readonly hosted?: HostedApplication;
  /** A chain that exists; then validators are its own and nobody is registered before the start. */
  readonly genesis?: Genesis;
  readonly chainId?: string;
  /** Unix milliseconds; the time of the start when left out, which only a single engine can agree on. */
  readonly genesisTime?: bigint;
  readonly algorithm?: SignatureAlgorithm;
  /** The application's first state; left out, a ledger without accounts. */
  readonly appState?: Json;
  /** Durable adapters; those left out live in memory, which development mode alone accepts. */
  readonly ports?: Partial<NodePorts>;
  /** What a durable journal kept. */
  readonly journalRecords?: readonly Uint8Array[];
  /** Cores to verify on, when no verifier is passed. */
  readonly concurrency?: number;
}

/** A validator to register; amounts in micro-ZHTP and bytes, commission in percent. */
export interface EngineRegistration {
  readonly identity: IdentityId;
  readonly stake: bigint;
  readonly storageCapacity: bigint;
  readonly consensusKey: Uint8Array;
  readonly commissionRate: number;
  /** Exempt from the minimum stake; before the start only. */
  readonly isGenesis: boolean;
  /** Optional in development mode. */
  readonly proofOfPossession?: Uint8Array;
}
