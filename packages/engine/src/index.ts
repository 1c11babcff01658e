export { createConsensusNode } from './consensus-node.ts';
export type { ConsensusNode, NodeOptions, NodeStatus } from './node-face.ts';
export { CHAIN_STATE_FORMAT_VERSION, type ChainState } from './height/chain-state.ts';
export { journalEntryCodec, type JournalEntry } from './recovery/journal-entry.ts';
export { lastJournaledSlot, type JournaledSlot } from './recovery/own-slots.ts';
export { exportEvidence, type EvidenceSources, type ExportRange } from './evidence/evidence-export.ts';
export type { Ask } from './evidence/asking.ts';
export { messagesOfJournal } from './evidence/messages-in-progress.ts';
export type { NodeEvent } from './node-event.ts';
export type { NodePorts } from './node-ports.ts';
export type { StateSyncOptions } from './state-sync/state-sync-options.ts';
export {
  createMempool,
  DEFAULT_MEMPOOL_LIMITS,
  type AddResult,
  type Mempool,
  type MempoolLimits,
  type PooledTransaction,
} from './application/mempool.ts';
export { transactionHashOf, type SubmitRefusal } from './application/transactions.ts';
export type { CounterName } from './counters.ts';
export { ConsensusEngine, type ValidatorView } from './facade/consensus-engine.ts';
export type { EngineOptions, EngineRegistration } from './facade/engine-options.ts';
export type { CommittedLedger } from './facade/committed-ledger.ts';
export type { DaoTransactions, DaoView, ProposalToSubmit, VoteToSubmit } from './facade/dao-transactions.ts';
