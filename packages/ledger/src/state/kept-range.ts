import { decode, encodeUtf8, struct, u64, type StateChange, type TypeOf } from '@zhtp/types';
import { either as E } from 'fp-ts';
import type { LedgerMeta } from '../stored-ledger.ts';
import { checkedRows, putRow, uncheck } from './rows.ts';

/** From which heights on a node knows what its state does not say. */
export const keptRangeCodec = struct('KeptRange', {
  /** The oldest height after which the state can still be given. */
  statesFrom: u64,
  /** The first block whose transactions' places are known: none before a snapshot or an export that the node began with. */
  transactionsFrom: u64,
});
export type KeptRange = TypeOf<typeof keptRangeCodec>;

export const KEPT_RANGE_KEY = encodeUtf8('ledger/kept');

const rangeRow = checkedRows(keptRangeCodec);
const decodeRange = decode(keptRangeCodec);

/** Of a state that was not reached by blocks of this node: genesis, a snapshot, an export. */
export const rangeFrom = ({ height }: Pick<LedgerMeta, 'height'>): KeptRange => ({
  statesFrom: height,
  transactionsFrom: height + 1n,
});

export const keptRangeRow = (range: KeptRange): StateChange => putRow(KEPT_RANGE_KEY, rangeRow(range));

/** Undefined: the row is damaged. */
export const readKeptRange = (row: Uint8Array): KeptRange | undefined => {
  const encoded = uncheck(row);
  const range = encoded === undefined ? undefined : decodeRange(encoded);
  return range !== undefined && E.isRight(range) ? range.right : undefined;
};
