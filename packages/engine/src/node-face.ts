import type { RoundState } from '@zhtp/bft';
import type { EvidenceFile } from '@zhtp/chain';
import type { Answer, CommittedBlock, ConsensusRound, Genesis, Hash, LivenessMonitor } from '@zhtp/types';
import type { Observable } from 'rxjs';
import type { MempoolLimits } from './application/mempool.ts';
import type { SubmitRefusal } from './application/transactions.ts';
import type { CounterName } from './counters.ts';
import type { ExportRange } from './evidence/evidence-export.ts';
import type { ChainState } from './height/chain-state.ts';
import type { NodeEvent } from './node-event.ts';
import type { NodePorts } from './node-ports.ts';
import type { StateSyncOptions } from './state-sync/state-sync-options.ts';

/** What a node is made of. */
export interface NodeOptions {
  readonly genesis: Genesis;
  readonly ports: NodePorts;
  /** What the journal kept from before the start, in order. */
  readonly journalRecords: readonly Uint8Array[];
  /** 10 000 transactions, 64 MiB and 256 of one sender when left out. */
  readonly mempoolLimits?: MempoolLimits;
  /** How often own messages are sent again while a step lasts, milliseconds; 500 when left out. */
  readonly repeatMs?: number;
  /** Protocols the node runs heights on: those of this version when left out. */
  readonly protocols?: readonly number[];
  /** Joins by a snapshot of its peers when there are no blocks; executes every block when left out. */
  readonly stateSync?: StateSyncOptions;
}

/** A node at one moment, for operators: nothing in the protocol reads it. */
export interface NodeStatus {
  readonly genesisHash: Hash;
  /** After the last committed block. */
  readonly state: ChainState;
  /** That block; undefined before the first one. */
  readonly head: CommittedBlock | undefined;
  /** Round, step and locks of the height in progress. */
  readonly round: RoundState | undefined;
  /** How many are connected. */
  readonly peers: number;
  /** Who is silent, by heartbeats. */
  readonly liveness: LivenessMonitor;
  readonly mempool: { readonly transactions: number; readonly bytes: number };
  /** Verified evidence that waits for a block. */
  readonly evidence: { readonly pieces: number; readonly bytes: number };
  /** Polkas kept for the evidence age, of heights that were not decided in their first round. */
  readonly polkas: { readonly polkas: number; readonly bytes: number };
  /** What was counted since the start; a name that is missing stands for 0. */
  readonly counters: Readonly<Partial<Record<CounterName, number>>>;
  /** Why the node stopped by itself, and what to do. */
  readonly halted: string | undefined;
}

/** One node: the shell around the core, all ports given. No promise and no clock of its own inside. */
export interface ConsensusNode {
  /** Recovers what is on disk, replays the height in progress and goes on from there. Answers when it takes part. */
  start(done: Answer<string, void>): void;
  /** Stops for good: nothing is answered any more, not even a start that is under way. Harmless when not running. */
  stop(): void;
  /** Answers the transaction's hash once it waits in the mempool, or why it does not. */
  submitTransaction(bytes: Uint8Array, done: Answer<SubmitRefusal, Hash>): void;
  /** The bytes of what waits in the mempool, each sender's in the order of its sequences. Not to be changed by the caller. */
  waitingTransactions(): readonly Uint8Array[];
  /** Undefined until the start has recovered a height. */
  status(): NodeStatus | undefined;
  /** The documented view of the round in progress; undefined where `status` is. */
  currentRound(): ConsensusRound | undefined;
  /** What this node can show of these heights, for whoever asks who made a fork; the last may be the one in progress. */
  exportEvidence(range: ExportRange, done: Answer<string, EvidenceFile>): void;
  /** Equal exactly when two cores answer every input alike: what a restart must bring back. */
  coreFingerprint(): string;
  /** Everything the node tells; completes with its stop. */
  readonly events$: Observable<NodeEvent>;
  /** Resolves once the application has no call open; a simulated world waits for it between two events. */
  readonly applicationIdle: () => Promise<void>;
  readonly isApplicationBusy: () => boolean;
}
