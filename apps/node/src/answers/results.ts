import { messageFailureCodec, type ChainEvent, type CommittedLedgerBlock } from '@zhtp/ledger';
import { array, boolean, hashCodec, option, struct, text, u64, type TypeOf } from '@zhtp/types';
import { option as O } from 'fp-ts';
import { describeEvent } from '../describe-event.ts';

const NAME_BYTES_MAX = 64;
const SENTENCE_BYTES_MAX = 16_384;
const EVENTS_MAX = 1_000_000;
const TRANSACTIONS_MAX = 100_000;

const eventsCodec = array(
  struct('DescribedEvent', { event: text(NAME_BYTES_MAX), text: text(SENTENCE_BYTES_MAX) }),
  EVENTS_MAX,
);

const transactionResultCodec = struct('TransactionResult', {
  id: hashCodec,
  applied: boolean,
  /** Why not. */
  reason: option(messageFailureCodec),
  sentence: text(SENTENCE_BYTES_MAX),
  fee: u64,
  events: eventsCodec,
});
export type TransactionResult = TypeOf<typeof transactionResultCodec>;

/** The answer of GET /blocks/:height/results. */
export const resultsAnswerCodec = struct('ResultsAnswer', {
  height: u64,
  transactions: array(transactionResultCodec, TRANSACTIONS_MAX),
  /** Of the whole block, those of its transactions among them. */
  events: eventsCodec,
});
export type ResultsAnswer = TypeOf<typeof resultsAnswerCodec>;

const described = (events: readonly ChainEvent[]): ResultsAnswer['events'] =>
  events.map((event) => ({ event: event._tag, text: describeEvent(event) }));

export const resultsOf = ({ height, executed, events }: CommittedLedgerBlock): ResultsAnswer => ({
  height,
  transactions: executed.map(({ receipt, sentence, events: own }) => ({
    id: receipt.transaction,
    applied: O.isNone(receipt.failure),
    reason: O.isSome(receipt.failure) ? O.some(receipt.failure.value.reason) : O.none,
    sentence,
    fee: receipt.fee,
    events: described(own),
  })),
  events: described(events),
});
