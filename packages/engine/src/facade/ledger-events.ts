import type { ChainEvent, CommittedLedgerBlock, ExecutedTransaction } from '@zhtp/ledger';
import type { ConsensusEvent } from '@zhtp/types';
import { option as O } from 'fp-ts';

type Penalty = Extract<ChainEvent, { readonly _tag: 'PenaltyApplied' }>['penalty'];

const describePenalty = ({ validator, slashType, slashed, statusAfter }: Penalty): string =>
  `${validator} was punished for ${slashType}: ${String(slashed)} micro-ZHTP taken, now ${statusAfter}`;

const ofChainEvent = (event: ChainEvent): readonly ConsensusEvent[] => {
  if (event._tag === 'PenaltyApplied') return [{ _tag: 'ByzantineFault', error: describePenalty(event.penalty) }];
  const isDocumented =
    event._tag === 'ValidatorRegistered' ||
    event._tag === 'ValidatorJoin' ||
    event._tag === 'ValidatorLeave' ||
    event._tag === 'DaoError';
  return isDocumented ? [event] : [];
};

const ofFailure = ({ receipt, sentence }: ExecutedTransaction): readonly ConsensusEvent[] => {
  if (O.isNone(receipt.failure)) return [];
  const { reason } = receipt.failure.value;
  const error = `transaction ${receipt.transaction}, ${sentence}`;
  if (reason === 'GovernanceRefused') return [{ _tag: 'DaoError', error }];
  return reason === 'NothingToClaim' ? [{ _tag: 'RewardError', error }] : [];
};

/** What a committed block did, under documented names: first what the rules did, then what they refused. */
export const documentedLedgerEvents = ({ events, executed }: CommittedLedgerBlock): readonly ConsensusEvent[] => [
  ...events.flatMap(ofChainEvent),
  ...executed.flatMap(ofFailure),
];
