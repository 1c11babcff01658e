/** What the shell counts instead of throwing: every drop and every bound has a name here. */
export type CounterName =
  | 'undecodable'
  | 'oldHeight'
  | 'futureHeight'
  | 'unknownVoter'
  | 'wrongVoteId'
  | 'duplicateVote'
  | 'duplicateProposal'
  | 'duplicateCertificate'
  | 'notProposer'
  | 'badBody'
  | 'badSignature'
  | 'badCertificate'
  | 'slotFull'
  | 'farRoundPace'
  | 'verificationQueueFull'
  | 'signed'
  | 'signerRefused'
  | 'silentWithCertificate'
  | 'nextHeightDisplaced'
  | 'messageIdsForgotten'
  | 'relayed'
  | 'repeated'
  | 'laggardAnswered'
  | 'bodyRequested'
  | 'bodyServed'
  | 'bodyQuotaSpent'
  | 'bodyDropped'
  | 'bodilessFar'
  | 'unasked'
  | 'extensionRefused'
  | 'extensionRejected'
  | 'extensionDisplaced'
  | 'extensionLate'
  | 'attestationIgnored'
  | 'attestationDiverged'
  | 'heartbeatSent'
  | 'duplicateHeartbeat'
  | 'staleHeartbeat'
  | 'heartbeatPace'
  | 'evidenceFound'
  | 'evidenceKnown'
  | 'evidenceRefused'
  | 'evidenceOutOfAge'
  | 'evidencePoolFull'
  | 'evidenceBusy'
  | 'evidenceNotStored'
  | 'evidenceCommitted'
  | 'polkaDropped'
  | 'polkaNotForgotten'
  | 'syncRequested'
  | 'syncServed'
  | 'blocksSynced'
  | 'stateServed'
  | 'stateServerBusy'
  | 'stateRequested'
  | 'stateRequestFailed'
  | 'snapshotChunkRefused'
  | 'transactionAdded'
  | 'transactionReplaced'
  | 'transactionRejected'
  | 'transactionEvicted'
  | 'coreDropped';

/** Sums since the node was created. Observability only: nothing in the protocol reads them. */
export interface Counters {
  count(name: CounterName, by?: number): void;
  read(): Readonly<Partial<Record<CounterName, number>>>;
}

export const createCounters = (): Counters => {
  const sums = new Map<CounterName, number>();
  return {
    count: (name, by = 1) => {
      sums.set(name, (sums.get(name) ?? 0) + by);
    },
    read: () => Object.fromEntries(sums),
  };
};
