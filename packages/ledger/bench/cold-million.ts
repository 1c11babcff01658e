import { executeBlock, mapRoot } from '@zhtp/ledger';
import { blockOfTransfers, chain, must, stateOf } from './accounts.ts';
import { print, secondsOf } from './measure.ts';

const ACCOUNTS = 1_000_000;
const BLOCKS = 5;
const TRANSFERS = 1_000;

/** Blocks of transfers between accounts that nothing has touched before, each executed once, roots included. */
export const benchColdMillion = (): void => {
  const senders = BLOCKS * TRANSFERS;
  const state = stateOf(ACCOUNTS, senders);
  mapRoot(state.accounts);
  mapRoot(state.keys);
  const spread = Math.floor((ACCOUNTS - senders) / senders);
  const blocks = Array.from({ length: BLOCKS }, (_, b) =>
    blockOfTransfers(TRANSFERS, (i) => {
      const sender = b * TRANSFERS + i;
      return [sender, senders + sender * spread];
    }),
  );
  const seconds = secondsOf(() => {
    for (const block of blocks) must(executeBlock(state, chain, block));
  }, 1);
  const perSecond = Math.round((BLOCKS * TRANSFERS) / seconds);
  print(
    `${String(ACCOUNTS)} accounts, ${String(BLOCKS)} blocks of ${String(TRANSFERS)} transfers, each account for the first time: ${String(perSecond)} per second with the root`,
  );
};
