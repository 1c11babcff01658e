import type { ChainEvent, CommittedLedgerBlock } from '@zhtp/ledger';
import type { Logger } from 'pino';
import { describeEvent } from './describe-event.ts';

/** Lines of one block; the rest is counted. */
const LINES_PER_BLOCK = 100;

/** Bookkeeping that another event of the same block tells in full. */
const isSaidElsewhere = ({ _tag }: ChainEvent): boolean =>
  _tag === 'DelegationChanged' || _tag === 'PoolSlashed' || _tag === 'FundsMoved';

/** Tells operators what a block did beside moving money between accounts: a line for each event. */
export const logLedgerBlock = (logger: Logger, { height, events }: CommittedLedgerBlock): void => {
  const told = events.filter((event) => !isSaidElsewhere(event));
  for (const event of told.slice(0, LINES_PER_BLOCK)) {
    const fields = { height: String(height), event: event._tag };
    if (event._tag === 'SetBelowFour') logger.warn(fields, describeEvent(event));
    else logger.info(fields, describeEvent(event));
  }
  if (told.length > LINES_PER_BLOCK)
    logger.info(
      { height: String(height) },
      `${String(told.length - LINES_PER_BLOCK)} more events; \`zhtp query block ${String(height)} --results\` shows all`,
    );
};
