export { accountCodec, accountRecordCodec, type Account, type AccountRecord } from './account.ts';
export {
  accountKeyCodec,
  MULTISIG_KEYS_MAX,
  multisigKey,
  readAccountKey,
  type AccountKey,
  type MultisigPolicy,
} from './account-key.ts';
export { accountProofCodec, proveAccount, verifyAccountProof, type AccountProof } from './account-proof.ts';
export {
  EMPTY_MAP,
  EMPTY_MAP_ROOT,
  getFromMap,
  mapEntries,
  mapFrom,
  mapRoot,
  mapSize,
  updateMap,
  type AuthenticatedMap,
  type MapChanges,
} from './authenticated-map.ts';
export type { ExecutableBlock } from './block/block-input.ts';
export type { EndOfBlock } from './block/end.ts';
export type { ChainEvent } from './chain-event.ts';
export type { ChainContext } from './chain-context.ts';
export type { CommitListener, CommittedLedgerBlock } from './committed-block.ts';
export {
  heightKey,
  type AccrualState,
  type ChainDomains,
  type DifficultyRecord,
  type LastBlock,
  type VotingState,
} from './chain-domains.ts';
export { accountIdentity } from './client/account-identity.ts';
export {
  buildTransaction,
  transactionByteLength,
  type Sender,
  type TransactionRequest,
} from './client/build-transaction.ts';
export { buildTransfer, type TransferRequest } from './client/build-transfer.ts';
export {
  assembleTransaction,
  cosignTransaction,
  unsignedTransaction,
  type Assembly,
  type Cosignature,
} from './client/cosign.ts';
export { propose, vote, type ProposalDraft } from './client/governance-messages.ts';
export type { InvalidRequest } from './client/invalid-request.ts';
export { commitToStorage, submitAttestation, submitWork, withdrawStorage } from './client/proof-messages.ts';
export { signTransaction, type SignedTransaction } from './client/sign-transaction.ts';
export {
  changeConsensusKey,
  registerValidator,
  type KeyHolder,
  type Registration,
} from './client/validator-messages.ts';
export { executeBlock, type BlockOutcome, type ExecutedTransaction, type InvalidBlock } from './execute.ts';
export { DEFAULT_FIRST_POLICY, type ChainGenesis, type FirstPolicy } from './genesis-domains.ts';
export {
  genesisState,
  ledgerAppState,
  ledgerGenesisCodec,
  readLedgerGenesis,
  type GenesisAccount,
  type LedgerGenesis,
} from './genesis.ts';
export {
  HOSTED_KEY_BYTES_MAX,
  HOSTED_NAME_BYTES_MAX,
  HOSTED_PAYLOAD_BYTES_MAX,
  HOSTED_VALUE_BYTES_MAX,
  type HostedApplication,
  type HostedCall,
  type HostedState,
} from './hosted/hosted-application.ts';
export type { InvalidTransaction, InvalidTransactionCode } from './invalid-transaction.ts';
export { LedgerApplication } from './ledger-application.ts';
export type { LedgerPorts } from './ledger-ports.ts';
export {
  accountOf,
  appHashOf,
  appHashOfRoots,
  conservationFault,
  stateRoots,
  stateRootsCodec,
  supplyCodec,
  supplyOf,
  totalsCodec,
  type LedgerState,
  type LedgerStateRoots,
  type LedgerTotals,
  type Supply,
} from './ledger-state.ts';
export { mapProofCodec, proveInMap, verifyMapProof, type MapProof } from './map-proof.ts';
export {
  openTransaction,
  type JudgedTransaction,
  type OpenedTransaction,
  type SignatureVerdict,
} from './opened-transaction.ts';
export { DEFAULT_LEDGER_PARAMETERS, ledgerParametersCodec, type LedgerParameters } from './parameters.ts';
export {
  isLedgerPresetName,
  LEDGER_PRESET_NAMES,
  ledgerPreset,
  type LedgerPreset,
  type LedgerPresetName,
} from './presets.ts';
export { messageFailureCodec, receiptCodec, resultsHashOf, type MessageFailure, type Receipt } from './receipt.ts';
export {
  entryProofCodec,
  proveEntry,
  provenAccount,
  provenDelegation,
  provenProposal,
  provenSigning,
  provenValidator,
  verifyEntryProof,
  type EntryProof,
} from './state/entry-proof.ts';
export { entryPathCodec, type EntryPath } from './state/entry-query.ts';
export type { ProposalEntry } from './state/governance-codec.ts';
export type { KeptRange } from './state/kept-range.ts';
export { DEFAULT_SNAPSHOT_SCHEDULE, type SnapshotSchedule } from './state/snapshot-keeper.ts';
export { SNAPSHOT_CHUNK_BYTES_MAX, SNAPSHOT_FORMAT } from './state/snapshot.ts';
export type { SigningRecord, ValidatorEntry } from './state/staking-codec.ts';
export { EXPORT_FORMAT_VERSION, exportState, importState } from './state/state-export.ts';
export {
  LEDGER_FORMAT_VERSION,
  ledgerMetaCodec,
  transactionLocationCodec,
  type LedgerMeta,
  type StoredLedger,
  type TransactionLocation,
} from './stored-ledger.ts';
export {
  MEMO_BYTES_MAX,
  MESSAGES_MAX,
  transactionBodyCodec,
  transactionCodec,
  transactionIdOf,
  transactionSignBytes,
  type Transaction,
  type TransactionBody,
} from './transaction.ts';
export { messageCodec, RECEIPTS_MAX, type LedgerMessage, type LedgerMessageOf } from './messages/message.ts';
export { minimumFee } from './transaction-rules.ts';
export { tryMessages, type Trial, type TrialRefusal } from './try-messages.ts';
export type { MapKey } from './trie-path.ts';
export type { LedgerChanges } from './working-state.ts';
export type { StorageProver, StorageRequest } from './proofs/proposal-proof.ts';
export {
  attestedStorageCodec,
  committedStorageCodec,
  workRecordCodec,
  type AttestedStorage,
  type CommittedStorage,
  type ProofState,
  type ReceiptedUnits,
  type StorageCommitment,
  type UsedReceipt,
  type WorkRecord,
} from './proofs/proof-state.ts';
export { freshlyAttested } from './proofs/attested.ts';
export { consensusKeyAt } from './proofs/consensus-key.ts';
export { meanUnits, NO_WORK_RECORD, RECEIPTS_PER_EPOCH_MAX, WORK_UNITS_PER_EPOCH_MAX } from './proofs/work-record.ts';
